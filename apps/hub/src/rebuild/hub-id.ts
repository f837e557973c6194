import { createHmac } from "node:crypto";

/**
 * The id of the hub that has this key: 16 hex digits, which say nothing of the key. It outlives the hub's database, so
 * that a hub that is rebuilt knows what it made, and what another hub made with the same accounts.
 */
export const hubIdOf = (key: Uint8Array): string =>
  createHmac("sha256", key).update("atoll hub").digest("hex").slice(0, 16);
