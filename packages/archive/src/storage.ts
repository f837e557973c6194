import { Fault } from "@atoll/core/fault";

/** What a storage knows about one of its objects. */
export interface Stored {
  name: string;
  sizeBytes: number;
  modifiedAt: Date;
}

/**
 * A place for archives. Names are those of parts behind a prefix, separated by `/`. An object is there whole or not at
 * all. Errors are `Fault`s: try-again where waiting may help, rejected or sign-in-again where it does not.
 */
export interface Storage {
  /** Writes an object, over one of the same name; when this has returned, it outlives a crash. */
  put(name: string, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<void>;
  /** The object's bytes as they come; `undefined` when there is none. */
  get(name: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  stat(name: string): Promise<Stored | undefined>;
  /** All objects whose names begin so, in no order that counts. */
  list(prefix: string): AsyncIterable<Stored>;
  /** Gone already is success. */
  remove(name: string): Promise<void>;
}

const pattern = /^[A-Za-z0-9_~][A-Za-z0-9_~.-]*(\/[A-Za-z0-9_~-][A-Za-z0-9_~.-]*)*$/;

/** Throws for a name that could leave the storage's place or that not every storage keeps as it is. */
export function checkName(name: string): void {
  if (name.length > 900 || !pattern.test(name))
    throw new Fault("rejected", {
      what: "The name of an object for the storage holds what no name may hold.",
      next: "Use letters, digits and _ ~ . - between single slashes, and no name that begins with a dot.",
    });
}

/** All bytes of an object, `most` at most; `undefined` when there is none, `too-large` when there are more. */
export async function readAll(
  storage: Storage,
  name: string,
  most: number,
): Promise<Buffer | "too-large" | undefined> {
  const content = await storage.get(name);
  if (!content) return undefined;
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const piece of content) {
    sizeBytes += piece.length;
    if (sizeBytes > most) return "too-large";
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
