import { dump } from "@atoll/archive/dump";
import { load } from "@atoll/archive/load";
import { type Archive, openArchive } from "@atoll/archive/open";
import { Fault } from "@atoll/core/fault";
import { provisionScript } from "@atoll/fleet/script";
import { removeArchive } from "../exports/places.ts";
import type { OperationDesk } from "../operations/desk.ts";
import { authAs } from "./drill.ts";

/**
 * Does some work with an archive brought to a newer version of its schema: it is loaded into a scratch database of its own
 * version, the missing migrations run there, and what stands there then is the archive that the work gets. One that is at
 * that version already is given as it is.
 */
export async function withLifted<T>(
  { archives, scratch, accounts }: Pick<OperationDesk, "archives" | "scratch" | "accounts">,
  archive: Archive,
  { version, run }: { version: number; run: string },
  work: (archive: Archive) => Promise<T>,
): Promise<T> {
  const { kind, instance, schema, checkpoint } = archive.manifest;
  if (schema.version === version) return work(archive);
  const all = accounts.blueprints.find(({ name }) => name === instance.blueprint)?.migrations ?? [];
  const upTo = (most: number) => all.filter((each) => each.version <= most);
  if (schema.version > version || upTo(version).at(-1)?.version !== version)
    throw new Fault("rejected", {
      what: `The backup is of schema version ${schema.version}, and the database stands at version ${version}.`,
      next: "Update the instance's schema first (`atoll schema`), with a hub whose blueprint has both versions.",
      field: "backup",
    });
  const { storage, hubKeys } = archives;
  const place = { storage, prefix: `lifted/${run}`, hubKeys, authentic: true };
  try {
    await removeArchive(archives, place.prefix);
    await scratch.with(async (session, _, { client, asProvider }) => {
      await session.query(provisionScript(upTo(schema.version), { instance: instance.id }));
      await asProvider(authAs(archive));
      await load({ archive, client, onRows: "replace" });
      await session.query(provisionScript(upTo(version), { instance: instance.id }));
      await dump({
        from: { client },
        of: { kind, instance, schema: { version }, checkpoint },
        ...place,
        hubKey: hubKeys[0],
        sealed: true,
      });
    });
    return await work(await openArchive(place));
  } finally {
    await removeArchive(archives, place.prefix).catch(() => {}); // sealed; the next try removes it
  }
}
