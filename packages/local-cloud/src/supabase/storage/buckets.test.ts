import { readdirSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testCloud } from "../../testing/cloud.ts";
import { storageProject, type TestProject } from "./testing/project.ts";

let cloud: Awaited<ReturnType<typeof testCloud>>;
let project: TestProject;

beforeAll(async () => {
  cloud = await testCloud();
  project = await storageProject(cloud, "buckets");
});

afterAll(() => cloud?.close());

test("the service role makes, changes, empties and removes buckets", async () => {
  const { storage } = project.service();
  expect(
    (
      await storage.createBucket("Logos", {
        public: true,
        fileSizeLimit: "2MB",
        allowedMimeTypes: ["image/*", "text/plain; charset=utf-8"],
      })
    ).data,
  ).toEqual({ name: "Logos" });
  expect((await storage.getBucket("Logos")).data).toMatchObject({
    id: "Logos",
    name: "Logos",
    public: true,
    file_size_limit: 2_000_000,
    allowed_mime_types: ["image/*", "text/plain; charset=utf-8"],
    owner: "",
    type: "STANDARD",
  });
  expect((await storage.createBucket("Logos")).error).toMatchObject({
    statusCode: "409",
    code: "BucketAlreadyExists",
  });
  expect((await storage.createBucket("plain")).error).toBeNull();
  expect((await storage.getBucket("plain")).data).toMatchObject({ public: false, file_size_limit: null });
  expect((await storage.updateBucket("plain", { public: true, fileSizeLimit: 10 })).error).toBeNull();
  expect(
    (await storage.updateBucket("plain", { public: false, allowedMimeTypes: ["a/b"] })).error,
  ).toBeNull();
  expect((await storage.getBucket("plain")).data).toMatchObject({
    public: false,
    file_size_limit: 10,
    allowed_mime_types: ["a/b"],
  });
  const names = async (...asked: Parameters<typeof storage.listBuckets>) =>
    (await storage.listBuckets(...asked)).data?.map((each) => each.name);
  expect(await names()).toEqual(["Logos", "plain"]);
  expect(await names({ sortColumn: "created_at", sortOrder: "desc", limit: 1 })).toEqual(["plain"]);
  expect(await names({ search: "logo" })).toEqual(["Logos"]);

  const files = storage.from("Logos");
  for (const name of ["a.png", "b/c.png"]) await files.upload(name, new Blob(["x"], { type: "image/png" }));
  const onDisk = () => readdirSync(path.join(cloud.settings.dataDir, "storage", project.ref)).length;
  expect(onDisk()).toBe(2);
  expect((await storage.deleteBucket("Logos")).error).toMatchObject({ statusCode: "409" });
  expect((await storage.emptyBucket("Logos")).error).toBeNull();
  expect([onDisk(), (await files.list()).data]).toEqual([0, []]);
  expect((await storage.deleteBucket("Logos")).error).toBeNull();
  for (const gone of [
    storage.getBucket("Logos"),
    storage.updateBucket("Logos", { public: true }),
    storage.emptyBucket("Logos"),
    storage.deleteBucket("Logos"),
    files.upload("a.png", "x"),
  ])
    expect((await gone).error).toMatchObject({ statusCode: "404", code: "NoSuchBucket" });
});

test("names, limits and types that cannot be are refused", async () => {
  const { storage } = project.service();
  for (const name of ["", " a", "a ", "a/b", "..", "é", "a\0", "x".repeat(101)])
    expect((await storage.createBucket(name)).error, name).toMatchObject({ statusCode: "400" });
  const refused = async (options: Parameters<typeof storage.createBucket>[1]) =>
    (await storage.createBucket("new", options)).error?.statusCode;
  expect(await refused({ public: false, fileSizeLimit: "much" })).toBe("400");
  expect(await refused({ public: false, fileSizeLimit: "1GB" })).toBe("413");
  expect(await refused({ public: false, fileSizeLimit: -1 })).toBe("400");
  expect(await refused({ public: false, allowedMimeTypes: ["png"] })).toBe("415");
  expect(await refused({ public: false, type: "ANALYTICS" })).toBe("501");
  expect(await refused({ public: false, versioningStatus: "ENABLED" })).toBe("501");
  expect((await storage.getBucket("new")).error).toMatchObject({ code: "NoSuchBucket" });
});

test("others do with buckets what policies allow, and nothing without", async () => {
  const { storage } = (await project.member("member@example.com")).client;
  await project.service().storage.createBucket("theirs");
  await project.service().storage.from("theirs").upload("x.txt", "x");
  for (const client of [storage, project.anon().storage]) {
    expect((await client.createBucket("mine")).error).toMatchObject({
      statusCode: "403",
      code: "AccessDenied",
    });
    expect((await client.listBuckets()).data).toEqual([]);
    expect((await client.getBucket("theirs")).error).toMatchObject({ code: "NoSuchBucket" });
    expect((await client.updateBucket("theirs", { public: true })).error).toMatchObject({
      code: "NoSuchBucket",
    });
    expect((await client.emptyBucket("theirs")).error).toMatchObject({ code: "NoSuchBucket" });
    expect((await client.deleteBucket("theirs")).error).not.toBeNull();
  }
  await project.sql(`
    create policy make on storage.buckets for insert to authenticated with check (id like 'my-%');
    create policy see on storage.buckets for select to authenticated using (true);`);
  expect((await storage.createBucket("my-first")).error).toBeNull();
  expect((await storage.createBucket("your-first")).error).toMatchObject({ statusCode: "403" });
  expect((await storage.listBuckets()).data?.map((each) => each.id)).toEqual(["my-first", "plain", "theirs"]);
  // Seen is not emptied.
  await storage.emptyBucket("theirs");
  expect((await project.service().storage.from("theirs").exists("x.txt")).data).toBe(true);
  expect((await storage.deleteBucket("my-first")).error).toMatchObject({ code: "NoSuchBucket" });
});
