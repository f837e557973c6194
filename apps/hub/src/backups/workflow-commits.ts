import { workflowPath, workflowText } from "@atoll/blueprint-kit/workflow-export";
import type { ResourceStep } from "@atoll/core/blueprint";
import { Fault } from "@atoll/core/fault";
import { sql } from "kysely";
import type { OpenEnvironment } from "../environments/open.ts";
import type { Store } from "../store/store.ts";

type Place = Pick<OpenEnvironment, "name" | "journal" | "accounts">;

interface Whose {
  id: string;
  slug: string;
  blueprint: string;
}

/** An instance's workflows are looked at so often. */
const everyMs = 30 * 60_000;

/**
 * Keeps the workflows of live and paused instances in their folders of the operations repository: what somebody changed
 * in n8n is committed, all of an instance in one commit, and nothing where nothing changed. One instance a call, the one
 * that waited longest; those with a run under way are left to it.
 */
export function openWorkflowCommits(store: () => Promise<Store>, places: readonly Place[]) {
  const lookedAt = new Map<string, number>();
  return async (now = Date.now()): Promise<void> => {
    for (const place of places) {
      const all = await idle(await store(), place.name);
      const known = new Set(all.map(({ id }) => id));
      const [next] = all
        .filter(({ id }) => now - (lookedAt.get(id) ?? 0) >= everyMs)
        .toSorted((a, b) => (lookedAt.get(a.id) ?? 0) - (lookedAt.get(b.id) ?? 0));
      if (next === undefined) continue;
      lookedAt.set(next.id, now);
      if (lookedAt.size > 2 * known.size)
        for (const id of lookedAt.keys()) if (!known.has(id)) lookedAt.delete(id);
      await commitWorkflows(place, next).catch((error: unknown) => {
        // Its turn comes again, and what is wrong with n8n or Gitea is for the looks at them to tell.
        if (!(error instanceof Fault)) throw error;
      });
    }
  };
}

async function idle(store: Store, environment: string): Promise<Whose[]> {
  const { rows } = await sql<Whose>`
    select i.id, i.slug, i.blueprint from atoll.instances i
     where i.state in ('live', 'paused') and i.environment = ${environment}
       and not exists (select from atoll.runs r where r.instance_id = i.id
         and r.state in ('queued', 'running', 'waiting', 'undoing'))`.execute(store);
  return rows;
}

/** Commits what is not in the instance's folder as n8n has it; gives how many files changed. */
export async function commitWorkflows(
  { journal, accounts }: Place,
  { id: instance, slug, blueprint }: Whose,
): Promise<number> {
  const steps = accounts.blueprints.find(({ name }) => name === blueprint)?.steps ?? [];
  const of = (step: string) =>
    steps.find((each): each is ResourceStep => each.step === step && each.does === "resource");
  const things = await journal.resources(slug);
  const home = things.find(({ kind }) => kind === "gitea.folder");
  const folder = home && of(home.step)?.resource;
  if (home === undefined || folder === undefined) return 0;
  const files: Record<string, string> = {};
  for (const { step, kind, name, id } of things) {
    if (kind !== "n8n.workflow") continue;
    const seen = await of(step)?.resource.observe({ instance, name, id });
    if (seen?.is !== "present") continue;
    const { definition } = seen.attrs as { definition: object }; // as its adapter gives it
    files[workflowPath(step)] = workflowText(definition);
  }
  const at = { instance, name: home.name, id: home.id };
  const seen = await folder.observe(at);
  if (seen.is !== "present" || seen.owner !== "us") return 0;
  const want = { files, keeps: true, message: `Back up the workflows of ${slug}` };
  const changes = folder.compare(want, seen.attrs);
  if (changes.length > 0) await folder.apply({ at, want, live: seen.attrs, changes });
  return changes.length;
}
