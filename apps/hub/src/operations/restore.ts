import { lastRows } from "@atoll/archive/dump";
import { Fault } from "@atoll/core/fault";
import type { Look, Operation, Situation, Task } from "@atoll/core/operation";
import { checkBackup } from "../backups/check.ts";
import { projectOf, withClient } from "../backups/database.ts";
import { differingFiles, storageOf } from "../backups/files.ts";
import { withLifted } from "../backups/lift.ts";
import { backupTasks } from "../backups/make.ts";
import { openBackup } from "../backups/open-backup.ts";
import { putBack, restoredBy, versionOf } from "../backups/put-back.ts";
import { type BackupRow, findBackup, mustFindBackup } from "../backups/rows.ts";
import { differingWorkflows } from "../backups/workflows-back.ts";
import type { LaterDesk, OperationDesk } from "./desk.ts";
import { cannotGoBack, type ProviderInput, providerInput, providerTasks } from "./restore-provider.ts";

interface OwnInput {
  backup: string;
  /** Go on without a backup of what stands there now: what a failing restore cannot take back is gone then. */
  withoutSafety: boolean;
}

type RestoreInput = OwnInput | ProviderInput;

function restoreInput(given: unknown): RestoreInput {
  const { backup, withoutSafety = false, from = "hub" } = Object(given) as Record<string, unknown>;
  if (typeof withoutSafety !== "boolean")
    throw new Fault("rejected", {
      what: "Whether to restore without a backup of what stands there now is neither true nor false.",
      next: "Send `withoutSafety` as true or false, or leave it out.",
      field: "withoutSafety",
    });
  if (from === "provider") return { ...providerInput(given), withoutSafety };
  if (from !== "hub")
    throw new Fault("rejected", {
      what: "Backups are kept by nobody of that name.",
      next: 'Send `from` as "provider", or leave it out for the hub\'s own.',
      field: "from",
    });
  if (typeof backup === "string" && backup !== "" && backup.length <= 80) return { backup, withoutSafety };
  throw new Fault("rejected", {
    what: "No backup was named.",
    next: "Send its id as `backup`; `atoll backup list` names them.",
    field: "backup",
  });
}

interface Scene {
  desk: OperationDesk;
  at: Situation;
  row: BackupRow;
  /** It is a backup of this very instance. */
  isOurs: boolean;
  /** A backup of what stands there now is made first. */
  isSafe: boolean;
}

/**
 * Brings an instance's data back to a backup: what stands there now is backed up and that is tried, then all rows are
 * exchanged in one transaction and compared, then files and workflows are put back. One that fails leaves everything as
 * it was.
 */
export function restore(later: LaterDesk): Operation {
  return {
    kind: "restore",
    from: ["live", "paused", "archived", "failed"],
    input: restoreInput,
    async tasks(at) {
      const desk = await later;
      const input = at.input as RestoreInput; // as `restoreInput` gave it
      if ("from" in input) return providerTasks(desk, at, input);
      const { backup, withoutSafety } = input;
      const row = await mustBeKnown(desk, backup);
      const isOurs = row.instance_id === at.instance.id;
      if (!isOurs) await mustBeMadeForIt(desk, at, row);
      const scene = { desk, at, row, isOurs, isSafe: isOurs && !withoutSafety };
      const check = checkTask(scene);
      const safety = scene.isSafe
        ? backupTasks({ desk, at, why: "before-restore", stem: "safety-", needs: [check.step] })
        : [];
      const rows = rowsTask(scene, safety.at(-1)?.step ?? check.step);
      return [check, ...safety, rows, filesTask(scene), ...(isOurs ? [workflowsTask(scene)] : [])];
    },
  };
}

/** Also one that was removed: what a run did with it can be taken back without it, and only the check refuses it. */
async function mustBeKnown({ store }: OperationDesk, id: string): Promise<BackupRow> {
  return (await findBackup(store, id)) ?? mustFindBackup(store, id);
}

/** Nobody's data goes into somebody else's instance but into one that was made for just that. */
async function mustBeMadeForIt(
  { store }: OperationDesk,
  { instance }: Situation,
  row: BackupRow,
): Promise<void> {
  const found = await store
    .selectFrom("restores")
    .select("id")
    .where("instance_id", "=", instance.id)
    .where("backup_id", "=", row.id)
    .where("state", "=", "restoring")
    .executeTakeFirst();
  if (found !== undefined) return;
  throw new Fault("rejected", {
    what: `The backup "${row.id}" is of "${row.slug}", not of "${instance.slug}".`,
    next: "Choose a backup of this instance, or restore it as a new one (`atoll restore SLUG BACKUP --as NEWSLUG`).",
    field: "backup",
  });
}

function checkTask({ desk, at, row }: Scene): Task {
  const { instance, notes } = at;
  return {
    step: "check",
    kind: "restore.check",
    name: instance.slug,
    needs: [],
    async look(): Promise<Look> {
      if (notes.has("check")) return { is: "done" };
      projectOf(at);
      await mustFindBackup(desk.store, row.id);
      if (row.state !== "made" && row.state !== "verified")
        throw new Fault("rejected", {
          what: `The backup is ${row.state}${row.problem ? `: ${row.problem.what}` : "."}`,
          next: row.problem?.next ?? "Choose another one.",
          field: "backup",
        });
      const version = await versionOf(desk, at);
      if (version < (row.schema_version ?? 0))
        throw new Fault("rejected", {
          what: `The backup is of schema version ${row.schema_version}, and "${instance.slug}" stands at version ${version}.`,
          next: "Update the instance's schema first (`atoll schema`).",
          field: "backup",
        });
      return { is: "todo", does: "update", says: "reads every part of the backup" };
    },
    async act() {
      const problem = await checkBackup(desk, row);
      if (problem !== undefined) throw new Fault("rejected", problem);
      return { backup: row.id, of: row.slug, madeAt: row.made_at?.toISOString() };
    },
    settleWithinMs: longMs,
  };
}

/** Reading and writing millions of rows again, where a database or the storage was away for a moment. */
const longMs = 6 * 3_600_000;

function rowsTask({ desk, at, row, isOurs, isSafe }: Scene, after: string): Task {
  const { instance, runId } = at;
  return {
    step: "rows",
    kind: "restore.rows",
    name: instance.slug,
    needs: [after],
    async look(): Promise<Look> {
      if ((await restoredBy(desk, at)) === runId) return { is: "done" };
      const of = row.made_at?.toISOString() ?? "";
      return {
        is: "todo",
        does: "update",
        says: `exchanges all rows for those of ${of}, in one transaction, and compares them`,
      };
    },
    async act({ stillOurs }) {
      const version = await versionOf(desk, at);
      const kept = await openBackup(desk.archives, row);
      return withLifted(desk, kept, { version, run: runId }, async (archive) => {
        await stillOurs();
        return putBack(desk, at, { archive, mark: runId, isOurs });
      });
    },
    async undo() {
      // A new instance that was made for the backup held nothing before.
      if (!isOurs || (await restoredBy(desk, at)) !== runId) return;
      const safety = isSafe ? await findBackup(desk.store, runId) : undefined;
      if (safety === undefined) throw cannotGoBack("The rows of the backup stand there");
      const archive = await openBackup(desk.archives, safety);
      await putBack(desk, at, { archive, mark: undefined, isOurs });
    },
    settleWithinMs: longMs,
  };
}

/** Files that the backup has with their contents become what they were. What was added since then stays. */
function filesTask({ desk, at, row, isOurs, isSafe }: Scene): Task {
  const { instance, notes, runId } = at;
  const step = "files";
  const withDiffering = async <T>(
    from: BackupRow,
    work: (files: Awaited<ReturnType<typeof differingFiles>>) => Promise<T>,
  ): Promise<T> => {
    const archive = await openBackup(desk.archives, from);
    return withClient(desk, at, async (client) => {
      const ask = async (sql: string) => lastRows(await client.query(sql));
      return work(await differingFiles(ask, storageOf(at), archive));
    });
  };
  return {
    step,
    kind: "restore.files",
    name: instance.slug,
    needs: ["rows"],
    async look(): Promise<Look> {
      const files = await withDiffering(row, async ({ length }) => length);
      if (files === 0) return { is: "done" };
      return { is: "todo", does: "update", says: `puts back ${files} stored files`, note: { files } };
    },
    async act({ stillOurs }) {
      await withDiffering(row, async (files) => {
        if (isSafe && files.some(({ isThere }) => isThere)) await mustHaveContents();
        for (const each of files) {
          await stillOurs();
          await each.put();
        }
      });
    },
    async undo() {
      // A new instance that was made for the backup had none before.
      if (!isOurs || !notes.has(step)) return;
      const safety = isSafe ? await findBackup(desk.store, runId) : undefined;
      if (safety === undefined) throw cannotGoBack("Files of the backup stand there");
      await withDiffering(safety, async (files) => {
        for (const each of files) await each.put();
      });
    },
    settleWithinMs: longMs,
  };

  /** What is written over must be in the backup that was made before. */
  async function mustHaveContents(): Promise<void> {
    const safety = await findBackup(desk.store, runId);
    const archive = safety && (await openBackup(desk.archives, safety));
    if (archive?.manifest.parts.some(({ kind }) => kind === "file")) return;
    throw new Fault("rejected", {
      what: `The stored files of "${instance.slug}" are more than a backup takes: what is written over would be gone.`,
      next: "Raise ATOLL_BACKUP_FILES_MOST_GIB on the hub, or restore without a backup of what stands there now.",
      field: "withoutSafety",
    });
  }
}

function workflowsTask({ desk, at, row, isOurs, isSafe }: Scene): Task {
  const { instance, runId } = at;
  const step = "workflows";
  const differingFrom = async (from: BackupRow) =>
    differingWorkflows(at, {
      archive: await openBackup(desk.archives, from),
      projectUrl: from.checkpoint.projectUrl,
    });
  const namesOf = async () => (await differingFrom(row)).map(({ name }) => name);
  const putAll = async (from: BackupRow) => {
    for (const each of await differingFrom(from)) await each.put();
  };
  /** Names of those that were others than the backup's when this run came to them. */
  const differed = () => (at.notes.get(step) as { differed?: string[] } | undefined)?.differed ?? []; // written below
  return {
    step,
    kind: "restore.workflows",
    name: instance.slug,
    needs: ["rows"],
    async look(): Promise<Look> {
      const names = await namesOf();
      if (names.length === 0) return { is: "done" };
      const note = { differed: [...new Set([...differed(), ...names])] };
      return { is: "todo", does: "update", says: `puts back ${names.join(", ")}`, note };
    },
    act: async () => putAll(row),
    async undo() {
      // A new instance that was made for the backup had none before.
      if (!isOurs) return;
      const safety = isSafe ? await findBackup(desk.store, runId) : undefined;
      if (safety !== undefined) return putAll(safety);
      const stillOthers = await namesOf();
      const exchanged = differed().filter((name) => !stillOthers.includes(name));
      if (exchanged.length > 0) throw cannotGoBack(`The backup's ${exchanged.join(", ")} stand there`);
    },
  };
}
