// S3 and what speaks its language (MinIO, R2, B2, Ceph, Garage), by path-style addresses and SigV4. A small object is one
// PUT whose SHA-256 is signed, so that the server refuses what arrives changed; a large one goes up in pieces.
// https://docs.aws.amazon.com/AmazonS3/latest/API/ (2026-11)
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "@atoll/core/fault";
import type { Secret } from "@atoll/core/secret";
import { AwsClient } from "aws4fetch";
import { checkName, type Storage, type Stored } from "./storage.ts";

/** Where a bucket is and who we are there. */
export interface S3Options {
  /** Base address without the bucket: `https://s3.eu-central-1.amazonaws.com`. */
  endpoint: string;
  region: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: Secret;
  /** Put before every name, with a slash at its end; for several hubs in one bucket. */
  prefix?: string;
  fetch?: typeof fetch;
  /** Waits between attempts; for tests. */
  wait?: (ms: number) => Promise<unknown>;
}

/** Above this an upload goes in pieces; S3 wants 5 MiB a piece at least. */
const pieceBytes = 16 * 2 ** 20;
const attempts = 5;
const firstWaitMs = 200;
const timeoutMs = 120_000;
const mostAnswerBytes = 16 * 2 ** 20;

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** The texts of an XML element, wherever it stands; S3's answers nest none of those that are asked for. */
function texts(xml: string, element: string): string[] {
  return [...xml.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, "g"))].map(([, text = ""]) =>
    text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => entities[name] ?? ""),
  );
}

/** What a refusal means; the answer's words may name keys of objects, so only its code is told. */
function faultOf(doing: string, status: number, xml: string): Fault {
  const code =
    texts(xml, "Code")[0]
      ?.replace(/[^A-Za-z0-9]/g, "")
      .slice(0, 60) ?? "";
  const call = `${doing} ${status}${code ? ` ${code}` : ""}`;
  if (status === 429 || status >= 500)
    return new Fault("try-again", {
      what: `The archive storage is busy or broken (${call}).`,
      next: "Wait; look at the storage's own status if it lasts.",
      call,
    });
  if (status === 401 || status === 403)
    return new Fault("sign-in-again", {
      what: `The archive storage refuses our key (${call}).`,
      next: "Renew the access key, or give it the rights to read, write, list and remove objects of the bucket.",
      call,
    });
  return new Fault("rejected", {
    what: `The archive storage refused a call (${call}).`,
    next:
      code === "NoSuchBucket"
        ? "Make the bucket, or correct its name."
        : "Compare the endpoint, region and bucket with the storage's own.",
    call,
  });
}

const lost = (doing: string, cause: unknown) =>
  new Fault(
    "try-again",
    {
      what: `The archive storage could not be reached (${doing}).`,
      next: "Look whether its address is right and it is running.",
    },
    { cause },
  );

/** A storage in a bucket. */
export function s3Storage(options: S3Options): Storage {
  const { bucket, region, prefix = "", wait = sleep } = options;
  const send = options.fetch ?? fetch;
  const base = `${options.endpoint.replace(/\/+$/, "")}/${encodeURIComponent(bucket)}`;
  const signer = new AwsClient({
    accessKeyId: options.accessKeyId,
    secretAccessKey: options.secretAccessKey.expose(),
    service: "s3",
    region,
  });

  interface Call {
    method: "GET" | "PUT" | "POST" | "DELETE" | "HEAD";
    name?: string;
    query?: Record<string, string>;
    body?: Uint8Array;
  }

  function addressOf({ name, query = {} }: Call): string {
    const url = new URL(name === undefined ? base : `${base}/${prefix}${name}`);
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    return url.href;
  }

  /** Every call may be repeated: objects are written whole, and removing twice is fine. */
  async function call(what: Call): Promise<Response> {
    const doing = `${what.method} ${what.name === undefined ? "list" : Object.keys(what.query ?? {}).join("+") || "object"}`;
    for (let attempt = 1; ; attempt += 1) {
      let fault: Fault;
      try {
        const sha256 = createHash("sha256")
          .update(what.body ?? "")
          .digest("hex");
        const request = await signer.sign(addressOf(what), {
          method: what.method,
          headers: { "x-amz-content-sha256": sha256 },
          ...(what.body && { body: new Uint8Array(what.body) }),
        });
        const answer = await send(request, { signal: AbortSignal.timeout(timeoutMs) });
        if (answer.ok || answer.status === 404) return answer;
        fault = faultOf(doing, answer.status, (await answer.text()).slice(0, 10_000));
      } catch (cause) {
        fault = lost(doing, cause);
      }
      if (fault.kind !== "try-again" || attempt === attempts) throw fault;
      await wait(firstWaitMs * 2 ** (attempt - 1) * (0.5 + Math.random() / 2));
    }
  }

  /** The same where there has to be an answer: the bucket itself, or an upload under way. */
  async function xmlOf(what: Call): Promise<string> {
    const answer = await call(what);
    const xml = (await answer.text()).slice(0, mostAnswerBytes);
    // Completing an upload may fail behind a status of 200.
    if (answer.status === 404 || xml.includes("<Error>"))
      throw faultOf(what.method, answer.status === 404 ? 404 : 500, xml);
    return xml;
  }

  async function putWhole(name: string, body: Uint8Array, query?: Record<string, string>): Promise<string> {
    const answer = await call({ method: "PUT", name, body, ...(query && { query }) });
    const xml = await answer.text();
    if (answer.status === 404) throw faultOf("PUT", 404, xml);
    return answer.headers.get("etag") ?? "";
  }

  async function putPieces(name: string, pieces: AsyncIterable<Buffer>): Promise<void> {
    const [uploadId] = texts(await xmlOf({ method: "POST", name, query: { uploads: "" } }), "UploadId");
    if (uploadId === undefined) throw faultOf("POST uploads", 500, "");
    try {
      const etags: string[] = [];
      for await (const piece of pieces)
        etags.push(await putWhole(name, piece, { partNumber: String(etags.length + 1), uploadId }));
      const parts = etags
        .map(
          (etag, place) =>
            `<Part><PartNumber>${place + 1}</PartNumber><ETag>${etag.replaceAll("&", "&amp;")}</ETag></Part>`,
        )
        .join("");
      const body = Buffer.from(`<CompleteMultipartUpload>${parts}</CompleteMultipartUpload>`);
      await xmlOf({ method: "POST", name, query: { uploadId }, body });
    } catch (error) {
      // Pieces of an upload that is not completed cost money until somebody removes them.
      await call({ method: "DELETE", name, query: { uploadId } }).catch(() => {});
      throw error;
    }
  }

  return {
    async put(name, content) {
      checkName(name);
      if (content instanceof Uint8Array && content.length <= pieceBytes) {
        await putWhole(name, content);
        return;
      }
      const pieces = inPieces(content instanceof Uint8Array ? [content] : content);
      const first = await pieces.next();
      const second = await pieces.next();
      if (second.done) await putWhole(name, first.done ? Buffer.alloc(0) : first.value);
      else await putPieces(name, chained([first.done ? Buffer.alloc(0) : first.value, second.value], pieces));
    },
    async get(name) {
      checkName(name);
      const answer = await call({ method: "GET", name });
      if (answer.status === 404) {
        const xml = await answer.text();
        if (xml.includes("NoSuchBucket")) throw faultOf("GET", 404, xml);
        return undefined;
      }
      return bytesOf(answer);
    },
    async stat(name) {
      checkName(name);
      const answer = await call({ method: "HEAD", name });
      if (answer.status === 404) return undefined;
      const { headers } = answer;
      return {
        name,
        sizeBytes: Number(headers.get("content-length") ?? 0),
        modifiedAt: new Date(headers.get("last-modified") ?? 0),
      };
    },
    async *list(within) {
      // Page behind page by the last key, which every server understands; a token is a server's own invention.
      let last: string | undefined;
      let more = true;
      while (more) {
        const query = {
          "list-type": "2",
          prefix: `${prefix}${within}`,
          ...(last !== undefined && { "start-after": last }),
        };
        const xml = await xmlOf({ method: "GET", query });
        const seen = last;
        for (const [, object = ""] of xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
          const found = storedOf(object);
          last = found.name;
          if (found.name.startsWith(prefix)) yield { ...found, name: found.name.slice(prefix.length) };
        }
        more = texts(xml, "IsTruncated")[0] === "true" && last !== seen;
      }
    },
    async remove(name) {
      checkName(name);
      await (await call({ method: "DELETE", name })).text();
    },
  };
}

function storedOf(xml: string): Stored {
  return {
    name: texts(xml, "Key")[0] ?? "",
    sizeBytes: Number(texts(xml, "Size")[0] ?? 0),
    modifiedAt: new Date(texts(xml, "LastModified")[0] ?? 0),
  };
}

/** An answer's bytes as they come; one that breaks off is an error and not an end. */
async function* bytesOf(answer: Response): AsyncGenerator<Uint8Array> {
  const promised = answer.headers.get("content-length");
  let sizeBytes = 0;
  try {
    for await (const piece of answer.body ?? []) {
      sizeBytes += piece.length;
      yield piece;
    }
  } catch (cause) {
    throw lost("GET object", cause);
  }
  if (promised !== null && sizeBytes !== Number(promised))
    throw lost("GET object", new Error("It broke off."));
}

async function* inPieces(content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Buffer> {
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  for await (const piece of content)
    for (let from = 0; from < piece.length; ) {
      const taken = piece.subarray(from, from + pieceBytes - waitingBytes);
      from += taken.length;
      waiting.push(taken);
      waitingBytes += taken.length;
      if (waitingBytes < pieceBytes) continue;
      yield Buffer.concat(waiting);
      waiting = [];
      waitingBytes = 0;
    }
  if (waitingBytes > 0) yield Buffer.concat(waiting);
}

async function* chained(first: readonly Buffer[], rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* first;
  yield* rest;
}
