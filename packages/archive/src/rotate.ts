import { putWrappedKey } from "./make.ts";
import { readSealing } from "./open.ts";
import { keyId, wrapKey } from "./seal.ts";
import type { Storage } from "./storage.ts";

/**
 * Re-wraps an archive's key with the hub's present key (the first of `hubKeys`); the parts stay as they are. Gives
 * whether anything was to be done. Throws `unreadable-key` where none of the keys opens it.
 */
export async function rewrap(
  storage: Storage,
  prefix: string,
  hubKeys: readonly Uint8Array[],
): Promise<boolean> {
  const [present] = hubKeys;
  const found = await readSealing(storage, prefix, hubKeys);
  if (!present || !found || found.wrapped.wrappedBy === keyId(present)) return false;
  await putWrappedKey(storage, prefix, wrapKey(found.sealing.key, present, found.wrapped.archive));
  return true;
}
