import { readVersion } from "@atoll/archive/catalog";
import { ArchiveFault } from "@atoll/archive/damage";
import { type Dumped, dump, lastRows } from "@atoll/archive/dump";
import type { BackupProblem, BackupWhy } from "@atoll/contract/schemas/backups";
import { Fault } from "@atoll/core/fault";
import type { Look, Situation, Task } from "@atoll/core/operation";
import { workflowIds, workflowsOf } from "../exports/extras.ts";
import { isWorthGoingOn } from "../exports/go-on.ts";
import type { OperationDesk } from "../operations/desk.ts";
import { guarded } from "../operations/export.ts";
import { checkBackup } from "./check.ts";
import { projectOf, withRows } from "./database.ts";
import { drill } from "./drill.ts";
import { storageOf, storedExtras } from "./files.ts";
import { openBackup } from "./open-backup.ts";
import { clear } from "./remove.ts";
import {
  type BackupRow,
  beginBackup,
  beginTrial,
  findBackup,
  markDamaged,
  markMade,
  markRemoved,
  markVerified,
} from "./rows.ts";
import { projectUrlOf } from "./workflows-back.ts";

/** How a backup is made as a part of an operation. */
interface Making {
  desk: OperationDesk;
  at: Situation;
  why: BackupWhy;
  /** Put before the names of its tasks. */
  stem?: string;
  /** Tasks that come before. */
  needs?: readonly string[];
}

/** Reading millions of rows again, where a database or the storage was away for a moment. */
const longMs = 6 * 3_600_000;

/**
 * The tasks of a backup: what stands now is noted, rows and workflows go into an archive, the archive is read again, and
 * it is restored for a trial and compared. Its id is the run's. The instance is only read.
 */
export function backupTasks(making: Making): Task[] {
  const { desk, at, why, stem = "", needs = [] } = making;
  const { instance, runId } = at;
  const { store, archives } = desk;
  const named = (step: string) => `${stem}${step}`;
  const row = () => findBackup(store, runId);
  const task = (
    step: string,
    after: readonly string[],
    rest: Pick<Task, "look" | "act"> & Partial<Task>,
  ): Task => ({
    step: named(step),
    kind: `backup.${step}`,
    name: instance.slug,
    needs: after,
    settleWithinMs: longMs,
    ...rest,
  });

  return [
    task("checkpoint", needs, {
      async look(): Promise<Look> {
        projectOf(at);
        const found = await row();
        return found !== undefined && found.state !== "removed"
          ? { is: "done", note: { backup: runId } }
          : { is: "todo", does: "create", says: "notes deployment, commit and workflows" };
      },
      async act() {
        await beginBackup(store, { id: runId, instance, why, checkpoint: checkpointOf(at) });
      },
      async undo() {
        const found = await row();
        // One that is whole, or says what is wrong with it, stays: it harms nothing, and tells something.
        if (found?.state !== "making") return;
        await markRemoved(store, runId);
        await clear(desk, found);
      },
    }),
    task("database", [named("checkpoint")], {
      async look(): Promise<Look> {
        const found = await row();
        return found !== undefined && found.manifest_sha256 !== null
          ? { is: "done", note: sizesOf(found) }
          : {
              is: "todo",
              does: "create",
              says: `copies rows, workflows and stored files into ${archives.place}`,
            };
      },
      async act({ stillOurs }) {
        const began = performance.now();
        const made = await dumped(desk, at, await mustBeThere(desk, runId), stillOurs);
        await markMade(store, runId, { ...made, durationMs: performance.now() - began });
      },
    }),
    task("verify", [named("database")], {
      async look(): Promise<Look> {
        const found = await row();
        // What a trial found is no matter of reading: the next task tries it again.
        const isWhole = found?.problem == null || found.problem.damage === "drill-failed";
        return found?.checked_at && isWhole
          ? { is: "done", note: { checkedAt: found.checked_at.toISOString() } }
          : { is: "todo", does: "update", says: "reads every part again and counts its rows" };
      },
      async act() {
        const found = await mustBeThere(desk, runId);
        const problem = await checkBackup(desk, found);
        if (problem !== undefined) throw new Fault("rejected", problem);
      },
    }),
    task("drill", [named("verify")], {
      async look(): Promise<Look> {
        const found = await row();
        return found?.drilled_at
          ? { is: "done", note: { drillMs: found.drill_ms } }
          : {
              is: "todo",
              does: "update",
              says: "restores it into a scratch database and compares every row",
            };
      },
      async act() {
        const problem = await tried(desk, await mustBeThere(desk, runId));
        if (problem !== undefined) throw new Fault("rejected", { what: problem.what, next: problem.next });
      },
    }),
  ];
}

function checkpointOf(at: Situation) {
  const things = [...at.things.values()];
  const find = (...kinds: string[]) => things.find(({ kind }) => kinds.includes(kind));
  const deploymentId = find("vercel.deployment", "netlify.deployment")?.id;
  const { commitSha: commitId } = Object(find("github.file")?.attrs) as { commitSha?: unknown };
  const projectUrl = projectUrlOf(at);
  return {
    workflowIds: workflowIds(at),
    ...(projectUrl !== undefined && { projectUrl }),
    ...(deploymentId !== undefined && { deploymentId }),
    ...(typeof commitId === "string" && { commitId }),
  };
}

const sizesOf = ({ rows, tables, size_bytes: sizeBytes, schema_version: schemaVersion }: BackupRow) => ({
  rows: Number(rows),
  tables,
  sizeBytes: Number(sizeBytes),
  schemaVersion,
});

async function mustBeThere({ store }: OperationDesk, id: string): Promise<BackupRow> {
  const found = await findBackup(store, id);
  if (found !== undefined && found.state !== "removed") return found;
  throw new Fault("rejected", {
    what: "The record of this backup is gone.",
    next: "Make another backup.",
  });
}

async function dumped(
  desk: OperationDesk,
  at: Situation,
  { prefix, checkpoint }: BackupRow,
  stillOurs: () => Promise<void>,
): Promise<Dumped> {
  const { storage, hubKeys } = desk.archives;
  const [hubKey, ...olderKeys] = hubKeys;
  const { id, slug, blueprint } = at.instance;
  const resume = await isWorthGoingOn(storage, prefix);
  return withRows(desk, at, async (from) => {
    const ask = async (sql: string) =>
      "ask" in from ? from.ask(sql) : lastRows(await from.client.query(sql));
    async function* extras() {
      yield* workflowsOf(at);
      yield* storedExtras(ask, { storage: storageOf(at), mostBytes: desk.exporting.mostFileBytes });
    }
    return dump({
      from,
      of: {
        kind: "backup",
        instance: { id, slug, blueprint },
        schema: { version: await readVersion(ask) },
        checkpoint,
      },
      storage: guarded(storage, stillOurs),
      prefix,
      hubKey,
      olderKeys,
      sealed: true,
      extras: extras(),
      resume,
    });
  });
}

/** What a trial meets where somebody changed the schema beside the migrations. */
const byHand = new Set(["unknown-table", "unknown-column", "column-differs"]);

/**
 * Restores a backup for a trial and writes down how it went; gives what is wrong with it. Throws a `Fault` where no trial
 * was possible: that says nothing about the backup.
 */
export async function tried(
  { store, archives, scratch, accounts }: Pick<OperationDesk, "store" | "archives" | "scratch" | "accounts">,
  row: BackupRow,
): Promise<BackupProblem | undefined> {
  const began = performance.now();
  await beginTrial(store, row.id);
  const problem = await wrongWith();
  if (problem === undefined) await markVerified(store, row.id, performance.now() - began);
  else await markDamaged(store, row.id, { damage: "drill-failed", ...problem });
  return problem && { damage: "drill-failed", ...problem };

  async function wrongWith(): Promise<{ what: string; next: string } | undefined> {
    try {
      const archive = await openBackup(archives, row);
      const blueprint = accounts.blueprints.find(({ name }) => name === row.blueprint);
      const different = await drill(scratch, blueprint, archive);
      return different === undefined
        ? undefined
        : {
            what: `Restored for a trial, the backup is not what it should be: ${different}.`,
            next: "Make another backup; look whether the schema was changed by hand (`atoll drift SLUG`).",
          };
    } catch (error) {
      if (!(error instanceof ArchiveFault)) throw error;
      const { what, damage } = error;
      const next = byHand.has(damage)
        ? "Bring the table in by a migration, or drop it; then back up again."
        : error.next;
      return { what: `The backup could not be restored for a trial: ${what}`, next };
    }
  }
}
