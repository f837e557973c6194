import { type Finding, failed, notApplicable, ok, waiting } from "./line.ts";
import { isUnderWay, type Scene, textOf } from "./scene.ts";

/** A query at the hub's own database. */
export type Query = (text: string, values: readonly unknown[]) => Promise<Record<string, unknown>[]>;

/** What the registry says of an instance: who asks for it gets its public configuration from there. */
export async function registryLine(scene: Scene, query: Query): Promise<Finding> {
  const { slug, state } = scene;
  const rows = await query(
    "select status, is_active, supabase_url, instance_id from atoll.instance_registry where subdomain = $1",
    [slug],
  );
  const [row] = rows;
  const next = "Put the row of atoll.instance_registry right, or register the instance again by its file.";
  if (state === "archived" || state === "paused")
    return row?.is_active === true && state === "archived"
      ? failed("It is archived, and the registry still serves it.", next)
      : notApplicable(`It is ${state}: the registry says so instead of serving it.`);
  if (row === undefined)
    return isUnderWay(scene)
      ? waiting("It is registered once it is made.")
      : failed(`The registry has no row "${slug}".`, next);
  if (row.instance_id !== null && row.instance_id !== scene.id)
    return failed(`The registry's row "${slug}" belongs to another instance.`, next);
  const project = scene.resources.find(({ kind }) => kind === "supabase.project");
  const url = textOf(project?.attrs, "url");
  if (url !== undefined && row.supabase_url !== url)
    return failed(`The registry's row "${slug}" names another Supabase project.`, next);
  if (row.is_active !== true)
    return isUnderWay(scene)
      ? waiting("It is switched on once it is live.")
      : failed(`The registry's row "${slug}" is inactive (status ${String(row.status)}).`, next);
  return ok(`It is active, with its project's address (status ${String(row.status)}).`);
}
