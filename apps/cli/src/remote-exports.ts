import type { Client } from "@atoll/contract/client";
import type { Desk } from "./desk.ts";

/** Exports and archives that are sent in, by a running hub's API; `asFault` makes faults of its refusals. */
export function remoteExports(client: Client, asFault: <T>(work: Promise<T>) => Promise<T>): Desk["exports"] {
  return {
    list: async (slug) => (await asFault(client.call("listExports", { params: { slug } }))).items,
    download: async (id) => ({
      async *content(from) {
        const pieces = client
          .download("downloadExport", { params: { id } }, { from })
          [Symbol.asyncIterator]();
        try {
          for (;;) {
            const { done, value } = await asFault(pieces.next());
            if (done) return;
            yield value;
          }
        } finally {
          await pieces.return?.();
        }
      },
    }),
    // Who does it is what the API key says.
    upload: (tar) => asFault(client.call("uploadArchive", { body: streamOf(tar) })),
  };
}

/** No faster than it is taken. */
function streamOf(tar: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const pieces = tar[Symbol.asyncIterator]();
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
