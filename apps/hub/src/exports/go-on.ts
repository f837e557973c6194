import type { Storage } from "@atoll/archive/storage";

/** Below this a dump that broke off begins again, so that all its rows are of one moment; above it goes on. */
const goOnFromBytes = 256 * 2 ** 20;

/**
 * Whether a dump goes on with what lies under its prefix. A finished archive is taken as it is: the worker that made it
 * died before it wrote that down.
 */
export async function isWorthGoingOn(storage: Pick<Storage, "list">, prefix: string): Promise<boolean> {
  let bytes = 0;
  for await (const { name, sizeBytes } of storage.list(`${prefix}/`)) {
    if (name.startsWith(`${prefix}/manifest.json`)) return true;
    bytes += sizeBytes;
  }
  return bytes >= goOnFromBytes;
}
