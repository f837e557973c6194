// Sealing of parts on our side, before any storage sees them: AES-256-GCM over chunks of 64 KiB in the STREAM
// construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015; the same shape as in the age file format): the chunk's number
// and whether it is the last one stand in its nonce, so that cut, repeated and reordered chunks are found. Each part has
// a key of its own, derived from the archive's key, a salt, the archive's id and the part's name.
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";
import { ArchiveFault, useAnother } from "./damage.ts";

const magic = Buffer.from("ATOLLSEAL1\n", "latin1");
const chunkBytes = 64 * 2 ** 10;
const tagBytes = 16;
const headerBytes = magic.length + 16 + 16; // magic, the archive's id, salt

/** The random key of one archive, wrapped by the hub's: what `seal.json` holds. Rotation changes this file only. */
export interface WrappedKey {
  format: "atoll-seal";
  formatVersion: 1;
  archive: string;
  /** First 16 hex digits of a digest of the wrapping key: tells which key opens this, and nothing else. */
  wrappedBy: string;
  nonce: string;
  key: string;
}

function derive(key: Uint8Array, salt: Uint8Array, info: string): Buffer {
  return Buffer.from(hkdfSync("sha256", key, salt, info, 32));
}

/** Which key this is, without giving it away: 16 hex digits. */
export const keyId = (key: Uint8Array): string =>
  createHash("sha256").update("atoll-archive 1 key id\n").update(key).digest("hex").slice(0, 16);

const wrapAad = (archive: string) => Buffer.from(`atoll-archive 1 wrapped key\n${archive}`);

/** Wraps an archive's key (32 bytes) with the hub's (32 bytes), bound to the archive. */
export function wrapKey(archiveKey: Uint8Array, hubKey: Uint8Array, archive: string): WrappedKey {
  const nonce = randomBytes(12);
  const wrapping = derive(hubKey, Buffer.alloc(0), "atoll-archive 1 wrapping key");
  const cipher = createCipheriv("aes-256-gcm", wrapping, nonce).setAAD(wrapAad(archive));
  const key = Buffer.concat([cipher.update(archiveKey), cipher.final(), cipher.getAuthTag()]);
  return {
    format: "atoll-seal",
    formatVersion: 1,
    archive,
    wrappedBy: keyId(hubKey),
    nonce: nonce.toString("base64"),
    key: key.toString("base64"),
  };
}

/** The archive's key out of `seal.json`, by the first of the hub's keys that opens it. Throws `unreadable-key`. */
export function unwrapKey(wrapped: WrappedKey, hubKeys: readonly Uint8Array[]): Buffer {
  const hubKey = hubKeys.find((each) => keyId(each) === wrapped.wrappedBy);
  const refuse = (what: string, next: string, cause?: unknown): never => {
    throw new ArchiveFault({ damage: "unreadable-key", where: "seal.json", what, next }, { cause });
  };
  if (!hubKey)
    return refuse(
      `The archive is sealed with the key ${wrapped.wrappedBy}, which is not one of ours.`,
      "Give the key that was in use when the archive was made, or re-wrapped last, beside the present one.",
    );
  try {
    const bytes = Buffer.from(wrapped.key, "base64");
    const wrapping = derive(hubKey, Buffer.alloc(0), "atoll-archive 1 wrapping key");
    const decipher = createDecipheriv("aes-256-gcm", wrapping, Buffer.from(wrapped.nonce, "base64"), {
      authTagLength: tagBytes,
    })
      .setAAD(wrapAad(wrapped.archive))
      .setAuthTag(bytes.subarray(-tagBytes));
    const key = Buffer.concat([decipher.update(bytes.subarray(0, -tagBytes)), decipher.final()]);
    if (key.length !== 32) throw new RangeError("A key has 32 bytes.");
    return key;
  } catch (cause) {
    return refuse(
      "The wrapped key of the archive is damaged: the right key does not open it.",
      useAnother,
      cause,
    );
  }
}

/** Reads `seal.json`, which anyone may have written. Throws `unreadable-key`. */
export function readWrappedKey(bytes: Buffer): WrappedKey {
  try {
    const from = JSON.parse(bytes.toString("utf8")) as Partial<WrappedKey> | null; // every field is looked at below
    const { format, formatVersion, archive, wrappedBy, nonce, key } = from ?? {};
    if (format !== "atoll-seal" || formatVersion !== 1) throw new TypeError("Another format.");
    if (typeof archive !== "string" || !/^[0-9a-f]{32}$/.test(archive)) throw new TypeError("No archive.");
    if (typeof wrappedBy !== "string" || !/^[0-9a-f]{16}$/.test(wrappedBy))
      throw new TypeError("No key's name.");
    if (typeof nonce !== "string" || typeof key !== "string") throw new TypeError("No key.");
    return { format, formatVersion, archive, wrappedBy, nonce, key };
  } catch (cause) {
    throw new ArchiveFault(
      {
        damage: "unreadable-key",
        where: "seal.json",
        what: "What should hold the archive's wrapped key does not.",
        next: useAnother,
      },
      { cause },
    );
  }
}

/** Size of `sizeBytes` when sealed; an empty content has one empty chunk. */
export function sealedBytes(sizeBytes: number): number {
  return headerBytes + sizeBytes + Math.max(1, Math.ceil(sizeBytes / chunkBytes)) * tagBytes;
}

function nonceOf(chunk: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(chunk, 7);
  nonce.writeUInt8(last ? 1 : 0, 11);
  return nonce;
}

const partInfo = (archive: string, name: string) => `atoll-archive 1 part\n${archive}\n${name}`;

/** Seals one part's bytes. */
export function sealPart(archiveKey: Uint8Array, archive: string, name: string, content: Buffer): Buffer {
  const salt = randomBytes(16);
  const key = derive(archiveKey, salt, partInfo(archive, name));
  const pieces = [magic, Buffer.from(archive, "hex"), salt];
  const chunks = Math.max(1, Math.ceil(content.length / chunkBytes));
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    const cipher = createCipheriv("aes-256-gcm", key, nonceOf(chunk, chunk === chunks - 1));
    const plain = content.subarray(chunk * chunkBytes, (chunk + 1) * chunkBytes);
    pieces.push(cipher.update(plain), cipher.final(), cipher.getAuthTag());
  }
  return Buffer.concat(pieces);
}

/** Opens what `sealPart` made. Throws `swapped-part` where it is another archive's, `damaged-part` for anything else. */
export function openPart(archiveKey: Uint8Array, archive: string, name: string, sealed: Buffer): Buffer {
  const damaged = (
    what: string,
    damage: "damaged-part" | "swapped-part" = "damaged-part",
    cause?: unknown,
  ): never => {
    throw new ArchiveFault({ damage, where: name, what: `${name} ${what}`, next: useAnother }, { cause });
  };
  if (sealed.length < headerBytes + tagBytes || !timingSafeEqual(sealed.subarray(0, magic.length), magic))
    return damaged("is not a sealed part.");
  const owner = sealed.subarray(magic.length, magic.length + 16).toString("hex");
  if (owner !== archive) return damaged(`is a part of another archive, ${owner}.`, "swapped-part");
  const key = derive(archiveKey, sealed.subarray(magic.length + 16, headerBytes), partInfo(archive, name));
  const body = sealed.subarray(headerBytes);
  const step = chunkBytes + tagBytes;
  const chunks = Math.ceil(body.length / step);
  const pieces: Buffer[] = [];
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    const piece = body.subarray(chunk * step, (chunk + 1) * step);
    if (piece.length < tagBytes) return damaged("was cut off.");
    try {
      const decipher = createDecipheriv("aes-256-gcm", key, nonceOf(chunk, chunk === chunks - 1), {
        authTagLength: tagBytes,
      }).setAuthTag(piece.subarray(-tagBytes));
      pieces.push(decipher.update(piece.subarray(0, -tagBytes)), decipher.final());
    } catch (cause) {
      return damaged(
        "was changed, cut off or put under another name after it was sealed.",
        "damaged-part",
        cause,
      );
    }
  }
  return Buffer.concat(pieces);
}
