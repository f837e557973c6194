import { readdirSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testCloud } from "../../testing/cloud.ts";
import { storageProject, type TestProject } from "./testing/project.ts";

let cloud: Awaited<ReturnType<typeof testCloud>>;
let project: TestProject;
let alice: Awaited<ReturnType<TestProject["member"]>>;
let bob: Awaited<ReturnType<TestProject["member"]>>;

const onDisk = () => {
  try {
    return readdirSync(path.join(cloud.settings.dataDir, "storage", project.ref)).length;
  } catch {
    return 0;
  }
};
const inTheDatabase = async () =>
  Number((await project.sql("select count(*) as objects from storage.objects"))[0]?.objects);

beforeAll(async () => {
  cloud = await testCloud();
  project = await storageProject(cloud, "objects");
  [alice, bob] = [await project.member("alice@example.com"), await project.member("bob@example.com")];
  // What an application's migration does: buckets by insert, rights by policies. A folder each; all see "shared".
  await project.sql(`
    insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
      ('private', 'private', false, null, null), ('pictures', 'pictures', true, 1000, array['image/*', 'text/css']);
    create policy own on storage.objects for all to authenticated
      using (bucket_id = 'private' and (storage.foldername(name))[1] = (select auth.uid())::text)
      with check (bucket_id = 'private' and (storage.foldername(name))[1] = (select auth.uid())::text);
    create policy shared on storage.objects for select to authenticated
      using (bucket_id = 'private' and name like 'shared/%');
    create policy drop_box on storage.objects for insert to anon
      with check (bucket_id = 'private' and name like 'inbox/%' and storage.extension(name) = 'txt');`);
});

afterAll(() => cloud?.close());

test("a member keeps files in their own folder, and nobody else sees or changes them", async () => {
  const name = `${alice.id}/notes/first.txt`;
  const files = alice.client.storage.from("private");
  const stored = await files.upload(name, "hello", { contentType: "text/plain", metadata: { by: "alice" } });
  expect(stored).toMatchObject({ error: null, data: { path: name, fullPath: `private/${name}` } });
  expect(await (await files.download(name)).data?.text()).toBe("hello");
  expect((await files.info(name)).data).toMatchObject({
    id: stored.data?.id,
    name,
    bucketId: "private",
    size: 5,
    contentType: "text/plain",
    cacheControl: "max-age=3600",
    metadata: { by: "alice" },
  });
  expect(
    await project.sql(`select owner, owner_id, path_tokens from storage.objects where name = '${name}'`),
  ).toEqual([{ owner: alice.id, owner_id: alice.id, path_tokens: [alice.id, "notes", "first.txt"] }]);

  for (const stranger of [bob.client, project.anon()]) {
    const theirs = stranger.storage.from("private");
    expect((await theirs.download(name)).error).toMatchObject({ status: 400, statusCode: "404" });
    expect((await theirs.info(name)).error).toMatchObject({ code: "NoSuchKey", message: "Object not found" });
    expect((await theirs.exists(name)).data).toBe(false);
    expect((await theirs.list(alice.id)).data).toEqual([]);
    expect((await theirs.remove([name])).data).toEqual([]);
    expect((await theirs.update(name, "mine now")).error).toMatchObject({
      statusCode: "403",
      message: "new row violates row-level security policy",
    });
    expect((await theirs.move(name, `${bob.id}/stolen.txt`)).error).toMatchObject({ statusCode: "404" });
    expect((await theirs.copy(name, `${bob.id}/stolen.txt`)).error).toMatchObject({ statusCode: "404" });
    expect((await theirs.createSignedUrl(name, 60)).error).toMatchObject({ statusCode: "404" });
  }
  expect(await (await files.download(name)).data?.text()).toBe("hello");
  expect((await files.exists(name)).data).toBe(true);
});

test("a refused row leaves no file, an accepted one exactly one", async () => {
  const before = { files: onDisk(), rows: await inTheDatabase() };
  expect(before.files).toBe(before.rows);
  const anon = project.anon().storage.from("private");
  expect((await anon.upload(`${alice.id}/x.txt`, "x")).error).toMatchObject({ statusCode: "403" });
  expect((await anon.upload("inbox/x.exe", "x")).error).toMatchObject({
    statusCode: "403",
    code: "AccessDenied",
  });
  expect(
    (await bob.client.storage.from("private").upload(`${alice.id}/x.txt`, new Blob(["x"]))).error,
  ).toMatchObject({ statusCode: "403" });
  expect({ files: onDisk(), rows: await inTheDatabase() }).toEqual(before);
  // May add what they may not read back.
  expect((await anon.upload("inbox/x.txt", "x")).error).toBeNull();
  expect((await anon.download("inbox/x.txt")).error).not.toBeNull();
  expect(onDisk()).toBe(before.files + 1);
});

test("a name is taken once; an upsert and an update replace its content, and the old file goes", async () => {
  const files = alice.client.storage.from("private");
  const name = `${alice.id}/again.txt`;
  const first = await files.upload(name, new Blob(["one"], { type: "text/plain" }), { cacheControl: "10" });
  expect((await files.upload(name, "two")).error).toMatchObject({
    statusCode: "409",
    code: "KeyAlreadyExists",
  });
  const before = onDisk();
  const second = await files.upload(name, "two", { upsert: true, contentType: "text/css" });
  expect(second.data?.id).toBe(first.data?.id);
  expect((await files.update(name, new TextEncoder().encode("three"))).error).toBeNull();
  expect(await (await files.download(name)).data?.text()).toBe("three");
  expect(onDisk()).toBe(before);
  // All at once: one content stays, one file too.
  const texts = ["a", "b", "c", "d", "e"];
  const all = await Promise.all(texts.map((text) => files.upload(name, text, { upsert: true })));
  expect(all.map((each) => each.error)).toEqual(texts.map(() => null));
  expect(texts).toContain(await (await files.download(name)).data?.text());
  expect(onDisk()).toBe(before);
  // The same where nothing was: each that comes later replaces the one before.
  for (let round = 0; round < 10; round++) {
    const fresh = texts.map((text) => files.upload(`${alice.id}/race-${round}`, text, { upsert: true }));
    expect((await Promise.all(fresh)).map((each) => each.error)).toEqual(texts.map(() => null));
  }
  const once = await Promise.all(texts.map((text) => files.upload(`${alice.id}/once`, text)));
  expect(once.filter((each) => each.error === null)).toHaveLength(1);
  expect(onDisk()).toBe(await inTheDatabase());
});

test("a folder is listed as far as one may see it, with folders as entries without id", async () => {
  const files = project.service().storage.from("private");
  for (const name of [
    "shared/b.txt",
    "shared/A.txt",
    "shared/sub/deep/x.txt",
    "shared/sub/y.txt",
    "shared/sub.txt",
  ])
    expect((await files.upload(name, name)).error).toBeNull();
  const names = async (...asked: Parameters<typeof files.list>) =>
    (await bob.client.storage.from("private").list(...asked)).data?.map((each) => each.name);
  const { data } = await bob.client.storage.from("private").list("shared");
  expect(data?.map(({ name, id }) => [name, id !== null])).toEqual([
    ["A.txt", true],
    ["b.txt", true],
    ["sub.txt", true],
    ["sub", false],
  ]);
  expect(data?.[0]?.metadata).toMatchObject({ size: 12, mimetype: "text/plain;charset=UTF-8" });
  expect(await names("", { limit: 10 })).toEqual(["shared"]);
  expect(await names("shared/sub")).toEqual(["deep", "y.txt"]);
  expect(await names("shared", { search: "SUB" })).toEqual(["sub.txt", "sub"]);
  expect(await names("shared", { limit: 2, offset: 1 })).toEqual(["b.txt", "sub.txt"]);
  expect(await names("shared", { sortBy: { column: "name", order: "desc" } })).toEqual([
    "sub",
    "sub.txt",
    "b.txt",
    "A.txt",
  ]);
  expect(await names("shared", { sortBy: { column: "created_at", order: "desc" } })).toEqual([
    "sub",
    "sub.txt",
    "A.txt",
    "b.txt",
  ]);
  expect(await names("100%_")).toEqual([]);
});

test("objects are moved, copied and removed, each with the rights that it needs", async () => {
  const files = alice.client.storage.from("private");
  const at = (name: string) => `${alice.id}/${name}`;
  const before = onDisk();
  await files.upload(at("one.txt"), "one", { metadata: { kept: true } });
  expect((await files.copy(at("one.txt"), at("two.txt"))).data).toEqual({ path: `private/${at("two.txt")}` });
  expect((await files.info(at("two.txt"))).data).toMatchObject({ size: 3, metadata: { kept: true } });
  expect((await files.copy(at("one.txt"), at("two.txt"))).error).toMatchObject({ statusCode: "409" });
  expect((await files.move(at("one.txt"), at("two.txt"))).error).toMatchObject({ statusCode: "409" });
  expect((await files.move(at("one.txt"), `${bob.id}/gift.txt`)).error).toMatchObject({ statusCode: "403" });
  expect((await files.copy(at("one.txt"), `${bob.id}/gift.txt`)).error).toMatchObject({ statusCode: "403" });
  expect((await files.move(at("one.txt"), at("sub/three.txt"))).error).toBeNull();
  expect(await (await files.download(at("sub/three.txt"))).data?.text()).toBe("one");
  expect((await files.download(at("one.txt"))).error).not.toBeNull();
  // Readable is not removable.
  expect(
    (await files.remove(["shared/b.txt", at("two.txt"), at("never.txt")])).data?.map((each) => each.name),
  ).toEqual([at("two.txt")]);
  const one = (name: string) =>
    fetch(`${project.url()}/storage/v1/object/private/${name}`, {
      method: "DELETE",
      headers: { apikey: project.anonKey, authorization: `Bearer ${alice.token}` },
    });
  expect(await (await one("shared/b.txt")).json()).toMatchObject({ statusCode: "403" });
  expect(await (await one(at("sub/three.txt"))).json()).toEqual({ message: "Successfully deleted" });
  expect(await (await one(at("sub/three.txt"))).json()).toMatchObject({ statusCode: "404" });
  expect(onDisk()).toBe(before);
});

test("what a policy's error says reaches nobody but as a database error", async () => {
  await project.sql(`
    create function public.boom() returns boolean language plpgsql as $$ begin raise exception 'secret'; end $$;
    create policy boom on storage.objects for insert to authenticated with check (name = 'boom' and public.boom())`);
  const { error } = await alice.client.storage.from("private").upload("boom", "x");
  expect(error).toMatchObject({ status: 500, message: "database error, code: P0001" });
  await project.sql("drop policy boom on storage.objects; drop function public.boom()");
});

test("a public bucket is read by anybody at its public address, and changed by nobody without a policy", async () => {
  const pictures = project.service().storage.from("pictures");
  const css = new Blob(["a {}"], { type: "text/css" });
  expect((await pictures.upload("style.css", css)).error).toBeNull();
  const url = pictures.getPublicUrl("style.css", { download: "my style.css" }).data.publicUrl;
  const read = await fetch(url);
  expect([read.status, read.headers.get("content-type"), await read.text()]).toEqual([
    200,
    "text/css",
    "a {}",
  ]);
  expect(read.headers.get("content-disposition")).toContain("my%20style.css");
  expect(read.headers.get("cache-control")).toBe("max-age=3600");
  const etag = read.headers.get("etag") ?? "";
  expect((await fetch(url, { headers: { "if-none-match": etag } })).status).toBe(304);
  const head = await fetch(url, { method: "HEAD" });
  expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, "4", ""]);
  const part = await fetch(url, { headers: { range: "bytes=1-2" } });
  expect([part.status, part.headers.get("content-range"), await part.text()]).toEqual([
    206,
    "bytes 1-2/4",
    " {",
  ]);
  expect(await (await fetch(url, { headers: { range: "bytes=9-" } })).json()).toMatchObject({
    code: "InvalidRange",
  });
  // Without the public address too, but not to list or to change.
  const anon = project.anon().storage.from("pictures");
  expect(await (await anon.download("style.css")).data?.text()).toBe("a {}");
  expect((await anon.list()).data).toEqual([]);
  expect((await anon.upload("other.css", css)).error).toMatchObject({ statusCode: "403" });
  expect((await anon.update("style.css", css)).error).toMatchObject({ statusCode: "403" });
  // A private bucket has no public address.
  const hidden = project.anon().storage.from("private").getPublicUrl("shared/b.txt").data.publicUrl;
  const signedIn = { apikey: project.anonKey, authorization: `Bearer ${alice.token}` };
  for (const headers of [new Headers(), new Headers(signedIn)])
    expect(await (await fetch(hidden, { headers })).json()).toMatchObject({
      statusCode: "404",
      error: "Bucket not found",
    });
});

test("a bucket's size limit and types hold for forms and for plain bodies", async () => {
  const pictures = project.service().storage.from("pictures");
  const before = onDisk();
  const png = (size: number) => new Blob([new Uint8Array(size)], { type: "image/png" });
  expect((await pictures.upload("fits.png", png(1000))).error).toBeNull();
  for (const size of [1001, 100_000, 8_000_000]) {
    expect((await pictures.upload("big.png", png(size))).error).toMatchObject({ statusCode: "413" });
    const raw = await pictures.upload("big.png", new Uint8Array(size), { contentType: "image/png" });
    expect(raw.error).toMatchObject({
      statusCode: "413",
      message: "The object exceeded the maximum allowed size",
    });
  }
  expect((await pictures.upload("page.html", "<b>", { contentType: "text/html" })).error).toMatchObject({
    statusCode: "415",
    message: "mime type text/html is not supported",
  });
  expect((await pictures.upload("page.html", new Blob(["<b>"], { type: "text/html" }))).error).toMatchObject({
    statusCode: "415",
  });
  expect((await pictures.upload("page.png", "x", { contentType: "image" })).error).toMatchObject({
    statusCode: "415",
  });
  // Refused before any of it is read: the client hears why all the same.
  for (const [bucket, statusCode] of [
    ["private", "403"],
    ["nowhere", "404"],
  ] as const) {
    const big = new Uint8Array(8_000_000);
    for (const body of [big, new Blob([big])])
      expect((await project.anon().storage.from(bucket).upload("big", body)).error).toMatchObject({
        statusCode,
      });
    const named = project.service().storage.from("private").upload("é", big);
    expect((await named).error).toMatchObject({ code: "InvalidKey" });
  }
  // The placeholder of an empty folder is empty, whatever the bucket takes.
  expect((await pictures.upload("new/.emptyFolderPlaceholder", new Blob([]))).error).toBeNull();
  expect((await pictures.upload("new2/.emptyFolderPlaceholder", new Blob(["x"]))).error).not.toBeNull();
  expect(onDisk()).toBe(before + 2);
});

test("a page is not served as one", async () => {
  const files = project.service().storage.from("private");
  await files.upload("shared/page.html", "<script>", { contentType: "text/html" });
  const answer = await fetch((await files.createSignedUrl("shared/page.html", 60)).data?.signedUrl ?? "");
  expect(answer.headers.get("content-type")).toBe("text/plain");
});
