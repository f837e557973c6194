import type { Archive } from "@atoll/archive/open";
import type { ResourceStep } from "@atoll/core/blueprint";
import type { Change } from "@atoll/core/change";
import type { Situation, Thing } from "@atoll/core/operation";

interface Definition {
  nodes: { name?: string; credentials?: unknown }[];
}

/** A workflow of the instance whose definition is not the archive's, and how it becomes that. */
interface Differing {
  name: string;
  changes: readonly Change[];
  put(): Promise<void>;
}

/** A backup's archive, and where the project's APIs were when it was made, as far as that was noted. */
interface Saved {
  archive: Archive;
  projectUrl: string | undefined;
}

/** Where the APIs of an instance's project are; undefined where it has none. */
export function projectUrlOf({ things }: Pick<Situation, "things">): string | undefined {
  const project = [...things.values()].find(({ kind }) => kind === "supabase.project");
  const { url } = Object(project?.attrs) as { url?: unknown }; // as its adapter keeps it
  return typeof url === "string" && url !== "" ? url : undefined;
}

/** One whose project was made anew since then has another address: its workflows call that. */
async function definitionIn(
  { archive, projectUrl: from }: Saved,
  step: string,
  to: string | undefined,
): Promise<Definition | undefined> {
  const parts = archive.manifest.parts.filter((part) => part.kind === "workflow" && part.of === step);
  if (parts.length === 0) return undefined;
  const pieces: Buffer[] = [];
  for (const part of parts) pieces.push(await archive.read(part));
  const text = Buffer.concat(pieces).toString("utf8");
  const here = from === undefined || to === undefined ? text : text.replaceAll(from, () => to);
  return JSON.parse(here) as Definition; // sealed by us, as n8n gave it
}

/** Credentials are no part of an archive: nodes keep those that they have now. */
function withCredentials(wanted: Definition, live: Definition): Definition {
  const known = new Map(live.nodes.map((node) => [node.name, node.credentials]));
  const nodes = wanted.nodes.map((node) => {
    const credentials = known.get(node.name);
    return credentials === undefined ? node : { ...node, credentials };
  });
  return { ...wanted, nodes };
}

/** The workflows of an instance that are not as the archive has them. Those that are not there are left to a repair. */
export async function differingWorkflows(at: Situation, saved: Saved): Promise<Differing[]> {
  const found: Differing[] = [];
  for (const step of at.steps) {
    const thing = at.things.get(step.step);
    if (step.does !== "resource" || thing?.kind !== "n8n.workflow") continue;
    const differing = await differingWorkflow(at, saved, step, thing);
    if (differing !== undefined) found.push(differing);
  }
  return found;
}

async function differingWorkflow(
  { instance, things }: Situation,
  saved: Saved,
  { step, resource }: ResourceStep,
  thing: Thing,
): Promise<Differing | undefined> {
  const place = { instance: instance.id, name: thing.name, id: thing.id };
  const seen = await resource.observe(place);
  const kept = await definitionIn(saved, step, projectUrlOf({ things }));
  if (seen.is !== "present" || kept === undefined) return undefined;
  const live = seen.attrs as { definition: Definition; active: boolean }; // as its adapter gives it
  // Published or not stays as it is: a paused instance is restored and goes on standing still.
  const want = { workflow: withCredentials(kept, live.definition), active: live.active };
  const changes = resource.compare(want, seen.attrs);
  if (changes.length === 0) return undefined;
  return {
    name: thing.name,
    changes,
    put: async () => {
      await resource.apply({ at: place, want, live: seen.attrs, changes });
    },
  };
}
