import { readVersion } from "@atoll/archive/catalog";
import { checkArchive } from "@atoll/archive/check";
import { ArchiveFault } from "@atoll/archive/damage";
import { dump, lastRows } from "@atoll/archive/dump";
import { openArchive } from "@atoll/archive/open";
import type { Storage } from "@atoll/archive/storage";
import { type ExportForm, exportForms } from "@atoll/contract/schemas/exports";
import { Fault } from "@atoll/core/fault";
import type { Look, Operation, Situation, Task } from "@atoll/core/operation";
import { type RowsFrom, withRows } from "../backups/database.ts";
import { filesListed, mustHavePgDump, sqlOf, workflowIds, workflowsOf } from "../exports/extras.ts";
import { isWorthGoingOn } from "../exports/go-on.ts";
import { exportPrefix } from "../exports/places.ts";
import { clear } from "../exports/sweep.ts";
import type { LaterDesk, OperationDesk } from "./desk.ts";

/** What an export was asked for. */
interface ExportInput {
  form: ExportForm;
  /** With what `pg_dump` prints. */
  sql: boolean;
}

function exportInput(given: unknown): ExportInput {
  const { form = "archive", sql = false } = Object(given) as { form?: unknown; sql?: unknown };
  const known = exportForms.find((each) => each === form);
  if (known === undefined)
    throw new Fault("rejected", {
      what: "There is no such form of an export.",
      next: `Send \`form\` as one of: ${exportForms.join(", ")}.`,
      field: "form",
    });
  if (typeof sql !== "boolean")
    throw new Fault("rejected", {
      what: "Whether SQL goes into the export is neither true nor false.",
      next: "Send `sql` as true or false, or leave it out.",
      field: "sql",
    });
  if (sql && known === "take-out")
    throw new Fault("rejected", {
      what: "A take-out holds no secrets, and pg_dump leaves none out.",
      next: "Leave `sql` out, or ask for the form `archive`.",
      field: "sql",
    });
  return { form: known, sql };
}

/**
 * Makes an archive of everything that an instance holds, for its client or for another hub. It lies in the storage for
 * archives, sealed, and is given out without the seal. Reads the instance only.
 */
export function exporting(later: LaterDesk): Operation {
  return {
    kind: "export",
    from: ["live", "paused", "failed"],
    input: exportInput,
    async tasks(at) {
      const desk = await later;
      const wanted = at.input as ExportInput; // as `exportInput` gave it
      return exportTasks({ desk, at, ...wanted, why: "asked", keepMs: desk.exporting.keepMs });
    },
  };
}

/** How an export is made, by itself or as a part of an operation. */
interface Making extends ExportInput {
  desk: OperationDesk;
  at: Situation;
  why: "asked" | "archived";
  /** How long it is kept once it is ready, in milliseconds. */
  keepMs: number;
  /** Put before the names of its tasks. */
  stem?: string;
  /** Tasks that come before. */
  needs?: readonly string[];
}

/** The tasks of an export: everything goes into an archive, and that is read again. Its id is the run's. */
export const exportTasks = (making: Making): Task[] => [archiveTask(making), checkTask(making)];

const named = ({ stem = "" }: Making, step: string) => `${stem}${step}`;

const archiveOf = ({ archives }: OperationDesk, { runId }: Situation) => ({
  storage: archives.storage,
  prefix: exportPrefix(runId),
  hubKeys: archives.hubKeys,
});

/** A storage that a worker whose lease has run out writes nothing into. */
export function guarded(storage: Storage, stillOurs: () => Promise<void>): Storage {
  return {
    ...storage,
    async put(name, content) {
      await stillOurs();
      await storage.put(name, content);
    },
  };
}

function archiveTask(making: Making): Task {
  const { desk, at, form, sql, why } = making;
  const { instance, runId, notes } = at;
  const step = named(making, "archive");
  const place = archiveOf(desk, at);
  return {
    step,
    kind: "export.archive",
    name: instance.slug,
    needs: making.needs ?? [],
    async look(): Promise<Look> {
      if (notes.has(step) && (await isFinished(place))) return { is: "done" };
      if (sql) await withRows(desk, at, mustHavePgDump);
      return {
        is: "todo",
        does: "create",
        says: form === "take-out" ? "takes out what is the client's" : "takes out everything",
      };
    },
    async act({ stillOurs }) {
      await desk.store
        .insertInto("exports")
        .values({ id: runId, instance_id: instance.id, form, with_sql: sql, why })
        .onConflict((on) => on.column("id").doUpdateSet({ state: "making" }))
        .execute();
      const { manifest, manifestSha256 } = await withRows(desk, at, (from) => taken(making, from, stillOurs));
      const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
      const sizeBytes = manifest.parts.reduce((sum, part) => sum + part.sizeBytes, 0);
      return { rows, sizeBytes, manifestSha256, moment: manifest.moment.is };
    },
    async undo() {
      await desk.store.updateTable("exports").set({ state: "removed" }).where("id", "=", runId).execute();
      await clear(desk.store, desk.archives, { table: "exports", id: runId, prefix: place.prefix });
    },
    settleWithinMs: 6 * 3_600_000, // an hour of rows begins again where a database was away for a moment
  };
}

async function isFinished(place: ReturnType<typeof archiveOf>): Promise<boolean> {
  try {
    await openArchive(place);
    return true;
  } catch (error) {
    if (error instanceof ArchiveFault) return false;
    throw error;
  }
}

async function taken({ desk, at, form, sql }: Making, from: RowsFrom, stillOurs: () => Promise<void>) {
  const { instance, things } = at;
  const ask = async (text: string) =>
    "ask" in from ? from.ask(text) : lastRows(await from.client.query(text));
  async function* extras() {
    yield* workflowsOf(at);
    yield* filesListed(ask);
    if (sql) yield sqlOf(from);
  }
  const idOf = (...kinds: string[]) => [...things.values()].find(({ kind }) => kinds.includes(kind))?.id;
  const deploymentId = idOf("vercel.deployment", "netlify.deployment");
  const place = archiveOf(desk, at);
  const { secretColumns } = desk.accounts.blueprints.find(({ name }) => name === instance.blueprint) ?? {};
  return dump({
    ...place,
    storage: guarded(desk.archives.storage, stillOurs),
    hubKey: desk.archives.hubKeys[0],
    olderKeys: desk.archives.hubKeys.slice(1),
    from,
    of: {
      kind: form === "take-out" ? "take-out" : "export",
      instance: { id: instance.id, slug: instance.slug, blueprint: instance.blueprint },
      schema: { version: await readVersion(ask) },
      checkpoint: { workflowIds: workflowIds(at), ...(deploymentId !== undefined && { deploymentId }) },
    },
    sealed: true,
    resume: await isWorthGoingOn(place.storage, place.prefix),
    ...(secretColumns && { secretColumns }),
    extras: extras(),
  });
}

function checkTask(making: Making): Task {
  const { desk, at, keepMs } = making;
  const { instance, runId, notes } = at;
  return {
    step: named(making, "check"),
    kind: "export.check",
    name: instance.slug,
    needs: [named(making, "archive")],
    async look(): Promise<Look> {
      const row = await desk.store
        .selectFrom("exports")
        .select("state")
        .where("id", "=", runId)
        .executeTakeFirst();
      if (row?.state === "ready") return { is: "done" };
      return { is: "todo", does: "update", says: "reads every part again, and gives it out" };
    },
    async act() {
      const { rows, sizeBytes, manifestSha256 } = notes.get(named(making, "archive")) as Made; // written by `archiveTask`
      const { findings } = await checkArchive(
        { ...archiveOf(desk, at), authentic: true, manifestSha256 },
        { instanceId: instance.id },
      );
      const [found] = findings;
      if (found !== undefined)
        throw new Fault("rejected", {
          what: found.what,
          next: "Make the export again; look what else writes into the storage.",
        });
      const now = Date.now();
      await desk.store
        .updateTable("exports")
        .set({
          state: "ready",
          rows: String(rows),
          size_bytes: String(sizeBytes),
          manifest_sha256: manifestSha256,
          ready_at: new Date(now),
          expires_at: new Date(now + keepMs),
        })
        .where("id", "=", runId)
        .execute();
      return undefined;
    },
  };
}

interface Made {
  rows: number;
  sizeBytes: number;
  manifestSha256: string;
}
