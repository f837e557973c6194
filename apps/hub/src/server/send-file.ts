import type { Context } from "hono";
import type { FileAnswer } from "./context.ts";
import { Refusal } from "./refusal.ts";

/** Piece by piece, no faster than it is taken. */
function streamOf(content: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const pieces = content[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: async () => void (await pieces.return?.()),
    },
    { highWaterMark: 0 },
  );
}

/** Sends a file as it is made, from where the caller goes on (`Range: bytes=N-`; other ranges are not looked at). */
export function sendFile(c: Context, { name, sizeBytes, content }: FileAnswer, type: string): Response {
  const asked = /^bytes=(\d{1,15})-$/.exec(c.req.header("range") ?? "")?.[1];
  const from = Number(asked ?? 0);
  if (from >= sizeBytes)
    throw new Refusal(416, "The file ends before that.", `Ask for bytes from 0 to ${sizeBytes - 1}.`);
  const headers = {
    "content-type": type,
    "content-length": String(sizeBytes - from),
    "content-disposition": `attachment; filename="${name}"`,
    "accept-ranges": "bytes",
    "cache-control": "no-store",
    ...(asked !== undefined && { "content-range": `bytes ${from}-${sizeBytes - 1}/${sizeBytes}` }),
  };
  return c.body(streamOf(content(from)), asked === undefined ? 200 : 206, headers);
}
