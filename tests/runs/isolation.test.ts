import { createHmac } from "node:crypto";
import { type TestHub, testHub } from "@atoll/hub/testing/hub";
import { testDatabase } from "@atoll/postgres/testing";
import { createClient } from "@supabase/supabase-js";
import pg from "pg";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser } from "../support/browser.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";

// Two agencies side by side, really served. Whatever somebody holds of the one opens nothing of the other.
const databaseUrl = await testDatabase();
const treasure = "treasure-of-the-victim";
let cloud: TestCloud;
let hub: TestHub;
let browser: Browser;
let thief: Holdings;
let victim: Holdings;

/** All that opens something of one instance. */
interface Holdings {
  slug: string;
  site: string;
  ref: string;
  url: string;
  publishable: string;
  secret: string;
  databasePassword: string;
  email: string;
  password: string;
  accessToken: string;
  refreshToken: string;
}

async function made(slug: string): Promise<Holdings> {
  const email = `owner@${slug}.example`;
  const run = await hub.as("operator").call("createInstance", {
    body: { blueprint: "agency", answers: { name: slug, slug, adminEmail: email } },
  });
  const { journal } = hub.runtime;
  expect(await journal.wait(run.id)).toMatchObject({ state: "succeeded" });
  const attrs = (kind: string) =>
    resources.find((each) => each.kind === kind)?.attrs as Record<string, string> | undefined; // as its adapter keeps them
  const resources = await journal.resources(slug);
  const secret = async (name: string) => (await journal.secret(slug, name))?.expose() ?? "";
  const { url = "", ref = "" } = attrs("supabase.project") ?? {};
  const publishable = attrs("supabase.api-keys")?.publishable ?? "";
  const password = await secret("temporaryPassword");
  const signedIn = await createClient(url, publishable).auth.signInWithPassword({ email, password });
  expect(signedIn.error).toBeNull();
  return {
    slug,
    site: (await hub.runtime.urlOf(slug)) ?? "",
    ref,
    url,
    publishable,
    secret: await secret("step:api-keys:attrs.secret"),
    databasePassword: await secret("databasePassword"),
    email,
    password,
    accessToken: signedIn.data.session?.access_token ?? "",
    refreshToken: signedIn.data.session?.refresh_token ?? "",
  };
}

/** Everything that the victim has: rows, people, files. */
async function possessions() {
  const service = createClient(victim.url, victim.secret);
  const { data: clients } = await service.from("clients").select("*").order("id");
  const { data: users } = await service.from("users").select("*").order("id");
  const { data: files } = await service.from("files").select("*");
  const { data: objects } = await service.storage.from("files").list(project);
  return { clients, users, files, objects };
}

let project = "";
let stored = "";

beforeAll(async () => {
  cloud = await testCloud(["--latency", "instant", "--no-rate-limits", "--site-port", "14900"]);
  hub = await testHub(
    { ATOLL_HOME: cloud.home, DATABASE_URL: databaseUrl, PATH: process.env.PATH, HOME: process.env.HOME },
    { worker: true },
  );
  [thief, victim] = await Promise.all([made("thief"), made("victim")]);
  const service = createClient(victim.url, victim.secret);
  const { data: client } = await service.from("clients").insert({ name: treasure }).select("id").single();
  const { data: found } = await service
    .from("projects")
    .insert({ name: treasure, client_id: client?.id })
    .select("id")
    .single();
  project = String(found?.id);
  const { data: file } = await service
    .from("files")
    .insert({
      project_id: project,
      name: "treasure.txt",
      mime_type: "text/plain",
      size_bytes: treasure.length,
    })
    .select("storage_path")
    .single();
  stored = String(file?.storage_path);
  const { error } = await service.storage.from("files").upload(stored, Buffer.from(treasure));
  expect(error).toBeNull();
  browser = await openBrowser();
}, 400_000);

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
  await cloud?.stop();
});

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token with the victim's own words in it, signed with what the thief has. */
function forged(algorithm: "none" | "HS256", key = ""): string {
  const { sub } = JSON.parse(Buffer.from(victim.accessToken.split(".")[1] ?? "", "base64url").toString()) as {
    sub: string;
  };
  const claims = {
    sub,
    role: "service_role",
    aud: "authenticated",
    iss: `${victim.url}/auth/v1`,
    ref: victim.ref,
    exp: 4_102_444_800,
  };
  const text = `${encoded({ alg: algorithm, typ: "JWT" })}.${encoded(claims)}`;
  const signature = algorithm === "none" ? "" : createHmac("sha256", key).update(text).digest("base64url");
  return `${text}.${signature}`;
}

/** What the thief sends as who he is, by what he holds. The publishable key of anybody is public. */
const credentials: Record<string, () => Record<string, string>> = {
  "nothing at all": () => ({}),
  "his publishable key": () => ({ apikey: thief.publishable }),
  "his secret key": () => ({ apikey: thief.secret }),
  "his secret key as bearer, the victim's publishable key beside": () => ({
    apikey: victim.publishable,
    authorization: `Bearer ${thief.secret}`,
  }),
  "his session": () => ({ apikey: victim.publishable, authorization: `Bearer ${thief.accessToken}` }),
  "the victim's publishable key": () => ({ apikey: victim.publishable }),
  "a token without a signature": () => ({
    apikey: victim.publishable,
    authorization: `Bearer ${forged("none")}`,
  }),
  "a token signed with his secret key": () => ({
    apikey: victim.publishable,
    authorization: `Bearer ${forged("HS256", thief.secret)}`,
  }),
  "a token signed with the publishable key": () => ({
    apikey: victim.publishable,
    authorization: `Bearer ${forged("HS256", victim.publishable)}`,
  }),
  "a token signed with his database password": () => ({
    apikey: forged("HS256", thief.databasePassword),
    authorization: `Bearer ${forged("HS256", thief.databasePassword)}`,
  }),
};

const json = (body: unknown) => JSON.stringify(body);
const attacks: Record<string, () => [string, string, string?]> = {
  "reads rows": () => ["GET", "/rest/v1/clients?select=*"],
  "reads people": () => ["GET", "/rest/v1/users?select=*"],
  "reads the vault": () => ["GET", "/rest/v1/instance_config?select=*&is_secret=eq.true"],
  "adds a row": () => ["POST", "/rest/v1/clients", json({ name: "planted" })],
  "changes rows": () => ["PATCH", "/rest/v1/clients?id=not.is.null", json({ name: "defaced" })],
  "removes rows": () => ["DELETE", "/rest/v1/clients?id=not.is.null"],
  "makes himself admin": () => ["PATCH", "/rest/v1/users?id=not.is.null", json({ role: "admin" })],
  "calls a function": () => ["POST", "/rest/v1/rpc/colleagues", "{}"],
  "lists accounts": () => ["GET", "/auth/v1/admin/users"],
  "makes an account": () => [
    "POST",
    "/auth/v1/admin/users",
    json({ email: "thief@in.example", password: "long enough 1" }),
  ],
  "asks who he is": () => ["GET", "/auth/v1/user"],
  "signs up": () => [
    "POST",
    "/auth/v1/signup",
    json({ email: "thief@in.example", password: "long enough 1" }),
  ],
  "signs in with his own password": () => [
    "POST",
    "/auth/v1/token?grant_type=password",
    json({ email: thief.email, password: thief.password }),
  ],
  "renews his own session": () => [
    "POST",
    "/auth/v1/token?grant_type=refresh_token",
    json({ refresh_token: thief.refreshToken }),
  ],
  "lists files": () => ["POST", "/storage/v1/object/list/files", json({ prefix: project })],
  "reads a file": () => ["GET", `/storage/v1/object/files/${stored}`],
  "reads a file as a public one": () => ["GET", `/storage/v1/object/public/files/${stored}`],
  "has a link made to a file": () => [
    "POST",
    `/storage/v1/object/sign/files/${stored}`,
    json({ expiresIn: 60 }),
  ],
  "puts a file there": () => ["POST", `/storage/v1/object/files/${project}/planted`, "planted"],
  "writes over a file": () => ["PUT", `/storage/v1/object/files/${stored}`, "defaced"],
  "removes files": () => ["DELETE", "/storage/v1/object/files", json({ prefixes: [stored] })],
};

test("the same requests get it all with the victim's own key", async () => {
  for (const what of ["reads rows", "reads a file", "has a link made to a file"]) {
    const [method, at, body] = attacks[what]?.() ?? ["", ""];
    const headers = { "content-type": "application/json", apikey: victim.secret };
    const answer = await fetch(`${victim.url}${at}`, {
      method,
      headers,
      ...(body !== undefined && { body }),
    });
    expect(await answer.text(), what).toMatch(/treasure|signedURL/);
  }
});

describe.each(Object.keys(credentials))("with %s", (who) => {
  test("nothing of the victim is read or written over HTTP", async () => {
    const before = await possessions();
    expect(JSON.stringify(before)).toContain(treasure);
    for (const [what, attack] of Object.entries(attacks)) {
      const [method, at, body] = attack();
      const answer = await fetch(`${victim.url}${at}`, {
        method,
        headers: {
          "content-type": "application/json",
          prefer: "return=representation",
          ...credentials[who]?.(),
        },
        ...(body !== undefined && { body }),
      });
      const text = await answer.text();
      expect(text, `${who}: ${what}`).not.toMatch(/treasure|access_token|signedURL/i);
      // What policies hide is an empty list; everything else is refused.
      if (answer.ok) expect(text, `${who}: ${what} (${answer.status})`).toMatch(/^(\[\]|null|)$/);
    }
    expect(await possessions()).toEqual(before);
  }, 60_000);
});

test("a link to a file of the thief's, made over to the victim's, opens nothing", async () => {
  const own = createClient(thief.url, thief.secret);
  await own.storage.from("files").upload(stored, Buffer.from("the thief's own"));
  const { data } = await own.storage.from("files").createSignedUrl(stored, 60);
  expect(await (await fetch(data?.signedUrl ?? "")).text()).toBe("the thief's own");
  const there = (data?.signedUrl ?? "").replace(thief.url, victim.url);
  const answer = await fetch(there);
  expect(answer.ok).toBe(false);
  expect(await answer.text()).not.toContain(treasure);
});

test("the thief's database login opens neither the victim's database nor a way into it", async () => {
  const at = (ref: string, password: string) => {
    const url = new URL(cloud.projectDatabase.replaceAll("REF", ref));
    url.password = password;
    return new pg.Client({ connectionString: url.href });
  };
  const own = at(thief.ref, thief.databasePassword);
  await own.connect();
  await expect(own.query("create extension dblink")).rejects.toThrow();
  await expect(own.query("copy (select 1) to program 'true'")).rejects.toThrow();
  await own.end();
  await expect(at(victim.ref, thief.databasePassword).connect()).rejects.toThrow();
  const crossed = new URL(cloud.projectDatabase.replaceAll("REF", victim.ref));
  const mine = new URL(cloud.projectDatabase.replaceAll("REF", thief.ref));
  crossed.username = mine.username;
  crossed.password = thief.databasePassword;
  await expect(new pg.Client({ connectionString: crossed.href }).connect()).rejects.toThrow();
});

test("cookies of a session at the one site are no session at the other", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${thief.site}/sign-in`);
  await page.locator("input[type=email]").fill(thief.email);
  await page.locator("input[type=password]").fill(thief.password);
  await page.locator("form:has(input[type=password]) button").click();
  await page.waitForURL(/\/change-password/);
  expect(await context.cookies(victim.site)).not.toEqual([]); // one machine: browsers do not tell ports apart
  for (const path of ["/", "/clients", "/settings", "/change-password"]) {
    await page.goto(`${victim.site}${path}`);
    expect(new URL(page.url()).pathname, path).toBe("/sign-in");
    expect(await page.content()).not.toContain(treasure);
  }
  await context.close();
}, 60_000);

test("neither the thief's answers nor his repository, variables or workflows name anything of the victim", async () => {
  const { journal } = hub.runtime;
  const held = JSON.stringify(await journal.resources("thief"));
  for (const of of [victim.ref, victim.publishable, victim.email, victim.slug])
    expect(held).not.toContain(of);
});
