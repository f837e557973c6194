import { existsSync, readdirSync } from "node:fs";
import { request } from "node:http";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testCloud } from "../../testing/cloud.ts";
import { storageProject, type TestProject } from "./testing/project.ts";

let cloud: Awaited<ReturnType<typeof testCloud>>;
let project: TestProject;

beforeAll(async () => {
  cloud = await testCloud();
  project = await storageProject(cloud, "hostile");
  expect((await project.service().storage.createBucket("files")).error).toBeNull();
});

afterAll(() => cloud?.close());

/** Sends a path as it stands: fetch would tidy it up before. */
function send(method: string, at: string, body = ""): Promise<{ status: number; body: { code?: string } }> {
  const { hostname, port, pathname } = new URL(project.url());
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        hostname,
        port,
        method,
        path: `${pathname}/storage/v1${at}`,
        headers: {
          apikey: project.secretKey,
          "content-type": "text/plain",
          "content-length": Buffer.byteLength(body),
        },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk) => chunks.push(chunk));
        answer.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: answer.statusCode ?? 0, body: text.startsWith("{") ? JSON.parse(text) : {} });
        });
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

const names = [
  "..%2F..%2Fstore.ndjson",
  "%2e%2e/%2e%2e/x",
  "../../x",
  "a/../b",
  "a/%2E%2E%2Fb",
  "./a",
  "a//b",
  "%2Fetc%2Fpasswd",
  "a/",
  "a%00b",
  "a%0Ab",
  "a%5Cb",
  "a%25b",
  "%E0%A4%A",
  "%F0%9F%98%80.txt",
  "caf%C3%A9.txt",
  "a%7Cb",
  "x".repeat(1025),
];

test.each(names)(
  "a name that leaves its folder or that hosted Storage refuses is refused: %s",
  async (name) => {
    for (const method of ["POST", "PUT"]) {
      const { body } = await send(method, `/object/files/${name}`, "x");
      expect(body.code).toBe("InvalidKey");
    }
    expect((await send("GET", `/object/files/${name}`)).body.code).toBe("InvalidKey");
    expect((await send("POST", `/object/upload/sign/files/${name}`)).body.code).toBe("InvalidKey");
    expect(await project.sql("select name from storage.objects")).toEqual([]);
    expect(existsSync(path.join(cloud.settings.dataDir, "storage", project.ref))).toBe(false);
  },
);

test("names with spaces, signs and much length come back as they were", async () => {
  const files = project.service().storage.from("files");
  for (const name of [
    "a b/c (1) & d, e=f; g@h+i!'*.txt",
    "...txt",
    "a/..b",
    "x".repeat(1024),
    "no extension",
  ]) {
    expect((await files.upload(name, name)).error, name).toBeNull();
    expect(await (await files.download(name)).data?.text()).toBe(name);
    const signed = (await files.createSignedUrl(name, 60)).data?.signedUrl ?? "";
    expect(await (await fetch(signed)).text()).toBe(name);
    expect((await files.remove([name])).data?.map((each) => each.name)).toEqual([name]);
  }
  expect(readdirSync(path.join(cloud.settings.dataDir, "storage", project.ref))).toEqual([]);
});

test("a destination is held to the same, and text that is no name finds nothing", async () => {
  const files = project.service().storage.from("files");
  await files.upload("a.txt", "a");
  for (const name of ["../x", "/x", "x/", "x\0y", "é", "a/./b", ""]) {
    expect((await files.move("a.txt", name)).error).toMatchObject({ code: "InvalidKey" });
    expect((await files.copy("a.txt", name)).error).toMatchObject({ code: "InvalidKey" });
  }
  expect((await files.copy("a.txt", "b.txt", { destinationBucket: "../files" })).error).toMatchObject({
    code: "InvalidBucketName",
  });
  expect((await files.copy("a.txt", "b.txt", { destinationBucket: "nowhere" })).error).toMatchObject({
    code: "NoSuchBucket",
  });
  expect((await files.move("a.txt", "b.txt", { destinationBucket: "nowhere" })).error).toMatchObject({
    statusCode: "404",
  });
  expect((await files.remove(["../a.txt", "A.TXT", "%", "'; drop table storage.objects; --"])).data).toEqual(
    [],
  );
  expect((await files.remove(["a\0b"])).error).toMatchObject({ statusCode: "400" });
  expect((await files.list("../")).data).toEqual([]);
  expect((await files.list("a\0b")).error).toMatchObject({ statusCode: "400" });
  expect((await files.list("", { search: "'%_\\" })).data).toEqual([]);
  expect(
    (await files.list("", { sortBy: { column: "name; drop table storage.objects" } })).error,
  ).toMatchObject({
    statusCode: "400",
  });
  expect((await files.createSignedUrls(["a\0b"], 60)).error).toMatchObject({ statusCode: "400" });
  expect((await files.download("a.txt")).error).toBeNull();
});

test("odd metadata is kept or counts as none, and breaks nothing", async () => {
  const files = project.service().storage.from("files");
  const form = new FormData();
  form.append("cacheControl", "60\r\nset-cookie: a=b");
  form.append("contentType", "text/plain\r\nx: y");
  form.append("metadata", "not json");
  form.append("", new Blob(["odd"]));
  expect((await files.upload("odd.txt", form)).error).toBeNull();
  const answer = await fetch((await files.createSignedUrl("odd.txt", 60)).data?.signedUrl ?? "");
  expect([answer.status, answer.headers.get("set-cookie"), await answer.text()]).toEqual([200, null, "odd"]);
  expect((await files.info("odd.txt")).data?.metadata).toBeNull();
  expect((await files.upload("nul.txt", "x", { metadata: { text: "a\0b" } })).error).toMatchObject({
    statusCode: "400",
  });
  expect(
    (await files.upload("much.txt", new Blob(["x"]), { metadata: { text: "x".repeat(1024 * 1024) } })).error,
  ).toMatchObject({ statusCode: "413" });
  await project.sql(
    `update storage.objects set metadata = '{"mimetype": 1, "eTag": {}, "cacheControl": "\\n"}'`,
  );
  expect(await (await files.download("odd.txt")).data?.text()).toBe("odd");
  await project.sql("update storage.objects set metadata = null");
  expect((await files.info("odd.txt")).data).toMatchObject({ size: null });
  for (const body of ["", "no form", "--x\r\n\r\n--x--"]) {
    const broken = await fetch(`${project.url()}/storage/v1/object/files/broken.txt`, {
      method: "POST",
      headers: { apikey: project.secretKey, "content-type": "multipart/form-data; boundary=x" },
      body,
    });
    expect(await broken.json()).toMatchObject({ statusCode: "400" });
  }
});

test("an upload that breaks off leaves nothing", async () => {
  const folder = path.join(cloud.settings.dataDir, "storage", project.ref);
  const before = readdirSync(folder).length;
  const { hostname, port, pathname } = new URL(project.url());
  const sent = request({
    hostname,
    port,
    method: "POST",
    path: `${pathname}/storage/v1/object/files/half.txt`,
    headers: { apikey: project.secretKey, "content-type": "text/plain", "content-length": 1_000_000 },
  });
  sent.on("error", () => {});
  sent.write(Buffer.alloc(200_000));
  await expect.poll(() => readdirSync(folder).length).toBe(before + 1);
  sent.destroy();
  await expect.poll(() => readdirSync(folder).length).toBe(before);
  expect((await project.service().storage.from("files").exists("half.txt")).data).toBe(false);
});

test("what is left out says so", async () => {
  const files = project.service().storage.from("files");
  const transform = { width: 10 };
  expect((await files.download("a.txt", { transform })).error).toMatchObject({
    status: 501,
    message: "The local cloud's Storage does not do image transformations.",
  });
  expect((await files.createSignedUrl("a.txt", 60, { transform })).error).toMatchObject({ status: 501 });
  expect((await fetch(files.getPublicUrl("a.txt", { transform }).data.publicUrl)).status).toBe(501);
  for (const [method, at] of [
    ["GET", "/s3/files/a.txt"],
    ["POST", "/upload/resumable"],
    ["POST", "/object/list-v2/files"],
    ["DELETE", "/cdn/files"],
    ["GET", "/nowhere"],
    ["PATCH", "/object/files/a.txt"],
    ["GET", "/bucket/files/lifecycle"],
  ] as const)
    expect((await send(method, at)).status, at).toBe(501);
});
