import { Readable } from "node:stream";
import { Fault } from "@atoll/core/fault";
import type { Secret } from "@atoll/core/secret";

/** A file in a project's Storage. */
export interface StoredFile {
  bucket: string;
  name: string;
}

/** How a file is given out. */
interface FileHeads {
  mimetype: string;
  cacheControl: string;
  /** What the client noted of its own. */
  userMetadata?: Record<string, unknown>;
}

/** A bucket with its limits. */
export interface Bucket {
  bucket: string;
  public: boolean;
  /** In bytes. */
  fileSizeLimit: number | null;
  allowedMimeTypes: string[] | null;
}

/** Contents of the files of one project. Throws `Fault`s. */
export interface StoredFiles {
  /** The content as it comes; undefined where there is no such file, or its name is none that an address may hold. */
  read(file: StoredFile): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Puts a file in its place, over one of the same name. */
  write(file: StoredFile, heads: FileHeads, content: AsyncIterable<Uint8Array>): Promise<void>;
  /** Makes a bucket; there already is success. */
  makeBucket(bucket: Bucket): Promise<void>;
}

/**
 * Clients choose their files' names: an address takes "." and ".." away and would lead elsewhere in the project's APIs,
 * with its secret key.
 */
const leadsElsewhere = ({ bucket, name }: StoredFile) =>
  [bucket, ...name.split("/")].some((each) => each === "." || each === "..");

/** A header holds no line break, and nothing beyond ASCII: what a client noted otherwise is left out. */
const inHeader = (text: string, usual: string) => (/^[\x20-\x7e]+$/.test(text) ? text : usual);

/** Nothing comes for so long: the connection is given up. A large file may take longer as a whole. */
const silentMs = 120_000;

/** Throws what the content's own source threw as it was. */
function lost(error: unknown): never {
  const { cause = error } = Object(error) as { cause?: unknown };
  if (cause instanceof Fault) throw cause;
  throw new Fault(
    "try-again",
    {
      what: "The connection to Supabase Storage broke off.",
      next: "Nothing: it is repeated by itself.",
    },
    { cause: error },
  );
}

/** What Storage says of an error, in its body: the status of the answer is 400 for most of them. */
async function statusOf(answer: Response): Promise<number> {
  const body: unknown = await answer.json().catch(() => undefined);
  const { statusCode } = Object(body) as { statusCode?: unknown }; // as Storage answers
  return Number(statusCode) || answer.status;
}

function refused(status: number, doing: string): Fault {
  if (status === 429 || status >= 500)
    return new Fault("try-again", {
      what: `Supabase Storage is busy: it did not ${doing} (${status}).`,
      next: "Nothing: it is repeated by itself.",
    });
  return new Fault(status === 401 || status === 403 ? "sign-in-again" : "rejected", {
    what: `Supabase Storage refused to ${doing} (${status}).`,
    next: "Look at the bucket's limits and at the project's secret key, then retry the run.",
  });
}

/** Opens the Storage of the project at `url` with its secret key, beside all policies. */
export function storedFiles(url: string, key: Secret, fetch = globalThis.fetch): StoredFiles {
  async function send(path: string, init: RequestInit & { duplex?: "half" } = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("apikey", key.expose());
    // The new kind of key is refused as a bearer token: it is no JWT.
    if (!key.expose().startsWith("sb_")) headers.set("authorization", `Bearer ${key.expose()}`);
    headers.set("user-agent", "atoll");
    return await fetch(`${url}/storage/v1/${path}`, { ...init, headers, redirect: "error" }).catch(lost);
  }
  const pathOf = ({ bucket, name }: StoredFile) =>
    `object/${encodeURIComponent(bucket)}/${name.split("/").map(encodeURIComponent).join("/")}`;

  return {
    async read(file) {
      if (leadsElsewhere(file)) return undefined;
      const stop = new AbortController();
      const answer = await send(pathOf(file), { signal: stop.signal });
      if (answer.ok) return whole(answer, stop);
      const status = await statusOf(answer);
      if (status === 404) return undefined;
      throw refused(status, "give a file");
    },

    async write(file, { mimetype, cacheControl, userMetadata }, content) {
      if (leadsElsewhere(file))
        throw new Fault("rejected", {
          what: `"${file.name}" is no name that a file of Supabase Storage can be written under.`,
          next: 'Look at the archive: a part of its name is "." or "..".',
        });
      const answer = await send(pathOf(file), {
        method: "POST",
        headers: {
          "content-type": inHeader(mimetype, "application/octet-stream"),
          "cache-control": inHeader(cacheControl, "no-cache"),
          "x-upsert": "true",
          ...(userMetadata && {
            "x-metadata": Buffer.from(JSON.stringify(userMetadata)).toString("base64"),
          }),
        },
        body: Readable.toWeb(Readable.from(content)) as ReadableStream<Uint8Array>, // the same class; Node and the DOM name it apart
        duplex: "half",
      });
      if (!answer.ok) throw refused(await statusOf(answer), "take a file");
      await answer.arrayBuffer().catch(lost);
    },

    async makeBucket({ bucket, public: isPublic, fileSizeLimit, allowedMimeTypes }) {
      const answer = await send("bucket", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          id: bucket,
          name: bucket,
          public: isPublic,
          file_size_limit: fileSizeLimit,
          allowed_mime_types: allowedMimeTypes,
        }),
      });
      if (answer.ok) return;
      const status = await statusOf(answer);
      if (status !== 409) throw refused(status, "make a bucket");
    },
  };
}

async function* whole(answer: Response, stop: AbortController): AsyncGenerator<Uint8Array> {
  let timer = setTimeout(() => stop.abort(), silentMs);
  try {
    for await (const piece of answer.body ?? []) {
      clearTimeout(timer);
      yield piece;
      timer = setTimeout(() => stop.abort(), silentMs);
    }
  } catch (error) {
    lost(error);
  } finally {
    clearTimeout(timer);
  }
}
