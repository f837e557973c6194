// Archives in one file: ustar as POSIX has it, with extended headers (pax) for what does not fit. Only what is needed is
// written; what is read may be anybody's, so that everything which is no plain file in its place is refused.
import { Fault } from "@atoll/core/fault";

/** One file to be packed; `content` gives exactly `sizeBytes` bytes. */
export interface TarFile {
  name: string;
  sizeBytes: number;
  content(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

const blockBytes = 512;
const endBytes = 2 * blockBytes;
const padded = (sizeBytes: number) => Math.ceil(sizeBytes / blockBytes) * blockBytes;

/** Name and prefix of a ustar header; undefined where the name needs an extended one. */
function split(name: string): { name: string; prefix: string } | undefined {
  if (Buffer.byteLength(name) !== name.length) return undefined;
  if (name.length <= 100) return { name, prefix: "" };
  const at = name.indexOf("/", name.length - 101);
  return at > 0 && at <= 155 && name.length - at - 1 > 0
    ? { name: name.slice(at + 1), prefix: name.slice(0, at) }
    : undefined;
}

function header(
  place: { name: string; prefix: string },
  sizeBytes: number,
  type: "0" | "x",
  at: Date,
): Buffer {
  const block = Buffer.alloc(blockBytes);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0");
  block.write(place.name, 0, 100, "latin1");
  block.write(`${octal(0o600, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`, 100, "latin1");
  block.write(`${octal(sizeBytes, 11)}\0${octal(Math.floor(at.getTime() / 1000), 11)}\0`, 124, "latin1");
  block.write("        ", 148, "latin1");
  block.write(`${type}`, 156, "latin1");
  block.write("ustar\x0000", 257, "latin1");
  block.write(place.prefix, 345, 155, "latin1");
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148, "latin1");
  return block;
}

/** The headers of one file: one block, or three where its name is long. */
function headers({ name, sizeBytes }: TarFile, at: Date): Buffer {
  const place = split(name);
  if (place) return header(place, sizeBytes, "0", at);
  const record = paxRecord("path", name);
  const body = Buffer.alloc(padded(record.length));
  record.copy(body);
  const short = { name: name.slice(-100), prefix: "" };
  return Buffer.concat([
    header({ name: "PaxHeader", prefix: "" }, record.length, "x", at),
    body,
    header(short, sizeBytes, "0", at),
  ]);
}

/** `LENGTH KEY=VALUE\n`, where the length counts itself. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (rest + String(length).length > length) length += 1;
  return Buffer.from(`${length} ${key}=${value}\n`);
}

/** How many bytes `packTar` gives for these files. */
export function tarBytes(files: readonly TarFile[], at: Date): number {
  return files.reduce((sum, file) => sum + headers(file, at).length + padded(file.sizeBytes), endBytes);
}

/** The files as one tar, which is the same for the same files and moment; from byte `from` on. */
export async function* packTar(files: readonly TarFile[], at: Date, from = 0): AsyncGenerator<Uint8Array> {
  let skip = from;
  const rest = (piece: Uint8Array) => {
    const taken = piece.subarray(Math.min(skip, piece.length));
    skip -= piece.length - taken.length;
    return taken;
  };
  for (const file of files) {
    const head = rest(headers(file, at));
    if (head.length > 0) yield head;
    const wholeBytes = padded(file.sizeBytes);
    // A file that was sent before is not read again.
    if (skip >= wholeBytes) {
      skip -= wholeBytes;
      continue;
    }
    let given = 0;
    for await (const piece of file.content()) {
      given += piece.length;
      const taken = rest(piece);
      if (taken.length > 0) yield taken;
    }
    if (given !== file.sizeBytes) throw new RangeError(`${file.name} has another size than was said.`);
    const pad = rest(Buffer.alloc(wholeBytes - given));
    if (pad.length > 0) yield pad;
  }
  const end = rest(Buffer.alloc(endBytes));
  if (end.length > 0) yield end;
}

/** One file of a tar as it is read: its content has to be taken before the next file is. */
export interface TarEntry {
  name: string;
  sizeBytes: number;
  content: AsyncIterable<Uint8Array>;
}

/** What a tar may hold at most. */
export interface TarLimits {
  files: number;
  /** Of one file, and of all. */
  fileBytes: number;
  bytes: number;
}

function refuse(
  what: string,
  next = "Send a tar as an export gives it, or as `tar` makes it of one.",
): never {
  throw new Fault("rejected", { what, next, field: "archive" });
}

/** Takes bytes off a stream in pieces of a wanted size. */
class Bytes {
  readonly #source: AsyncIterator<Uint8Array>;
  #waiting: Uint8Array = new Uint8Array();
  #most: number;

  constructor(source: AsyncIterable<Uint8Array>, most: number) {
    this.#source = source[Symbol.asyncIterator]();
    this.#most = most;
  }

  /** Up to so many bytes, at least one; undefined at the end. */
  async some(most: number): Promise<Uint8Array | undefined> {
    while (this.#waiting.length === 0) {
      const { done, value } = await this.#source.next();
      if (done) return undefined;
      this.#most -= value.length;
      if (this.#most < 0)
        refuse(
          "The archive is larger than this hub takes.",
          "Raise ATOLL_IMPORT_MOST_GIB on the hub, then send it again.",
        );
      this.#waiting = value;
    }
    const piece = this.#waiting.subarray(0, most);
    this.#waiting = this.#waiting.subarray(piece.length);
    return piece;
  }

  async *exactly(sizeBytes: number): AsyncGenerator<Uint8Array> {
    for (let left = sizeBytes; left > 0; ) {
      const piece =
        (await this.some(left)) ??
        refuse("The archive ends in the middle of a file.", "Send it again, whole.");
      left -= piece.length;
      yield piece;
    }
  }

  async whole(sizeBytes: number): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.exactly(sizeBytes)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  /** One block; undefined where the stream ends before it. */
  async block(): Promise<Buffer | undefined> {
    const first = await this.some(blockBytes);
    if (first === undefined) return undefined;
    return Buffer.concat([first, await this.whole(blockBytes - first.length)]);
  }

  async close(): Promise<void> {
    await this.#source.return?.();
  }
}

const textAt = (block: Buffer, from: number, length: number) => {
  const field = block.subarray(from, from + length);
  const end = field.indexOf(0);
  return field.subarray(0, end < 0 ? length : end).toString("utf8");
};

function numberAt(block: Buffer, from: number, length: number): number {
  const text = textAt(block, from, length).trim();
  // Base-256 numbers (the high bit) are of files that no archive of ours has.
  if (!/^[0-7]*$/.test(text)) refuse("A header in the archive holds no number where it should.");
  return Number.parseInt(text || "0", 8);
}

function isBlock(block: Buffer): boolean {
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  const said = textAt(block, 148, 8).trim();
  return /^[0-7]+$/.test(said) && Number.parseInt(said, 8) === sum;
}

/** What the records of an extended header say of the next file. */
function paxOf(body: Buffer): { path?: string } {
  const found: { path?: string } = {};
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(0x20, at);
    const length = Number(body.subarray(at, Math.max(at, space)).toString("latin1"));
    // Without a space there is no length: a record of none would be read for ever.
    const isRecord = space >= at && Number.isSafeInteger(length) && length > space - at;
    if (!isRecord || at + length > body.length) refuse("An extended header in the archive is none.");
    const [key, ...value] = body
      .subarray(space + 1, at + length - 1)
      .toString("utf8")
      .split("=");
    if (key === "size") refuse("The archive holds a file of 8 GiB or more.");
    if (key === "path") found.path = value.join("=");
    at += length;
  }
  return found;
}

const mostHeaderBytes = 64 * 2 ** 10;

/**
 * The files of a tar that anyone may have made. Refuses links, devices, sparse files, names that lead out of their folder
 * or come twice, and more than the limits; folders are passed over. Throws `Fault`s with the field `archive`.
 */
export async function* unpackTar(
  source: AsyncIterable<Uint8Array>,
  limits: TarLimits,
): AsyncGenerator<TarEntry> {
  const bytes = new Bytes(source, limits.bytes);
  const seen = new Set<string>();
  let longName: string | undefined;
  try {
    for (let first = true; ; first = false) {
      const block = await bytes.block();
      // Two empty blocks end a tar; one, or none, is what some programs leave.
      if (block?.every((byte) => byte === 0)) {
        while (await bytes.some(2 ** 20));
        return;
      }
      if (block === undefined)
        return first
          ? refuse("There is nothing in the archive.")
          : refuse("The archive was cut off.", "Send it again, whole.");
      if (first && block.readUInt16BE(0) === 0x1f8b)
        refuse("The archive is packed by gzip as a whole.", "Unpack it first: its parts are packed already.");
      if (!isBlock(block)) refuse(first ? "This is no tar." : "A header in the archive is damaged.");
      const sizeBytes = numberAt(block, 124, 12);
      const type = String.fromCharCode(block[156] ?? 0);
      if (type === "x" || type === "g" || type === "L") {
        if (sizeBytes > mostHeaderBytes) refuse("A header in the archive is larger than headers are.");
        const body = await bytes.whole(padded(sizeBytes));
        const said = body.subarray(0, sizeBytes);
        if (type === "x") longName = paxOf(said).path ?? longName;
        if (type === "L") longName = textAt(said, 0, said.length);
        continue;
      }
      const prefix = block.subarray(257, 263).toString("latin1") === "ustar\0" ? textAt(block, 345, 155) : "";
      const whole =
        longName ?? (prefix === "" ? textAt(block, 0, 100) : `${prefix}/${textAt(block, 0, 100)}`);
      longName = undefined;
      const name = placeOf(whole);
      if (type === "5") continue;
      if (type !== "0" && type !== "\0")
        refuse("The archive holds a link or a device, which no export has.", "Pack the files themselves.");
      if (seen.has(name)) refuse("The archive holds two files of one name.");
      seen.add(name);
      if (seen.size > limits.files) refuse("The archive holds more files than an archive has.");
      if (sizeBytes > limits.fileBytes) refuse("The archive holds a file that is larger than a part may be.");
      let taken = false;
      const content = async function* () {
        yield* bytes.exactly(sizeBytes);
        taken = true;
      };
      yield { name, sizeBytes, content: content() };
      if (!taken) throw new Error(`The content of ${name} was not taken.`);
      await bytes.whole(padded(sizeBytes) - sizeBytes);
    }
  } finally {
    await bytes.close();
  }
}

/** A name without `./` and without a slash at its end, which cannot lead anywhere but below. */
function placeOf(name: string): string {
  const plain = name.replace(/^(\.\/)+/, "").replace(/\/+$/, "");
  const isOdd = (segment: string) => segment === "" || segment === "." || segment === "..";
  if (plain === "" || plain === ".") return "";
  if (plain.includes("\0") || plain.includes("\\") || plain.split("/").some(isOdd))
    refuse("The archive holds a file whose name leads out of its folder.");
  return plain;
}
