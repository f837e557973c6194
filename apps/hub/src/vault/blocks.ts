import { createHmac, hkdfSync } from "node:crypto";

const blockBytes = 64; // of SHA-256

const padded = (key: Buffer, by: number) =>
  Buffer.from(Array.from({ length: blockBytes }, (_, index) => by ^ (key[index] ?? 0)));

/** The two padded blocks of an HMAC key, in hex. */
export interface Blocks {
  inner: string;
  outer: string;
}

/**
 * What an instance's database computes HMAC-SHA256 with, so that a secret can be compared without leaving it. Each
 * key of each instance has blocks of its own, derived from the hub's 32 bytes.
 */
export function blocksFor(hubKey: Uint8Array, instanceId: string, key: string): Blocks {
  const root = Buffer.from(hkdfSync("sha256", hubKey, "", "atoll vault fingerprints", 32));
  const own = createHmac("sha256", root).update(`${instanceId}\n${key}`).digest();
  return { inner: padded(own, 0x36).toString("hex"), outer: padded(own, 0x5c).toString("hex") };
}
