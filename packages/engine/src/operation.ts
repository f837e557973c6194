import type { PlanItem } from "@atoll/core/blueprint";
import { Fault, reaction } from "@atoll/core/fault";
import type { Look, Operation, Situation, Task, Thing } from "@atoll/core/operation";
import { isOperation, type OperationKind, type RunKind } from "@atoll/core/states";
import type { RunRow } from "./journal/runs.ts";
import { listSteps } from "./journal/steps.ts";
import type { Office } from "./runtime.ts";
import type { Scene } from "./scene.ts";

/** The operation that a run of this kind does; undefined for runs that ensure or remove a blueprint's things. */
export function operationOf(office: Office, kind: RunKind): Operation | undefined {
  return isOperation(kind) ? mustKnow(office, kind) : undefined;
}

function mustKnow(office: Office, kind: OperationKind): Operation {
  const found = office.operations.get(kind);
  if (found) return found;
  const known = [...office.operations.keys()].join(", ") || "none";
  throw new Fault("rejected", {
    what: `Nothing here knows how to do a ${kind}.`,
    next: `Ask for one of: provision, update, repair, destroy, ${known}.`,
    field: "kind",
  });
}

/** Refuses an operation that starts from another state. */
export function mustStartFrom(operation: Operation, slug: string, state: Situation["state"]): void {
  if (operation.from.includes(state)) return;
  throw new Fault("rejected", {
    what: `The instance "${slug}" is ${state}: a ${operation.kind} starts from ${operation.from.join(" or ")}.`,
    next: "Bring it there first.",
    field: "slug",
  });
}

/** What an operation's functions read. */
function situationOf(
  scene: Scene,
  run: { id: string; input: unknown },
  notes: ReadonlyMap<string, unknown>,
): Situation {
  const brought = new Set(
    scene.blueprint.steps
      .filter((step) => step.does === "resource" && step.resource.brought !== undefined)
      .map(({ step }) => step),
  );
  const things = [...scene.resources.values()].map(
    (row): Thing => ({
      step: row.step,
      kind: row.kind,
      name: row.name,
      id: row.provider_id,
      attrs: scene.outputs[row.step],
      brought: row.origin === "adopted" && brought.has(row.step),
    }),
  );
  return {
    runId: run.id,
    instance: scene.known.instance,
    secrets: scene.known.secrets,
    state: scene.row.state,
    wasLive: scene.row.live_at !== null,
    url: scene.row.url ?? undefined,
    steps: scene.blueprint.steps,
    things: new Map(things.map((thing) => [thing.step, thing])),
    input: run.input,
    notes,
  };
}

/** The tasks of a run that does an operation, as they stand now. */
export async function tasksOf(
  office: Office,
  operation: Operation,
  run: RunRow,
  scene: Scene,
): Promise<readonly Task[]> {
  const steps = await listSteps(office.db.query, run.id);
  const notes = new Map(steps.flatMap(({ step, note }) => (note === null ? [] : [[step, note] as const])));
  return operation.tasks(situationOf(scene, run, notes));
}

/** What an operation would do: a look at each of its tasks, nothing else. */
export async function planOperation(operation: Operation, scene: Scene, given: unknown): Promise<PlanItem[]> {
  const input = operation.input(given);
  const tasks = await operation.tasks(situationOf(scene, { id: "", input }, new Map()));
  const items = new Map<string, PlanItem>();
  for (const task of tasks) {
    const after = task.needs.filter((need) => items.get(need)?.does !== "keep");
    const { step, kind, name } = task;
    items.set(step, { step, kind, name, changes: [], after, ...(await glance(task, scene)) });
  }
  return [...items.values()];
}

/**
 * Throws what a look at one of an operation's tasks refuses. What may pass refuses nothing, and neither does a look that
 * takes longer than `withinMs`: a run waits for either.
 */
export async function mustNotBeRefused(
  operation: Operation,
  scene: Scene,
  given: unknown,
  withinMs: number,
): Promise<void> {
  const input = operation.input(given);
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(late.resolve, withinMs, undefined);
  try {
    const refusal = await Promise.race([refusalOf(operation, scene, input), late.promise]);
    if (refusal !== undefined) throw refusal;
  } finally {
    clearTimeout(timer);
  }
}

/** The first refusal that looks come to; undefined = none. Does not throw: nobody may be waiting for it any more. */
async function refusalOf(operation: Operation, scene: Scene, input: unknown): Promise<Fault | undefined> {
  try {
    for (const task of await operation.tasks(situationOf(scene, { id: "", input }, new Map())))
      await task.look();
  } catch (error) {
    if (error instanceof Fault && reaction[error.kind].engine === "stop") return redacted(error, scene);
  }
  return undefined;
}

function redacted(fault: Fault, scene: Scene): Fault {
  const { kind, field, problems } = fault;
  const { what, next } = scene.redact({ what: fault.what, next: fault.next });
  return new Fault(kind, { what, next, problems, ...(field !== undefined && { field }) });
}

async function glance(task: Task, scene: Scene): Promise<Pick<PlanItem, "does" | "why" | "next" | "field">> {
  try {
    const look: Look = await task.look();
    if (look.is === "done") return { does: "keep" };
    if (look.is === "wait") return { does: "wait", why: look.why };
    return { does: look.does, why: look.says };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const { what: why, next, field } = error;
    return {
      ...scene.redact({ does: "blocked" as const, why, next }),
      ...(field !== undefined && { field }),
    };
  }
}
