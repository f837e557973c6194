// Writing an archive: bytes go out as parts of about 8 MiB each, so that memory stays small and a part that did not get
// through is simply sent again.
import { createHash, createHmac, hkdfSync } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Manifest, Part } from "./manifest.ts";
import { keyId, sealPart, type WrappedKey } from "./seal.ts";
import type { Storage } from "./storage.ts";

const pack = promisify(gzip);

/** How many plain bytes a part holds at least before it is closed, unless it is its table's last. */
export const partBytes = 8 * 2 ** 20;

/** What all parts of one archive are sealed with; the key never leaves memory but wrapped. */
export interface Sealing {
  archive: string;
  key: Uint8Array;
}

/** Where an archive's objects stand in its storage; sealed ones say so in their names. */
export const objectName = (prefix: string, name: string, sealed: boolean): string =>
  `${prefix}/${name}${sealed ? ".sealed" : ""}`;

/** Who vouches for a manifest that is not sealed: what `manifest.hmac` holds. */
export interface Signature {
  format: "atoll-signature";
  formatVersion: 1;
  signedBy: string;
  hmac: string;
}

/** HMAC-SHA-256 of a manifest with a key derived from the hub's, as 64 hex digits. */
export function signature(hubKey: Uint8Array, manifest: Buffer): string {
  const key = Buffer.from(hkdfSync("sha256", hubKey, Buffer.alloc(0), "atoll-archive 1 signing key", 32));
  return createHmac("sha256", key).update(manifest).digest("hex");
}

const json = (value: unknown) => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);

/** Puts one object in its place, sealed where the archive is. */
async function putObject(
  storage: Storage,
  prefix: string,
  name: string,
  bytes: Buffer,
  sealing?: Sealing,
): Promise<void> {
  const content = sealing ? sealPart(sealing.key, sealing.archive, name, bytes) : bytes;
  await storage.put(objectName(prefix, name, sealing !== undefined), content);
}

/** Packs, seals and stores one part, and gives its entry for the manifest. */
export async function putPart(
  to: { storage: Storage; prefix: string; sealing?: Sealing | undefined },
  part: Pick<Part, "name" | "kind" | "of" | "rows">,
  plain: Buffer,
): Promise<Part> {
  // Level 3: a third of the time of the default for 5 % more bytes (rows of text, measured with bench/archive).
  const packed = await pack(plain, { level: 3 });
  await putObject(to.storage, to.prefix, part.name, packed, to.sealing);
  return {
    ...part,
    plainBytes: plain.length,
    sizeBytes: packed.length,
    sha256: createHash("sha256").update(packed).digest("hex"),
  };
}

/** Stores the wrapped key, which has to be there before the first part is: parts without it are lost. */
export async function putWrappedKey(storage: Storage, prefix: string, wrapped: WrappedKey): Promise<void> {
  await storage.put(`${prefix}/seal.json`, json(wrapped));
}

/** Stores the manifest, which finishes the archive, and gives the SHA-256 of its bytes: who keeps it needs to trust nobody. */
export async function putManifest(
  to: { storage: Storage; prefix: string; sealing?: Sealing | undefined; hubKey?: Uint8Array | undefined },
  manifest: Manifest,
): Promise<string> {
  const bytes = json(manifest);
  if (!to.sealing && to.hubKey) {
    const signed: Signature = {
      format: "atoll-signature",
      formatVersion: 1,
      signedBy: keyId(to.hubKey),
      hmac: signature(to.hubKey, bytes),
    };
    await to.storage.put(`${to.prefix}/manifest.hmac`, json(signed));
  }
  await putObject(to.storage, to.prefix, "manifest.json", bytes, to.sealing);
  return createHash("sha256").update(bytes).digest("hex");
}

/** How far a dump has come; sealed as the parts are, since a key's values stand in it. */
export interface Progress {
  id: string;
  startedAt: string;
  parts: Part[];
  /** Tables whose rows are all there, as `schema.table` with their number of rows. */
  done: Record<string, number>;
  /** The table under way: its rows so far and the last of them, as a JSON line. */
  current?: { table: string; rows: number; parts: number; last: string };
}

/** Stores how far a dump has come. */
export async function putProgress(
  to: { storage: Storage; prefix: string; sealing?: Sealing | undefined },
  progress: Progress,
): Promise<void> {
  await putObject(to.storage, to.prefix, "progress.json", json(progress), to.sealing);
}
