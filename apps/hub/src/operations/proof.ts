import type { Proof } from "@atoll/contract/schemas/proof";
import { Fault } from "@atoll/core/fault";
import type { Journal } from "@atoll/engine/journal";
import type { RunRecord, StepRecord } from "@atoll/engine/records";
import type { Store } from "../store/store.ts";
import { lastVerifiedBackup } from "./verified-backup.ts";

interface Sources {
  store: Store;
  journal: Pick<Journal, "run" | "events" | "resources">;
}

type Seen = Proof["things"][number];

/** What a removal or an archiving saw of each thing, from the journal alone. Other runs are a fault. */
export async function proofOf({ store, journal }: Sources, runId: string): Promise<Proof> {
  const run = await journal.run(runId);
  if (run === undefined || (run.kind !== "destroy" && run.kind !== "archive"))
    throw new Fault("rejected", {
      what: run === undefined ? `There is no run "${runId}".` : `A ${run.kind} removes nothing.`,
      next: "Ask for the proof of a removal or an archiving.",
      field: "id",
    });
  const { kind, slug, steps, state, endedAt } = run;
  const told = await toldOf(journal, run);
  const worked = steps
    .filter(({ kind: of }) => !/^(backup|export)(\.|$)/.test(of))
    .map((step) => (kind === "destroy" ? ofDestroy(step, told) : ofArchive(step)));
  const named = new Set(worked.map(({ step }) => step));
  const left =
    kind === "archive" ? (await journal.resources(slug)).filter((each) => !named.has(each.step)) : [];
  const things: Seen[] = [
    ...worked,
    ...left.map(({ step, kind, name, id }): Seen => ({ step, kind, name, id, is: "kept" })),
  ];
  return {
    run: run.id,
    instance: slug,
    kind,
    isWhole: state === "succeeded" && things.every(({ is }) => is !== "failed" && is !== "open"),
    ...(endedAt !== undefined && { endedAt }),
    things,
    remains: state === "succeeded" ? await remainsOf(store, run) : [],
  };
}

/** What stays in things that were given back, by step. */
async function toldOf(journal: Sources["journal"], run: RunRecord): Promise<Map<string, string>> {
  const told = new Map<string, string>();
  for await (const event of journal.events(run.id))
    if (event.type === "undo-done" && event.remains !== undefined) told.set(event.step, event.remains);
  return told;
}

function headOf({ step, kind, name, note, endedAt, fault }: StepRecord) {
  const { id } = Object(note) as { id?: unknown }; // the engine's own note
  return {
    step,
    kind,
    name,
    ...(typeof id === "string" && { id }),
    ...(endedAt !== undefined && { at: endedAt }),
    ...(fault !== undefined && { what: fault.what }),
  };
}

const isOver = ({ state }: StepRecord) => state !== "pending" && state !== "running" && state !== "waiting";

function ofDestroy(step: StepRecord, told: ReadonlyMap<string, string>): Seen {
  const head = headOf(step);
  if (step.undo === "done") return { ...head, is: "absent" };
  if (step.undo === "kept")
    return { ...head, is: "kept", what: told.get(step.step) ?? "It was there before, and stays." };
  return { ...head, is: isOver(step) ? "failed" : "open" };
}

function ofArchive(step: StepRecord): Seen {
  const { at, ...unseen } = headOf(step);
  // Nobody looked at it: something before it failed.
  if (step.state === "skipped") return { ...unseen, is: "open" };
  const head = { ...unseen, ...(at !== undefined && { at }) };
  const { left } = Object(step.note) as { left?: unknown }; // the archive's own note
  if (typeof left === "string") return { ...head, is: "kept", what: left };
  if (step.state !== "done") return { ...head, is: isOver(step) ? "failed" : "open" };
  return { ...head, is: step.did === "removed" ? "absent" : "retired" };
}

async function remainsOf(store: Store, { instanceId, slug, kind }: RunRecord): Promise<string[]> {
  const { mails } = await store
    .selectFrom("run_steps as s")
    .innerJoin("runs as r", "r.id", "s.run_id")
    .select((select) => select.fn.countAll<string>().as("mails"))
    .where("r.instance_id", "=", instanceId)
    .where("s.did", "=", "sent")
    .executeTakeFirstOrThrow();
  const backup = await lastVerifiedBackup({ store }, instanceId);
  const exports = await store
    .selectFrom("exports")
    .select(["id", "expires_at"])
    .where("instance_id", "=", instanceId)
    .where("state", "=", "ready")
    .orderBy("created_at", "desc")
    .limit(20)
    .execute();
  return [
    `The record of "${slug}" with its runs and the audit log; the slug stays reserved.`,
    ...(kind === "archive" ? ["Its answers and secrets, so that a repair makes it anew."] : []),
    ...(backup.is === "there"
      ? [`Its backups; the newest verified one is ${backup.id}, of ${backup.at.toISOString()}.`]
      : []),
    ...exports.map(({ id, expires_at: until }) => `Its export ${id}, kept until ${until?.toISOString()}.`),
    ...(Number(mails) > 0 ? [`Mails that were sent to its people (${mails}): they are theirs.`] : []),
  ];
}
