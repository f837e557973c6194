import { randomUUID } from "node:crypto";
import type { Archive, OpenOptions } from "@atoll/archive/open";
import { openArchive } from "@atoll/archive/open";
import type { Export, Upload } from "@atoll/contract/schemas/exports";
import { Fault } from "@atoll/core/fault";
import { ended } from "@atoll/core/states";
import type { Selectable } from "kysely";
import type { ArchiveStorage } from "../backups/storage.ts";
import type { Store } from "../store/store.ts";
import type { Tables } from "../store/tables.ts";
import { type Packed, packed } from "./archive-files.ts";
import { takeIn } from "./intake.ts";
import { type ExportSettings, uploadKeepMs } from "./settings.ts";

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

/** Where an export's archive stands in the storage. */
export const exportPrefix = (id: string): string => `exports/${id}`;
/** Where an archive that was sent in stands. */
export const uploadPrefix = (id: string): string => `uploads/${id}`;

/** Removes everything under a prefix. The manifest goes first: what is half removed is no archive any more. */
export async function removeArchive(
  { storage }: Pick<ArchiveStorage, "storage">,
  prefix: string,
): Promise<void> {
  const names: string[] = [];
  for await (const { name } of storage.list(`${prefix}/`)) names.push(name);
  names.sort((a, b) => Number(b.includes("/manifest.")) - Number(a.includes("/manifest.")));
  for (const name of names) await storage.remove(name);
}

const gone = (what: string, next: string) => new Fault("rejected", { what, next, field: "id" });

/** Opens an archive that was sent in. Throws a fault where it is not there any more, and `ArchiveFault`s. */
export async function openUpload(
  store: Store,
  archives: ArchiveStorage,
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
  };
  return { archive: await openArchive(options), options };
}

const shown = (row: Selectable<Tables["exports"]> & { slug: string }): Export => ({
  id: row.id,
  slug: row.slug,
  form: row.form,
  withSql: row.with_sql,
  state: row.state,
  ...(row.rows !== null && { rows: Number(row.rows) }),
  ...(row.size_bytes !== null && { sizeBytes: Number(row.size_bytes) }),
  createdAt: row.created_at.toISOString(),
  ...(row.ready_at && { readyAt: row.ready_at.toISOString() }),
  ...(row.expires_at && { expiresAt: row.expires_at.toISOString() }),
});

/** Opens the exports of all instances. */
export function openExports({ store, archives, settings }: ExportsOptions): Exports {
  const rows = async () =>
    (await store())
      .selectFrom("exports as e")
      .innerJoin("instances as i", "i.id", "e.instance_id")
      .selectAll("e")
      .select("i.slug");

  async function removeExport(id: string): Promise<void> {
    // The row first: nobody begins to download what is being removed.
    const db = await store();
    await db.updateTable("exports").set({ state: "removed" }).where("id", "=", id).execute();
    await removeArchive(archives, exportPrefix(id));
  }

  async function removeUpload(id: string): Promise<void> {
    const db = await store();
    await removeArchive(archives, uploadPrefix(id));
    await db.updateTable("uploads").set({ state: "removed" }).where("id", "=", id).execute();
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
      if (state === "removed" || manifestSha256 === null)
        throw gone("The export was removed: exports are kept for a while only.", "Make a new one.");
      const { storage, hubKeys } = archives;
      const archive = await openArchive({ storage, prefix: exportPrefix(id), hubKeys, manifestSha256 });
      return { ...packed(archive, hubKeys[0]), slug };
    },

    async remove(id) {
      const { slug, state } = await find(id);
      if (state === "making" && (await goesOn(id)))
        throw gone("The export is still being made.", "Cancel its run, which takes away what it made.");
      await removeExport(id);
      return slug;
    },

    async upload(tar, by) {
      const db = await store();
      const id = randomUUID();
      const expires_at = new Date(Date.now() + uploadKeepMs);
      // Recorded before anything is stored: what a crash leaves behind is found by the sweep.
      await db.insertInto("uploads").values({ id, by, expires_at }).execute();
      const prefix = uploadPrefix(id);
      try {
        const size = await takeIn(tar, { ...archives, prefix, limits: settings.limits });
        const { manifest, manifestSha256 } = await openArchive({ storage: archives.storage, prefix });
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
          })
          .where("id", "=", id)
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
        await removeUpload(id).catch(() => {}); // the sweep comes back to it
        throw error;
      }
    },

    async removeUpload(id) {
      const row = await (await store())
        .selectFrom("uploads")
        .select("id")
        .where("id", "=", id)
        .executeTakeFirst();
      if (row === undefined) throw gone("There is no such archive.", "It may have been removed.");
      await removeUpload(id);
    },

    async sweep() {
      const db = await store();
      const now = new Date();
      for (const { id } of await db
        .selectFrom("exports")
        .select("id")
        .where("state", "=", "ready")
        .where("expires_at", "<", now)
        .execute())
        await removeExport(id);
      for (const { id } of await db
        .selectFrom("uploads")
        .select("id")
        .where("state", "<>", "removed")
        .where("expires_at", "<", now)
        .execute())
        await removeUpload(id);
    },
  };
}
