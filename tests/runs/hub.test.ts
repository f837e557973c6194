import { HubProblem } from "@atoll/contract/client";
import { routes } from "@atoll/contract/routes";
import { dumpSchema } from "@atoll/engine/testing/dump";
import { startHub } from "@atoll/hub/start";
import { type TestHub, testHub } from "@atoll/hub/testing/hub";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { atollIn } from "../support/atoll.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { leaks } from "../support/leaks.ts";

const databaseUrl = await testDatabase();
let cloud: TestCloud;
let hub: TestHub;

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits"]);
  hub = await testHub(
    { ATOLL_HOME: cloud.home, DATABASE_URL: databaseUrl, PATH: process.env.PATH },
    { worker: true },
  );
});
afterAll(async () => {
  await hub?.stop();
  await cloud?.stop();
});

const asked = (slug: string) => ({
  blueprint: "business",
  locale: "en" as const,
  answers: { name: `Toko ${slug}`, slug, adminEmail: `owner@${slug}.example` },
});

async function mailTo(address: string, kind: string): Promise<Record<string, string>> {
  for (let looks = 0; looks < 200; looks++) {
    const list = (await (
      await fetch(`${cloud.url}/mailbox/api?search=${encodeURIComponent(address)}`)
    ).json()) as {
      subject: string;
      text: string;
    }[];
    const found = list.find((mail) => mail.subject === kind);
    if (found !== undefined) return JSON.parse(found.text) as Record<string, string>;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`No mail "${kind}" to ${address} came.`);
}

const tokenOf = (url: string | undefined) => new URL(url ?? "").searchParams.get("token") ?? "";

async function untilState(id: string, state: string) {
  for (let looks = 0; looks < 600; looks++) {
    const request = await hub.as("viewer").call("showRequest", { params: { id } });
    if (request.state === state) return request;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The request never was ${state}.`);
}

async function submitted(slug: string): Promise<string> {
  await hub.nobody.call("submitRequest", { body: asked(slug) });
  const mail = await mailTo(`owner@${slug}.example`, "confirm");
  await hub.nobody.call("confirmRequest", { body: { token: tokenOf(mail.url) } });
  const { items } = await hub.as("viewer").call("listRequests", { query: { search: slug } });
  return items[0]?.id ?? "";
}

const refused = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof HubProblem) return error.problem;
  throw new Error(`It was not refused: ${String(error)}`);
};

describe("who may", () => {
  const all = Object.entries(routes).map(([name, { definition }]) => ({ name, ...definition }));
  const pathOf = (path: string) => path.replace(/:\w+/g, "x");
  const init = (method: string, more: HeadersInit = {}) => ({
    method: method.toUpperCase(),
    headers: { "content-type": "application/json", origin: "http://hub.test", ...more },
    ...(["get", "delete"].includes(method) ? {} : { body: "{}" }),
  });

  test.each(all.filter(({ access }) => access !== "public"))(
    "$name needs a sign-in",
    async ({ method, path }) => {
      const answer = await hub.send(pathOf(path), init(method));
      expect(answer.status).toBe(401);
      expect(answer.headers.get("content-type")).toContain("application/problem+json");
      expect(await answer.json()).toMatchObject({ status: 401, next: expect.any(String) });
    },
  );

  test.each(all.filter(({ access }) => access === "operator" || access === "owner"))(
    "$name is refused for a lower role",
    async ({ name, access, method }) => {
      const lower = access === "owner" ? "operator" : "viewer";
      const call = hub.as(lower).call as (name: string, input: object) => Promise<unknown>;
      const params = { id: "x", slug: "x", name: "x" };
      const input = method === "get" ? { params } : { params, body: {} };
      expect(await refused(call(name, input))).toMatchObject({ status: 403 });
    },
  );

  test.each(all.filter(({ method }) => method !== "get"))(
    "$name is refused for another site's page",
    async ({ method, path }) => {
      const answer = await hub.send(pathOf(path), init(method, { origin: "http://evil.example" }));
      expect(answer.status).toBe(403);
    },
  );

  test("metrics count runs by state, for whoever may look", async () => {
    expect((await hub.send("/metrics")).status).toBe(401);
    expect((await hub.send("/ready")).status).toBe(200);
    expect((await hub.send("/health")).status).toBe(200);
  });

  test("a key that nobody made opens nothing", async () => {
    const answer = await hub.send("/api/me", { headers: { authorization: "Bearer atoll_nothing" } });
    expect(answer.status).toBe(401);
  });

  test("every answer forbids foreign scripts, frames and guessing of types", async () => {
    const { headers } = await hub.send("/api/hub");
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("script-src 'self'");
    expect(/script-src[^;]*/.exec(policy)?.[0]).not.toContain("unsafe");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });
});

describe("from the form to the instance", () => {
  test("asked, confirmed, approved by two at once: one run, and a live instance with its mail", async () => {
    const id = await submitted("toko-hub");
    const plan = await hub.as("viewer").call("planRequest", { params: { id } });
    expect(plan.items.find((item) => item.step === "project")).toMatchObject({ does: "create" });
    expect(plan.cost).toMatchObject({ monthly: 10, currency: "USD" });

    const approvals = await Promise.all(
      [1, 2, 3].map(() => hub.as("operator").call("approveRequest", { params: { id }, body: {} })),
    );
    expect(new Set(approvals.map((each) => each.id))).toEqual(new Set([id]));
    const done = await untilState(id, "deployed");
    expect(done).toMatchObject({ instance: "toko-hub", instanceUrl: expect.stringContaining("http") });
    expect(done.providerIds).toMatchObject({ project: expect.any(String), repository: expect.any(String) });
    const { items: runs } = await hub.as("viewer").call("listInstanceRuns", { params: { slug: "toko-hub" } });
    expect(runs).toHaveLength(1);

    const seen: string[] = [];
    for await (const event of hub.as("viewer").follow("followRun", { params: { id: runs[0]?.id ?? "" } }))
      seen.push(event.type);
    expect(seen.at(-1)).toBe("run");
    const half = Math.floor(seen.length / 2);
    const rest: number[] = [];
    for await (const event of hub
      .as("viewer")
      .follow("followRun", { params: { id: runs[0]?.id ?? "" } }, { after: half }))
      rest.push(event.seq);
    expect(rest).toEqual(Array.from({ length: seen.length - half }, (_, index) => half + index + 1));

    const status = tokenOf((await mailTo("owner@toko-hub.example", "received")).statusUrl);
    expect(await hub.nobody.call("showPublicRequest", { query: { token: status } })).toMatchObject({
      state: "deployed",
      instanceUrl: done.instanceUrl,
      progress: { done: 20, of: 20 },
    });
    expect(
      (await refused(hub.nobody.call("showPublicRequest", { query: { token: `${status}x` } }))).status,
    ).toBe(404);
  }, 60_000);

  test("the same asked twice is one request; a program's is none", async () => {
    const first = await hub.nobody.call("submitRequest", { body: asked("twice") });
    expect(await hub.nobody.call("submitRequest", { body: asked("twice") })).toEqual(first);
    await hub.nobody.call("submitRequest", { body: { ...asked("robot"), website: "http://spam.example" } });
    const { items } = await hub.as("viewer").call("listRequests", { query: {} });
    expect(items.filter((each) => each.slug === "twice")).toHaveLength(1);
    expect(items.filter((each) => each.slug === "robot")).toHaveLength(0);
    const id = items.find((each) => each.slug === "twice")?.id ?? "";
    expect(
      await refused(hub.as("operator").call("approveRequest", { params: { id }, body: {} })),
    ).toMatchObject({
      status: 409,
      title: expect.stringContaining("confirmed"),
    });
  });

  test("the agency system's addresses answer, too", async () => {
    const id = await submitted("agency");
    const send = (path: string, init: RequestInit = {}) =>
      hub.send(`/api/admin/agency-onboarding/${path}`, {
        ...init,
        headers: {
          authorization: `Bearer ${hub.keys.get("operator")}`,
          "content-type": "application/json",
        },
      });
    const body = JSON.stringify({ requestId: id });
    expect((await send("approve", { method: "POST", body })).status).toBe(202);
    await untilState(id, "deployed");
    const status = await (await send(`status?requestId=${id}`)).json();
    expect(status).toMatchObject({ state: "deployed", instanceUrl: expect.any(String) });
    expect(await (await send("provision", { method: "POST", body })).json()).toEqual(status);
    const sql = new pg.Client({ connectionString: databaseUrl });
    await sql.connect();
    const { rows } = await sql.query("select * from atoll.agency_onboarding_requests where id = $1", [id]);
    const jobs = await sql.query("select * from atoll.provisioning_jobs where request_id = $1", [id]);
    await sql.end();
    expect(rows).toMatchObject([
      { status: "deployed", instance_url: expect.any(String), supabase_project_id: expect.any(String) },
    ]);
    expect(jobs.rows).toMatchObject([{ status: "completed" }]);
  }, 60_000);

  test("the first password is in the welcome mail and nowhere else", async () => {
    const id = await submitted("quiet-hub");
    await hub.as("operator").call("approveRequest", { params: { id }, body: {} });
    await untilState(id, "deployed");
    const mails = (await (await fetch(`${cloud.url}/mailbox/api?search=owner@quiet-hub.example`)).json()) as {
      text: string;
    }[];
    const password =
      mails.map((mail) => /password: (\S+)/.exec(mail.text)?.[1]).find((each) => each !== undefined) ?? "";
    expect(password).toMatch(/^\w{4}(-\w{4}){3}$/);
    const viewer = hub.as("owner");
    const slug = "quiet-hub";
    const shown = [
      await viewer.call("showRequest", { params: { id } }),
      await viewer.call("showInstance", { params: { slug } }),
      await viewer.call("listResources", { params: { slug } }),
      await viewer.call("planInstance", { params: { slug } }),
      await viewer.call("listAudit", { query: { limit: 500 } }),
    ];
    const { items } = await viewer.call("listInstanceRuns", { params: { slug } });
    for await (const event of viewer.follow("followRun", { params: { id: items[0]?.id ?? "" } }))
      shown.push(event as never);
    const journal = [await dumpSchema(databaseUrl, "atoll"), await dumpSchema(databaseUrl, "dbos")].join(
      "\n",
    );
    expect(leaks({ answers: JSON.stringify(shown), journal }, { password })).toEqual([]);
    const reveal = viewer.call("revealSecret", { params: { slug, name: "temporaryPassword" } });
    expect((await refused(reveal)).status).toBe(403);
    expect(await viewer.call("revealSecret", { params: { slug, name: "databasePassword" } })).toMatchObject({
      value: expect.stringMatching(/^\w{32}$/),
    });
    // Under whatever name the journal keeps it: nothing that an owner may see is that password.
    const { secrets, id: instance } = await viewer.call("showInstance", { params: { slug } });
    const all = await hub.hub.store
      .selectFrom("secrets")
      .select("name")
      .where("instance_id", "=", instance)
      .execute();
    expect(secrets).toContain("databasePassword");
    for (const { name } of all.filter((each) => !secrets.includes(each.name)))
      expect((await refused(viewer.call("revealSecret", { params: { slug, name } }))).status).toBe(403);
    for (const name of secrets)
      expect((await viewer.call("revealSecret", { params: { slug, name } })).value).not.toContain(password);
    const audit = await viewer.call("listAudit", { query: { subject: "instance/quiet-hub" } });
    expect(audit.items[secrets.length]).toMatchObject({
      action: "secret.reveal",
      details: { name: "databasePassword" },
    });
  }, 60_000);

  test("health and version are seen after a run, and lists are filtered by them", async () => {
    const viewer = hub.as("viewer");
    const slug = "quiet-hub";
    const slugs = async (query: object) =>
      (await viewer.call("listInstances", { query })).items.map((each) => each.slug);
    await expect.poll(() => slugs({ health: "healthy" }), { timeout: 30_000 }).toContain(slug);
    const { items } = await viewer.call("listInstances", { query: { search: slug } });
    expect(items[0]).toMatchObject({ version: 3, health: { healthy: true, problems: 0 } });
    expect(await slugs({ version: 3 })).toContain(slug);
    expect(await slugs({ version: 4 })).toEqual([]);
    expect(await slugs({ health: "unhealthy,unknown" })).not.toContain(slug);
  }, 60_000);

  test("rejected with a reason that the asker is told", async () => {
    const id = await submitted("no-thanks");
    await hub.as("operator").call("rejectRequest", { params: { id }, body: { reason: "Not <b>now</b>." } });
    expect(await mailTo("owner@no-thanks.example", "rejected")).toMatchObject({ reason: "Not <b>now</b>." });
    expect(
      await refused(hub.as("operator").call("approveRequest", { params: { id }, body: {} })),
    ).toMatchObject({
      status: 409,
      next: expect.any(String),
    });
  });

  test("a run that fails is undone, told in place and to the admins, and the retry succeeds", async () => {
    const id = await submitted("second-try");
    await hub
      .as("owner")
      .callTagged("showSettings", {})
      .then(({ answer, etag }) =>
        hub
          .as("owner")
          .call(
            "changeSettings",
            { body: { ...answer, alertTo: ["ops@atoll.example"] } },
            { ifMatch: etag ?? "" },
          ),
      );
    await cloud.fault({ provider: "vercel", method: "POST", path: "/deployments", kind: "reject" });
    await hub.as("operator").call("approveRequest", { params: { id }, body: {} });
    const failed = await untilState(id, "failed");
    expect(failed.fault).toMatchObject({ what: expect.any(String), next: expect.any(String) });
    expect(await mailTo("ops@atoll.example", "failed")).toMatchObject({
      instance: "second-try",
      step: "deployment",
      undone: true,
    });
    await cloud.heal();
    await hub.as("operator").call("retryRequest", { params: { id } });
    expect(await untilState(id, "deployed")).toMatchObject({ instance: "second-try" });
  }, 60_000);

  test("settings that somebody changed meanwhile are not overwritten", async () => {
    const { answer, etag } = await hub.as("owner").callTagged("showSettings", {});
    await hub
      .as("owner")
      .call(
        "changeSettings",
        { body: { ...answer, confirmEmail: true, alertTo: ["a@b.example"] } },
        { ifMatch: etag ?? "" },
      );
    const late = hub.as("owner").call("changeSettings", { body: answer }, { ifMatch: etag ?? "" });
    expect((await refused(late)).status).toBe(412);
    expect((await refused(hub.as("owner").call("changeSettings", { body: answer }))).status).toBe(428);
  });

  test("the same POST under one key is done once", async () => {
    const options = { idempotencyKey: "k1" };
    const body = { name: "ci", role: "viewer" as const };
    const [first, second] = [
      await hub.as("owner").call("createKey", { body }, options),
      await hub.as("owner").call("createKey", { body }, options),
    ];
    expect(second).toEqual(first);
    const other = hub.as("owner").call("createKey", { body: { ...body, name: "other" } }, options);
    expect((await refused(other)).status).toBe(422);
  });
});

describe("people", () => {
  test("the first owner comes by a link that works once, signs in, and invites others", async () => {
    const link = await hub.firstOwnerLink();
    const body = {
      token: tokenOf(link),
      name: "Ana",
      email: "ana@atoll.example",
      password: "a long enough password",
    };
    expect(await hub.nobody.call("acceptInvitation", { body })).toEqual({ email: "ana@atoll.example" });
    expect((await refused(hub.nobody.call("acceptInvitation", { body }))).status).toBe(404);
    expect(await hub.firstOwnerLink()).toBeUndefined();

    const signIn = (password: string) =>
      hub.send("/api/auth/sign-in/email", {
        method: "POST",
        headers: { "content-type": "application/json", origin: "http://hub.test" },
        body: JSON.stringify({ email: "ana@atoll.example", password }),
      });
    expect((await signIn("wrong password here")).status).toBe(401);
    const session = await signIn(body.password);
    expect(session.status).toBe(200);
    const cookie = session.headers
      .getSetCookie()
      .map((each) => each.split(";")[0])
      .join("; ");
    expect(session.headers.get("set-cookie")).toMatch(/HttpOnly/i);
    const me = await hub.send("/api/me", { headers: { cookie } });
    expect(await me.json()).toMatchObject({ email: "ana@atoll.example", role: "owner", kind: "person" });

    const foreign = await hub.send("/api/invitations", {
      method: "POST",
      headers: { cookie, "content-type": "application/json", origin: "http://evil.example" },
      body: JSON.stringify({ email: "x@y.example", role: "owner" }),
    });
    expect(foreign.status).toBe(403);

    await hub.as("owner").call("invite", { body: { email: "Ben@atoll.example", role: "operator" } });
    const mail = await mailTo("ben@atoll.example", "invitation");
    const accepted = { token: tokenOf(mail.url), name: "Ben", password: "another long password" };
    await hub.nobody.call("acceptInvitation", { body: accepted });
    const { items } = await hub.as("viewer").call("listMembers", {});
    expect(items.map(({ name, role }) => ({ name, role }))).toEqual([
      { name: "Ana", role: "owner" },
      { name: "Ben", role: "operator" },
    ]);
    const ana = items[0]?.id ?? "";
    const demote = hub.as("owner").call("changeRole", { params: { id: ana }, body: { role: "viewer" } });
    expect(await refused(demote)).toMatchObject({ status: 409 });
  });

  test("somebody who guesses passwords is slowed down", async () => {
    const tries: number[] = [];
    for (let count = 0; count < 15; count++) {
      const answer = await hub.send("/api/auth/sign-in/email", {
        method: "POST",
        headers: { "content-type": "application/json", origin: "http://hub.test" },
        body: JSON.stringify({ email: "ana@atoll.example", password: `guess number ${count}` }),
      });
      tries.push(answer.status);
    }
    expect(tries.at(0)).toBe(401);
    expect(tries.at(-1)).toBe(429);
  });

  test("signing up without an invitation is not possible", async () => {
    const answer = await hub.send("/api/auth/sign-up/email", {
      method: "POST",
      headers: { "content-type": "application/json", origin: "http://hub.test" },
      body: JSON.stringify({ email: "eve@evil.example", password: "a long enough password", name: "Eve" }),
    });
    expect(answer.ok).toBe(false);
  });
});

test("it listens, answers with events over the wire, and ends them when it is closed", async () => {
  const running = await startHub({
    runtime: hub.runtime,
    letters: hub.hub.letters,
    env: { PORT: "0", LOG_LEVEL: "silent" },
  });
  const { items } = await hub.as("viewer").call("listRuns", { query: {} });
  const url = `${running.url}/api/runs/${items[0]?.id}/events`;
  expect((await fetch(url)).status).toBe(401);
  const answer = await fetch(url, { headers: { authorization: `Bearer ${hub.keys.get("viewer")}` } });
  expect(answer.headers.get("content-type")).toContain("text/event-stream");
  expect(await answer.text()).toContain("id: 1\n");
  await running.close();
});

test("the command line works on a running hub as it does alone", async () => {
  const running = await startHub({
    runtime: hub.runtime,
    letters: hub.hub.letters,
    env: { PORT: "0", LOG_LEVEL: "silent" },
  });
  try {
    const env = { ATOLL_URL: running.url, ATOLL_API_KEY: hub.keys.get("operator") };
    const atoll = atollIn(
      () => cloud.home,
      () => env,
    );
    const client = ["--name", "Toko Remote", "--admin-email", "owner@remote.example"];
    expect((await atoll("plan", ...client)).json()).toMatchObject({ slug: "toko-remote" });
    const up = await atoll("up", ...client);
    expect(up.json(), up.err).toMatchObject({
      slug: "toko-remote",
      state: "succeeded",
      url: expect.any(String),
    });
    expect((await atoll("up", "toko-remote")).json()).toMatchObject({ state: "succeeded" });
    expect((await atoll("status")).out).toContain("toko-remote");
    expect((await atoll("status", "toko-remote")).json()).toMatchObject({
      runs: [{ kind: "provision" }, { kind: "update" }],
    });
    expect((await atoll("verify", "toko-remote")).json()).toMatchObject({ healthy: true });
    expect((await atoll("drift", "toko-remote")).json()).toMatchObject({ items: [] });
    expect((await atoll("up", "--name", "", "--admin-email", "x")).json()).toMatchObject({
      error: { field: expect.any(String) },
    });
    const destroy = await atoll("destroy", "toko-remote", "--confirm", "toko-remote");
    expect(destroy.json()).toMatchObject({ state: "succeeded" });
    const strange = atollIn(
      () => cloud.home,
      () => ({ ...env, ATOLL_API_KEY: "atoll_wrong" }),
    );
    expect((await strange("status")).json()).toMatchObject({
      error: { what: expect.stringContaining("API key") },
    });
  } finally {
    await running.close();
  }
}, 120_000);

describe("audit", () => {
  test("holds everything that was done; a changed or removed row is detected", async () => {
    expect(await hub.as("viewer").call("verifyAudit", {})).toMatchObject({ ok: true });
    const atoll = atollIn(
      () => cloud.home,
      () => ({ DATABASE_URL: databaseUrl }),
    );
    expect(await atoll("audit")).toMatchObject({ code: 0 });
    const { items } = await hub.as("viewer").call("listAudit", { query: { limit: 500 } });
    const actions = new Set(items.map((each) => each.action));
    for (const action of [
      "request.submit",
      "request.approve",
      "request.reject",
      "settings.change",
      "team.invite",
      "key.create",
    ])
      expect(actions).toContain(action);

    const sql = new pg.Client({ connectionString: databaseUrl });
    await sql.connect();
    try {
      await expect(sql.query("update atoll.audit set actor = 'nobody'")).rejects.toThrow("append-only");
      await expect(sql.query("delete from atoll.audit")).rejects.toThrow("append-only");
      await sql.query("alter table atoll.audit disable trigger audit_append_only");
      await sql.query("begin");
      await sql.query("update atoll.audit set actor = 'nobody' where seq = 3");
      await sql.query("commit");
      expect(await hub.as("viewer").call("verifyAudit", {})).toMatchObject({ ok: false, brokenAt: 3 });
      expect(await atoll("audit")).toMatchObject({ code: 3, out: expect.stringContaining("Row 3") });
      await sql.query("delete from atoll.audit where seq = 3");
      expect(await hub.as("viewer").call("verifyAudit", {})).toMatchObject({ ok: false, brokenAt: 3 });
    } finally {
      await sql.end();
    }
  });
});
