import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { SignJWT } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testCloud } from "../../testing/cloud.ts";
import { newProject } from "../project.ts";
import { storageProject, type TestProject } from "./testing/project.ts";
import { mustOpen, sign } from "./tokens.ts";

let cloud: Awaited<ReturnType<typeof testCloud>>;
let project: TestProject;
let other: TestProject;

const policies = `
  insert into storage.buckets (id, name) values ('files', 'files');
  create policy readers on storage.objects for select to authenticated using (name like 'open/%');
  create policy writers on storage.objects for insert to authenticated with check (name like 'open/%')`;

beforeAll(async () => {
  cloud = await testCloud();
  [project, other] = await Promise.all([storageProject(cloud, "one"), storageProject(cloud, "other")]);
  for (const each of [project, other]) {
    await each.sql(policies);
    for (const name of ["open/a.txt", "open/b.txt", "closed/c.txt"]) {
      const stored = await each.service().storage.from("files").upload(name, `${name} of ${each.ref}`);
      expect(stored.error).toBeNull();
    }
  }
});

afterAll(() => cloud?.close());

const read = async (url: string | null | undefined) => {
  const answer = await fetch(url ?? "");
  const text = await answer.text();
  return answer.ok ? text : JSON.parse(text);
};

test("a signed address opens its object to anybody, and only what the signer may read is signed", async () => {
  const { client } = await project.member("signer@example.com");
  const files = client.storage.from("files");
  const one = await files.createSignedUrl("open/a.txt", 60, { download: "a b.txt" });
  expect(await read(one.data?.signedUrl)).toBe(`open/a.txt of ${project.ref}`);
  const answer = await fetch(one.data?.signedUrl ?? "");
  await answer.text();
  expect(answer.headers.get("content-disposition")).toContain("a%20b.txt");
  expect(Date.parse(answer.headers.get("expires") ?? "")).toBeGreaterThan(Date.now());
  expect((await files.createSignedUrl("closed/c.txt", 60)).error).toMatchObject({ statusCode: "404" });
  expect((await files.createSignedUrl("open/never.txt", 60)).error).toMatchObject({ statusCode: "404" });
  const several = await files.createSignedUrls(["open/a.txt", "closed/c.txt", "open/b.txt"], 60);
  expect(several.data?.map((each) => [each.path, each.error === null])).toEqual([
    ["open/a.txt", true],
    ["closed/c.txt", false],
    ["open/b.txt", true],
  ]);
  expect(await read(several.data?.[2]?.signedUrl)).toBe(`open/b.txt of ${project.ref}`);
  for (const expiresIn of [0, -1, 1.5])
    expect((await files.createSignedUrl("open/a.txt", expiresIn)).error).toMatchObject({ statusCode: "400" });
});

test("a signed address that was altered, is of another object or of another project opens nothing", async () => {
  const url = async (of: TestProject, name: string) =>
    (await of.service().storage.from("files").createSignedUrl(name, 60)).data?.signedUrl ?? "";
  const mine = await url(project, "open/a.txt");
  const theirs = await url(other, "open/a.txt");
  const token = (from: string) => new URL(from).searchParams.get("token") ?? "";
  const [head = "", , signature = ""] = token(mine).split(".");
  const forged = Buffer.from(
    JSON.stringify({ scope: "download", url: "files/closed/c.txt", exp: 9_999_999_999 }),
  ).toString("base64url");
  const none = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${forged}.`;
  for (const [altered, code] of [
    [mine.replace("open/a.txt", "open/b.txt"), "InvalidSignature"],
    [mine.replace("open/a.txt", "closed/c.txt"), "InvalidSignature"],
    [mine.replace("/files/", "/other/"), "InvalidSignature"],
    [mine.replace(token(mine), `${head}.${forged}.${signature}`), "InvalidJWT"],
    [mine.replace(token(mine), none), "InvalidJWT"],
    [mine.replace(token(mine), ""), "InvalidJWT"],
    [mine.replace(token(mine), token(theirs)), "InvalidJWT"],
    [mine.replace(project.ref, other.ref), "InvalidJWT"],
    // A user's own token is no signed address.
    [mine.replace(token(mine), (await project.member("me@example.com")).token), "InvalidSignature"],
  ] as const)
    expect(await read(altered), altered).toMatchObject({ code });
  expect(await read(mine)).toBe(`open/a.txt of ${project.ref}`);
  // Nor is a signed address a way to sign in.
  const asUser = await fetch(`${project.url()}/storage/v1/object/files/open/b.txt`, {
    headers: { apikey: project.anonKey, authorization: `Bearer ${token(mine)}` },
  });
  expect(await asUser.json()).toMatchObject({ statusCode: "404" });
});

test("a signed address ends when its time is over", async () => {
  const signer = newProject({ name: "x", organization: "x", region: "x", databasePassword: "x", now: 0 });
  const wanted = { scope: "download", url: "files/a.txt" } as const;
  const at = Date.parse("2026-01-01T00:00:00Z");
  const token = await sign(signer, wanted, 60, at);
  expect(await mustOpen(signer, token, wanted, at + 59_000)).toMatchObject({
    expiresAt: new Date(at + 60_000),
  });
  await expect(mustOpen(signer, token, wanted, at + 61_000)).rejects.toMatchObject({ code: "InvalidJWT" });
  await expect(mustOpen(signer, token, { ...wanted, scope: "upload" }, at)).rejects.toMatchObject({
    code: "InvalidSignature",
  });
  // Over HTTP: one second, waited for.
  const { data } = await project.service().storage.from("files").createSignedUrl("open/a.txt", 1);
  await expect.poll(() => read(data?.signedUrl), { timeout: 10_000 }).toMatchObject({ code: "InvalidJWT" });
});

test("an upload address takes one file, as who signed it might have uploaded", async () => {
  const { client, id } = await project.member("uploader@example.com");
  const files = client.storage.from("files");
  expect((await files.createSignedUploadUrl("closed/d.txt")).error).toMatchObject({ statusCode: "403" });
  expect((await files.createSignedUploadUrl("open/a.txt")).error).toMatchObject({ statusCode: "409" });
  const rows = await project.sql("select name from storage.objects order by 1");
  const signed = await files.createSignedUploadUrl("open/d.txt");
  expect(await project.sql("select name from storage.objects order by 1")).toEqual(rows);
  const token = signed.data?.token ?? "";
  const anybody = project.anon().storage.from("files");
  expect((await anybody.uploadToSignedUrl("open/e.txt", token, "x")).error).toMatchObject({
    code: "InvalidSignature",
  });
  expect(await read(signed.data?.signedUrl.replace("/upload/sign/", "/sign/"))).toMatchObject({
    code: "InvalidSignature",
  });
  expect((await anybody.uploadToSignedUrl("open/d.txt", token, new Blob(["once"]))).data).toMatchObject({
    path: "open/d.txt",
    fullPath: "files/open/d.txt",
  });
  expect((await anybody.uploadToSignedUrl("open/d.txt", token, "twice")).error).toMatchObject({
    statusCode: "409",
  });
  expect(await (await files.download("open/d.txt")).data?.text()).toBe("once");
  expect(await project.sql("select owner_id from storage.objects where name = 'open/d.txt'")).toEqual([
    { owner_id: id },
  ]);
  const read1 = await project.service().storage.from("files").createSignedUrl("open/d.txt", 60);
  const readToken = new URL(read1.data?.signedUrl ?? "").searchParams.get("token") ?? "";
  expect(
    (await anybody.uploadToSignedUrl("open/d.txt", readToken, "x", { upsert: true })).error,
  ).toMatchObject({
    code: "InvalidSignature",
  });
  // May be replaced where the signer may: the service role here.
  const again = await project
    .service()
    .storage.from("files")
    .createSignedUploadUrl("open/d.txt", { upsert: true });
  expect(
    (await anybody.uploadToSignedUrl("open/d.txt", again.data?.token ?? "", "replaced")).error,
  ).toBeNull();
  expect(await (await files.download("open/d.txt")).data?.text()).toBe("replaced");
});

test("neither keys nor tokens of one project open anything in another", async () => {
  const { token } = await other.member("there@example.com");
  const mine = (await project.member("here@example.com")).token;
  const legacy = await new SignJWT({ role: "service_role", ref: project.ref })
    .setProtectedHeader({ alg: "HS256" })
    .setExpirationTime("1h")
    .sign(new TextEncoder().encode("not this project's secret"));
  const tries: Record<string, string>[] = [
    {},
    { apikey: other.secretKey, authorization: `Bearer ${other.secretKey}` },
    { apikey: project.anonKey, authorization: `Bearer ${token}` },
    { apikey: project.anonKey, authorization: `Bearer ${legacy}` },
    { apikey: project.anonKey, authorization: "Bearer nonsense" },
    { authorization: `Bearer ${token}` },
    { authorization: `Bearer ${other.secretKey}` },
    { apikey: other.secretKey },
    { apikey: other.anonKey, authorization: `Bearer ${mine}` },
    // A secret key is refused from browsers.
    { apikey: project.secretKey, "user-agent": "Mozilla/5.0" },
  ];
  for (const headers of tries) {
    const at = (method: string, where: string, body?: string) =>
      fetch(`${project.url()}/storage/v1${where}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
      });
    const said = async (answer: Response) => ((await answer.json()) as { statusCode: string }).statusCode;
    expect(await said(await at("GET", "/object/files/open/a.txt")), JSON.stringify(headers)).toBe("404");
    expect(await said(await at("GET", "/object/info/files/open/a.txt"))).toBe("404");
    expect((await at("HEAD", "/object/files/open/a.txt")).status).toBe(400);
    expect(await said(await at("POST", "/object/list/files", '{"prefix":""}'))).toBe("403");
    expect(await said(await at("POST", "/object/sign/files/open/a.txt", '{"expiresIn":60}'))).toBe("403");
    expect(await said(await at("POST", "/object/files/open/z.txt", "x"))).toBe("403");
    expect(await said(await at("DELETE", "/object/files", '{"prefixes":["open/a.txt"]}'))).toBe("403");
    expect(await said(await at("GET", "/bucket"))).toBe("403");
    expect(await said(await at("DELETE", "/bucket/files"))).toBe("403");
  }
  // A user's token is enough, as there.
  const answer = await fetch(`${project.url()}/storage/v1/object/files/open/a.txt`, {
    headers: { authorization: `Bearer ${mine}` },
  });
  expect(await answer.text()).toBe(`open/a.txt of ${project.ref}`);
});

test("a key that was switched off opens nothing, and a page of another origin may ask", async () => {
  const { body } = await cloud.manage("GET", `/projects/${project.ref}/api-keys?reveal=true`);
  const legacy: string = body.find((each: { name: string }) => each.name === "service_role").api_key;
  const ask = (headers: Record<string, string>) =>
    fetch(`${project.url()}/storage/v1/object/files/closed/c.txt`, { headers });
  expect((await ask({ apikey: legacy, authorization: `Bearer ${legacy}` })).status).toBe(200);
  expect((await ask({ authorization: `Bearer ${legacy}` })).status).toBe(200);
  await cloud.manage("PUT", `/projects/${project.ref}/api-keys/legacy?enabled=false`);
  expect((await ask({ apikey: legacy, authorization: `Bearer ${legacy}` })).status).toBe(400);
  expect((await ask({ authorization: `Bearer ${legacy}` })).status).toBe(400);
  await cloud.manage("PUT", `/projects/${project.ref}/api-keys/legacy?enabled=true`);

  const preflight = await fetch(`${project.url()}/storage/v1/object/files/x`, {
    method: "OPTIONS",
    headers: {
      origin: "http://app.example",
      "access-control-request-method": "PUT",
      "access-control-request-headers": "apikey,authorization,cache-control,content-type,x-upsert",
    },
  });
  expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
  expect(preflight.headers.get("access-control-allow-methods")).toContain("PUT");
  expect(preflight.headers.get("access-control-allow-headers")).toContain("x-upsert");
});

test("a version written by hand leads to no other file", async () => {
  const [theirs] = await other.sql("select version from storage.objects where name = 'closed/c.txt'");
  for (const version of [
    `../${other.ref}/${theirs?.version}`,
    "../../store.ndjson",
    "/etc/passwd",
    String(theirs?.version),
  ]) {
    await project.sql(`update storage.objects set version = '${version}' where name = 'closed/c.txt'`);
    const files = project.service().storage.from("files");
    expect((await files.download("closed/c.txt")).error).toMatchObject({ statusCode: "404" });
    expect((await files.copy("closed/c.txt", "closed/copy.txt")).error).toMatchObject({ statusCode: "404" });
  }
  expect((await project.service().storage.from("files").remove(["closed/c.txt"])).error).toBeNull();
  expect(await (await other.service().storage.from("files").download("closed/c.txt")).data?.text()).toBe(
    `closed/c.txt of ${other.ref}`,
  );
  expect(existsSync(path.join(cloud.settings.dataDir, "store.ndjson"))).toBe(true);
});

test("a restarted cloud still has the files, and a deleted project's are gone", async () => {
  const folder = path.join(cloud.settings.dataDir, "storage");
  const { data } = await project.service().storage.from("files").createSignedUrl("open/a.txt", 600);
  const before = new URL(data?.signedUrl ?? "");
  await cloud.restart();
  const files = project.service().storage.from("files");
  expect(await (await files.download("open/a.txt")).data?.text()).toBe(`open/a.txt of ${project.ref}`);
  // Signed before the restart; the cloud has another port now.
  expect(await read(`${cloud.url()}${before.pathname}${before.search}`)).toBe(`open/a.txt of ${project.ref}`);
  expect(readdirSync(folder).toSorted()).toEqual([project.ref, other.ref].toSorted());
  expect((await cloud.manage("DELETE", `/projects/${other.ref}`)).status).toBe(200);
  expect(readdirSync(folder)).toEqual([project.ref]);
  expect((await fetch(`${other.url()}/storage/v1/object/files/open/a.txt`)).status).toBe(404);
});
