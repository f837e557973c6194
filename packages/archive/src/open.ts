// Reading an archive that may have been damaged, cut, mixed up or made by an enemy: nothing of it is used before it was
// checked, and nothing is unpacked beyond the size that was promised.
import { createHash, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { ArchiveFault, type Damage, useAnother } from "./damage.ts";
import { objectName, type Progress, type Sealing, type Signature, signature } from "./make.ts";
import { type Manifest, mostManifestBytes, mostPartBytes, type Part, readManifest } from "./manifest.ts";
import { keyId, openPart, readWrappedKey, sealedBytes, unwrapKey, type WrappedKey } from "./seal.ts";
import { readAll, type Storage } from "./storage.ts";

const unpack = promisify(gunzip);

/** Where an archive is, and what is asked of it before it is believed. */
export interface OpenOptions {
  storage: Storage;
  /** The archive's name in its storage, without a slash at the end. */
  prefix: string;
  /** The hub's keys: the present one, and older ones while they are being replaced. */
  hubKeys?: readonly Uint8Array[];
  /** Refuse an archive whose manifest none of our keys vouches for: for backups, and whatever only we make. */
  authentic?: boolean;
  /** SHA-256 of the manifest as it was when the archive was made, as `dump` gave it. */
  manifestSha256?: string;
  /** Refuse an archive whose parts promise to unpack to more bytes than this, together; each is held to its promise. */
  mostPlainBytes?: number;
}

/** An archive whose manifest was checked; its parts are checked as they are read. */
export interface Archive {
  manifest: Manifest;
  sealed: boolean;
  /** True when one of our keys vouches for the manifest. */
  authentic: boolean;
  manifestSha256: string;
  /** The manifest's own bytes, without a seal. */
  manifestBytes: Buffer;
  /** A part's bytes as they are packed, without a seal. Throws as `read` does. */
  packed(part: Part): Promise<Buffer>;
  /** A part's plain bytes. Throws `ArchiveFault`: missing-, truncated-, swapped-, damaged- or oversized-part. */
  read(part: Part): Promise<Buffer>;
}

function fail(damage: Damage, where: string, what: string, next = useAnother, cause?: unknown): never {
  throw new ArchiveFault({ damage, where, what, next }, { cause });
}

/** The archive's sealing, where it is sealed. Throws `unreadable-key`. */
export async function readSealing(
  storage: Storage,
  prefix: string,
  hubKeys: readonly Uint8Array[],
): Promise<{ sealing: Sealing; wrapped: WrappedKey } | undefined> {
  const bytes = await readAll(storage, `${prefix}/seal.json`, 2 ** 16);
  if (bytes === undefined) return undefined;
  const wrapped = readWrappedKey(bytes === "too-large" ? Buffer.alloc(0) : bytes);
  return { wrapped, sealing: { archive: wrapped.archive, key: unwrapKey(wrapped, hubKeys) } };
}

async function isAnythingThere(storage: Storage, prefix: string): Promise<boolean> {
  for await (const _ of storage.list(`${prefix}/`)) return true;
  return false;
}

async function readManifestBytes(options: OpenOptions, sealing: Sealing | undefined): Promise<Buffer> {
  const { storage, prefix } = options;
  const bytes = await readAll(
    storage,
    objectName(prefix, "manifest.json", sealing !== undefined),
    mostManifestBytes,
  );
  if (bytes === undefined) {
    if (!(await isAnythingThere(storage, prefix)))
      fail(
        "empty-archive",
        prefix,
        `There is nothing at ${prefix}.`,
        "Look whether it was removed, or is kept somewhere else.",
      );
    const begun = await storage.stat(objectName(prefix, "progress.json", sealing !== undefined));
    if (begun)
      fail("unfinished", prefix, "The archive was begun and never finished.", "Go on with it, or remove it.");
    fail("manifest-missing", "manifest.json", "The archive has lost its table of contents.");
  }
  if (bytes === "too-large")
    fail("manifest-unreadable", "manifest.json", "The manifest is larger than a manifest may be.");
  if (!sealing) return bytes;
  try {
    return openPart(sealing.key, sealing.archive, "manifest.json", bytes);
  } catch (cause) {
    return fail(
      "manifest-edited",
      "manifest.json",
      "The manifest was changed after it was sealed, or is another archive's.",
      useAnother,
      cause,
    );
  }
}

/** Whether one of our keys signed these bytes; a signature by a key that we know has to be right. */
async function isSigned({ storage, prefix, hubKeys = [] }: OpenOptions, bytes: Buffer): Promise<boolean> {
  const stored = await readAll(storage, `${prefix}/manifest.hmac`, 2 ** 16);
  if (stored === undefined || stored === "too-large") return false;
  let signed: Partial<Signature> | null;
  try {
    signed = JSON.parse(stored.toString("utf8")) as Partial<Signature> | null; // what is used is looked at below
  } catch {
    return fail("manifest-edited", "manifest.hmac", "The signature of the manifest is no signature.");
  }
  const key = hubKeys.find((each) => keyId(each) === signed?.signedBy);
  if (!key) return false;
  const given = Buffer.from(typeof signed?.hmac === "string" ? signed.hmac : "", "hex");
  const right = Buffer.from(signature(key, bytes), "hex");
  if (given.length === right.length && timingSafeEqual(given, right)) return true;
  return fail("manifest-edited", "manifest.json", "The manifest was changed after it was signed.");
}

/**
 * Opens an archive and checks its manifest. Throws `ArchiveFault`: empty-archive, unfinished, unreadable-key,
 * manifest-missing, manifest-edited, manifest-unreadable, unknown-format, oversized-archive.
 */
export async function openArchive(options: OpenOptions): Promise<Archive> {
  const { storage, prefix } = options;
  const found = await readSealing(storage, prefix, options.hubKeys ?? []);
  const sealing = found?.sealing;
  const bytes = await readManifestBytes(options, sealing);
  const manifestSha256 = createHash("sha256").update(bytes).digest("hex");
  if (options.manifestSha256 !== undefined && options.manifestSha256 !== manifestSha256)
    fail(
      "manifest-edited",
      "manifest.json",
      "The manifest is not the one that was written when the archive was made.",
    );
  const authentic = sealing !== undefined || (await isSigned(options, bytes));
  if (options.authentic === true && !authentic)
    fail("manifest-edited", "manifest.json", "None of our keys vouches for the manifest.");
  const manifest = readManifest(bytes);
  if (sealing && manifest.id !== sealing.archive)
    fail("manifest-edited", "manifest.json", "The manifest is of another archive than its key.");
  const plainBytes = manifest.parts.reduce((sum, part) => sum + part.plainBytes, 0);
  if (options.mostPlainBytes !== undefined && plainBytes > options.mostPlainBytes)
    fail(
      "oversized-archive",
      "manifest.json",
      `The archive unpacks to ${gib(plainBytes)} GiB, and ${gib(options.mostPlainBytes)} are taken at most.`,
      "Raise the limit where you trust whoever made it, or send less.",
    );
  return {
    manifest,
    sealed: sealing !== undefined,
    authentic,
    manifestSha256,
    manifestBytes: bytes,
    packed: (part) => readPacked({ storage, prefix, sealing, manifest }, part),
    read: async (part) => unpacked(part, await readPacked({ storage, prefix, sealing, manifest }, part)),
  };
}

const gib = (bytes: number) => Math.ceil((bytes / 2 ** 30) * 100) / 100;

interface Opened {
  storage: Storage;
  prefix: string;
  sealing: Sealing | undefined;
  manifest: Manifest;
}

async function readPacked({ storage, prefix, sealing, manifest }: Opened, part: Part): Promise<Buffer> {
  const { name } = part;
  const expected = sealing ? sealedBytes(part.sizeBytes) : part.sizeBytes;
  const stored = await readAll(
    storage,
    objectName(prefix, name, sealing !== undefined),
    sealedBytes(mostPartBytes),
  );
  if (stored === undefined) return fail("missing-part", name, `The part ${name} is not there.`);
  if (stored === "too-large")
    return fail("oversized-part", name, `The part ${name} is larger than a part may be.`);
  if (stored.length < expected)
    return fail(
      "truncated-part",
      name,
      `The part ${name} has ${stored.length} bytes instead of ${expected}.`,
    );
  const packed = sealing ? openPart(sealing.key, sealing.archive, name, stored) : stored;
  const sha256 = createHash("sha256").update(packed).digest("hex");
  if (sha256 !== part.sha256) {
    const other = manifest.parts.find((each) => each.sha256 === sha256);
    if (other) return fail("swapped-part", name, `In the place of ${name} stands ${other.name}.`);
    return fail(
      "damaged-part",
      name,
      `The part ${name} does not have the checksum that it was written with.`,
    );
  }
  return packed;
}

async function unpacked(part: Part, packed: Buffer): Promise<Buffer> {
  const { name, plainBytes } = part;
  try {
    // One more than promised, so that a part that is too large is told from one that is damaged.
    const plain = await unpack(packed, { maxOutputLength: plainBytes + 1 });
    if (plain.length === plainBytes) return plain;
    if (plain.length > plainBytes) return oversized(name, plainBytes);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE")
      return oversized(name, plainBytes);
    return fail("damaged-part", name, `The part ${name} cannot be unpacked.`, useAnother, error);
  }
  return fail("damaged-part", name, `The part ${name} unpacks to another size than the manifest says.`);
}

const oversized = (name: string, plainBytes: number): never =>
  fail(
    "oversized-part",
    name,
    `The part ${name} unpacks to more than the ${plainBytes} bytes that the manifest promises.`,
  );

/** How far a dump had come that broke off; `undefined` where there is none that can be gone on with. */
export async function readProgress(
  storage: Storage,
  prefix: string,
  sealing: Sealing | undefined,
): Promise<Progress | undefined> {
  const bytes = await readAll(
    storage,
    objectName(prefix, "progress.json", sealing !== undefined),
    mostManifestBytes,
  );
  if (bytes === undefined || bytes === "too-large") return undefined;
  try {
    const plain = sealing ? openPart(sealing.key, sealing.archive, "progress.json", bytes) : bytes;
    return JSON.parse(plain.toString("utf8")) as Progress; // our own, sealed; without a seal whoever can write it can write the rows
  } catch {
    return undefined;
  }
}
