import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type PostgresServer, startPostgres } from "@atoll/postgres/postgres";
import { Hono } from "hono";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { CloudEvents } from "../../kit/bus.ts";
import { openDatabases, type ProjectDatabases } from "../database.ts";
import { newProject, type Project } from "../project.ts";
import type { AuthEnv } from "./env.ts";
import { authRoutes } from "./routes.ts";

const folder = mkdtempSync(path.join(tmpdir(), "atoll-auth-"));
chmodSync(folder, 0o711);
const base = "http://localhost/auth/v1";
let server: PostgresServer;
let databases: ProjectDatabases;
let project: Project;
let mails: CloudEvents["auth.mail"][] = [];

beforeAll(async () => {
  server = await startPostgres({ dataDir: path.join(folder, "server"), settings: { fsync: "off" } });
  databases = await openDatabases(server.url, "service-password-of-this-test");
  project = newProject({
    name: "mails",
    organization: "local",
    region: "eu-west-3",
    databasePassword: "a-database-password-1",
    now: 0,
  });
  await databases.create(project);
});

beforeEach(() => {
  mails = [];
});

afterAll(async () => {
  await databases?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Calls Auth as the gateway does, with the rights of a key. */
async function call(at: string, body: object, role: "anon" | "service_role" = "anon", method = "POST") {
  const app = new Hono<AuthEnv>();
  app.use(async (c, next) => {
    c.set("project", project);
    c.set("db", databases.authPool(project.ref));
    c.set("role", role);
    c.set("base", base);
    c.set("send", (mail) => mails.push(mail));
    await next();
  });
  app.route("/", authRoutes());
  const answer = await app.request(at, {
    method,
    headers: { "content-type": "application/json" },
    ...(method === "GET" ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, location: answer.headers.get("location"), json: async () => answer.json() };
}

function linkIn(mail: CloudEvents["auth.mail"] | undefined): string {
  return /http:\S+/.exec(mail?.text ?? "")?.[0]?.slice(base.length) ?? "no link";
}

test("who signs up is mailed a link, and signs in once it was followed", async () => {
  const credentials = { email: "new@example.com", password: "first-Password-1" };
  expect((await call("/signup", credentials)).status).toBe(200);
  expect(mails).toMatchObject([{ to: "new@example.com", subject: "Confirm your signup" }]);
  expect((await call("/token?grant_type=password", credentials)).status).toBe(400);

  const followed = await call(linkIn(mails[0]), {}, "anon", "GET");
  expect(followed.status).toBe(303);
  expect(followed.location).toMatch(/^http:\/\/localhost:3000#access_token=/);
  expect((await call("/token?grant_type=password", credentials)).status).toBe(200);
  const again = await call(linkIn(mails[0]), {}, "anon", "GET");
  expect(again.location).toContain("error_code=otp_expired");
});

test("an address that is registered already is not given away", async () => {
  const answer = await call("/signup", { email: "new@example.com", password: "another-Password-2" });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ email: "new@example.com", identities: [] });
  expect((await call("/recover", { email: "nobody@example.com" })).status).toBe(200);
  expect(mails).toEqual([]);
});

test("a forgotten password is reset by mail, and not twice a minute", async () => {
  expect((await call("/recover", { email: "new@example.com" })).status).toBe(200);
  expect(mails).toMatchObject([{ subject: "Reset your password" }]);
  const hasty = await call("/recover", { email: "new@example.com" });
  expect(hasty.status).toBe(429);
  expect(await hasty.json()).toMatchObject({ error_code: "over_email_send_rate_limit" });
  expect(mails).toHaveLength(1);
});

test("only the service role invites", async () => {
  expect((await call("/invite", { email: "guest@example.com" })).status).toBe(403);
  expect((await call("/invite", { email: "guest@example.com" }, "service_role")).status).toBe(200);
  expect(mails).toMatchObject([{ to: "guest@example.com", subject: "You have been invited" }]);
  expect((await call("/invite", { email: "new@example.com" }, "service_role")).status).toBe(422);
});

test("what is left out says so", async () => {
  for (const [at, body] of [
    ["/factors", {}],
    ["/admin/sso/providers", {}],
    ["/otp", { email: "new@example.com", code_challenge: "x", code_challenge_method: "s256" }],
  ] as const) {
    const answer = await call(at, body, "service_role");
    expect(answer.status, at).toBe(501);
    expect(await answer.json()).toMatchObject({ error_code: "not_emulated" });
  }
});
