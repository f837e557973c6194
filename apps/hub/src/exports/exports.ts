import { randomUUID } from "node:crypto";
import { ArchiveFault } from "@atoll/archive/damage";
import type { Archive, OpenOptions } from "@atoll/archive/open";
import { openArchive } from "@atoll/archive/open";
import type { Export, Upload } from "@atoll/contract/schemas/exports";
import { Fault } from "@atoll/core/fault";
import { ended } from "@atoll/core/states";
import { type Selectable, sql } from "kysely";
import type { ArchiveStorage } from "../backups/storage.ts";
import type { Store } from "../store/store.ts";
import type { Tables } from "../store/tables.ts";
import { type Packed, packed } from "./archive-files.ts";
import { held, holdMs } from "./hold.ts";
import { takeIn } from "./intake.ts";
import { exportPrefix, uploadPrefix } from "./places.ts";
import { type ExportSettings, uploadKeepMs } from "./settings.ts";
import { clear, isImported, sweep } from "./sweep.ts";

/** Exports that were made, and archives that were sent in. */
export interface Exports {
  list(slug: string): Promise<Export[]>;
  /** Throws a fault where it is not ready, or removed. */
  download(id: string): Promise<Packed & { slug: string }>;
  /** Removes an export from the storage; gives its instance's slug. Gone already is success. */
  remove(id: string): Promise<string>;
  /** Takes in a tar. Throws a fault that names the field `archive` where it is no archive. */
  upload(tar: AsyncIterable<Uint8Array>, by: string): Promise<Upload>;
  removeUpload(id: string): Promise<void>;
  /** Removes what has expired. */
  sweep(): Promise<void>;
}

interface ExportsOptions {
  store(): Promise<Store>;
  archives: ArchiveStorage;
  settings: ExportSettings;
}

const gone = (what: string, next: string) => new Fault("rejected", { what, next, field: "id" });

/** Where archives that were sent in are, and to how much they may unpack. */
interface UploadsPlace {
  store: Store;
  archives: ArchiveStorage;
  exporting: Pick<ExportSettings, "mostPlainBytes">;
}

/** Opens an archive that was sent in. Throws a fault where it is not there any more, and `ArchiveFault`s. */
export async function openUpload(
  { store, archives, exporting }: UploadsPlace,
  id: string,
): Promise<{ archive: Archive; options: OpenOptions }> {
  const row = await store.selectFrom("uploads").selectAll().where("id", "=", id).executeTakeFirst();
  if (row?.state !== "ready" || row.manifest_sha256 === null)
    throw new Fault("rejected", {
      what: "The archive is not here, or not any more.",
      next: "Send it in again: it is kept for a day.",
      field: "upload",
    });
  const options = {
    storage: archives.storage,
    prefix: uploadPrefix(id),
    hubKeys: archives.hubKeys,
    manifestSha256: row.manifest_sha256,
    mostPlainBytes: exporting.mostPlainBytes,
  };
  return { archive: await openArchive(options), options };
}

const shown = (row: Selectable<Tables["exports"]> & { slug: string }): Export => ({
  id: row.id,
  slug: row.slug,
  form: row.form,
  why: row.why,
  withSql: row.with_sql,
  state: row.state,
  ...(row.rows !== null && { rows: Number(row.rows) }),
  ...(row.size_bytes !== null && { sizeBytes: Number(row.size_bytes) }),
  createdAt: row.created_at.toISOString(),
  ...(row.ready_at && { readyAt: row.ready_at.toISOString() }),
  ...(row.expires_at && { expiresAt: row.expires_at.toISOString() }),
});

/** What is wrong with what was sent in is said of the field that it came in. */
async function opened(options: OpenOptions): Promise<Archive> {
  try {
    return await openArchive(options);
  } catch (error) {
    if (!(error instanceof ArchiveFault)) throw error;
    const { what, next } = error;
    throw new Fault("rejected", { what, next, field: "archive" }, { cause: error });
  }
}

/** Opens the exports of all instances. */
export function openExports({ store, archives, settings }: ExportsOptions): Exports {
  const rows = async () =>
    (await store())
      .selectFrom("exports as e")
      .innerJoin("instances as i", "i.id", "e.instance_id")
      .selectAll("e")
      .select("i.slug");

  // The row first: nobody begins to use what is being removed.
  async function removed(table: "exports" | "uploads", id: string): Promise<void> {
    const db = await store();
    await db.updateTable(table).set({ state: "removed" }).where("id", "=", id).execute();
    await clear(db, archives, { table, id, prefix: (table === "exports" ? exportPrefix : uploadPrefix)(id) });
  }

  /** Keeps the sweep from it for a while; false where it is removed already. */
  async function hold(table: "exports" | "uploads", id: string): Promise<boolean> {
    const db = await store();
    const { numUpdatedRows } = await db
      .updateTable(table)
      .set({ held_until: new Date(Date.now() + holdMs) })
      .where("id", "=", id)
      .where("state", "<>", "removed")
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  async function find(id: string) {
    const row = await (await rows()).where("e.id", "=", id).executeTakeFirst();
    if (row === undefined) throw gone("There is no such export.", "Look at the instance's list of exports.");
    return row;
  }

  async function goesOn(run: string): Promise<boolean> {
    const found = await (await store())
      .selectFrom("runs")
      .select("state")
      .where("id", "=", run)
      .executeTakeFirst();
    return found !== undefined && !ended.includes(found.state);
  }

  return {
    async list(slug) {
      const found = await (await rows())
        .where("i.slug", "=", slug)
        .where("e.state", "<>", "removed")
        .orderBy("e.created_at", "desc")
        .limit(100)
        .execute();
      return found.map(shown);
    },

    async download(id) {
      const { state, slug, manifest_sha256: manifestSha256 } = await find(id);
      if (state === "making")
        throw gone("The export is still being made.", "Wait until its run has ended, then download it.");
      if (state === "removed" || manifestSha256 === null || !(await hold("exports", id)))
        throw gone("The export was removed: exports are kept for a while only.", "Make a new one.");
      const { storage, hubKeys } = archives;
      const archive = await openArchive({ storage, prefix: exportPrefix(id), hubKeys, manifestSha256 });
      const file = packed(archive, hubKeys[0]);
      const renew = () => hold("exports", id);
      return { ...file, slug, content: (from) => held(file.content(from), renew) };
    },

    async remove(id) {
      const { slug, state } = await find(id);
      if (state === "making" && (await goesOn(id)))
        throw gone("The export is still being made.", "Cancel its run, which takes away what it made.");
      await removed("exports", id);
      return slug;
    },

    async upload(tar, by) {
      const db = await store();
      const id = randomUUID();
      const expires_at = new Date(Date.now() + uploadKeepMs);
      // Recorded before anything is stored: what a crash leaves behind is found by the sweep.
      const held_until = new Date(Date.now() + holdMs);
      await db.insertInto("uploads").values({ id, by, expires_at, held_until }).execute();
      const prefix = uploadPrefix(id);
      const { limits, mostPlainBytes } = settings;
      const coming = held(tar, () => hold("uploads", id));
      try {
        const size = await takeIn(coming, { ...archives, prefix, limits });
        const { manifest, manifestSha256 } = await opened({
          storage: archives.storage,
          prefix,
          mostPlainBytes,
        });
        const { instance, kind, schema, tables, madeAt } = manifest;
        const about = {
          slug: instance.slug,
          blueprint: instance.blueprint,
          kind,
          tables: tables.length,
          rows: tables.reduce((sum, table) => sum + table.rows, 0),
        };
        const row = await db
          .updateTable("uploads")
          .set({
            ...about,
            rows: String(about.rows),
            state: "ready",
            schema_version: schema.version,
            size_bytes: String(size),
            made_at: new Date(madeAt),
            manifest_sha256: manifestSha256,
            held_until: null,
          })
          .where("id", "=", id)
          .where("state", "=", "receiving")
          .returning("created_at")
          .executeTakeFirstOrThrow();
        return {
          ...about,
          id,
          schemaVersion: schema.version,
          sizeBytes: size,
          madeAt,
          createdAt: row.created_at.toISOString(),
          expiresAt: expires_at.toISOString(),
        };
      } catch (error) {
        await removed("uploads", id).catch(() => {}); // the sweep comes back to it
        throw error;
      }
    },

    async removeUpload(id) {
      const db = await store();
      const row = await db
        .selectFrom("uploads as u")
        .select(["u.state", sql<boolean>`held_until > clock_timestamp()`.as("isHeld")])
        .select(isImported.as("isImported"))
        .where("u.id", "=", id)
        .executeTakeFirst();
      if (row === undefined) throw gone("There is no such archive.", "It may have been removed.");
      if (row.state === "receiving" && row.isHeld === true)
        throw gone("The archive is still being sent.", "Break that off: what came of it goes by itself.");
      if (row.state === "ready" && row.isImported)
        throw gone(
          "A run imports the archive.",
          "Wait until it has ended, or cancel it: then it goes by itself.",
        );
      await removed("uploads", id);
    },

    sweep: async () => sweep(await store(), archives, new Date()),
  };
}
