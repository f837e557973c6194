import type { ArchiveStorage } from "../backups/storage.ts";

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
