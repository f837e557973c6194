import { Secret } from "@atoll/core/secret";
import { expect, test } from "vitest";
import { storedFiles } from "./stored-files.ts";

/** Storage that notes what it is asked, and has everything. */
function storage() {
  const calls: { url: string; headers: Headers }[] = [];
  const files = storedFiles("https://x.example", new Secret("key", "sb_secret_x"), async (url, init) => {
    calls.push({ url: String(new Request(String(url)).url), headers: new Headers(init?.headers) });
    return new Response("there");
  });
  return { files, calls };
}

async function* none(): AsyncGenerator<Uint8Array> {}

test("a name that leads to another of the project's APIs is never called with its key", async () => {
  const { files, calls } = storage();
  for (const name of ["../../../../auth/v1/admin/users", "a/../../b", "./x", ".."]) {
    const file = { bucket: "papers", name };
    expect(await files.read(file)).toBeUndefined();
    const heads = { mimetype: "text/plain", cacheControl: "no-cache" };
    await expect(files.write(file, heads, none())).rejects.toMatchObject({ kind: "rejected" });
  }
  expect(calls).toEqual([]);
  await files.read({ bucket: "papers", name: "a/..b/c?d#e.txt" });
  expect(calls.map(({ url }) => url)).toEqual([
    "https://x.example/storage/v1/object/papers/a/..b/c%3Fd%23e.txt",
  ]);
});

test("a type that no header may hold is left out", async () => {
  const { files, calls } = storage();
  const heads = { mimetype: "text/plain\r\nx-upsert: false", cacheControl: "no-cache" };
  await files.write({ bucket: "papers", name: "a.txt" }, heads, none());
  expect(calls[0]?.headers.get("content-type")).toBe("application/octet-stream");
});
