import { Fault } from "@atoll/core/fault";
import type { Secret } from "@atoll/core/secret";
import { DatabaseGone } from "@atoll/fleet/session";
import type { Looks } from "../accounts.ts";
import { type Finding, failed, listed, notApplicable, ok, waiting } from "./line.ts";
import { itemsOf, type Scene } from "./scene.ts";

const query = "select key from public.instance_config order by key";

/** Does the instance's `instance_config` hold all the keys that its blueprint wants there? */
export async function vaultLine(
  scene: Scene,
  wanted: readonly string[] | undefined,
  { looks, password }: { looks: Pick<Looks, "database">; password: Secret | undefined },
): Promise<Finding> {
  const [schema] = itemsOf(scene, (kind) => kind === "postgres.schema");
  const ref = scene.resources.find(({ kind }) => kind === "postgres.schema")?.id;
  if (schema === undefined) return notApplicable("This blueprint has no schema.");
  if (schema.does === "create" || schema.does === "wait" || ref === undefined)
    return waiting("The schema is not there yet.", "See to the schema first.");
  if (schema.does === "blocked")
    return waiting("The database cannot be looked at.", "See to the schema first.");
  if (wanted === undefined || wanted.length === 0)
    return notApplicable("This blueprint puts nothing into the vault.");
  try {
    const session = await looks.database({ within: ref, ...(password && { access: password }) });
    try {
      const there = new Set((await session.query(query)).map(({ key }) => String(key)));
      const missing = wanted.filter((key) => !there.has(key));
      return missing.length === 0
        ? ok(`It holds ${listed(wanted, 12)}.`)
        : failed(
            `The vault lacks ${listed(missing, 12)}.`,
            "Set them in the vault of the instance, then check again.",
          );
    } finally {
      await session.close();
    }
  } catch (error) {
    if (error instanceof DatabaseGone) return waiting("The database is gone.", "See to the project first.");
    if (error instanceof Fault) return failed(error.what, error.next);
    throw error;
  }
}
