import { HubProblem } from "@atoll/contract/client";
import { routes } from "@atoll/contract/routes";
import { dumpSchema } from "@atoll/engine/testing/dump";
import { passwordLink } from "@atoll/hub/password-link";
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

async function submitted(slug: string, email = `owner@${slug}.example`): Promise<string> {
  const body = asked(slug);
  await hub.nobody.call("submitRequest", {
    body: { ...body, answers: { ...body.answers, adminEmail: email } },
  });
  const mail = await mailTo(email, "confirm");
  await hub.nobody.call("confirmRequest", { body: { token: tokenOf(mail.url) } });
  const { items } = await hub.as("viewer").call("listRequests", { query: { search: email } });
  const id = items[0]?.id ?? "";
  // As if each came from an address of its own: how many an address may send has a test of its own.
  await hub.hub.store.updateTable("requests").set({ asker: id }).where("id", "=", id).execute();
  return id;
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
    async ({ name, access, method, path }) => {
      const lower = access === "owner" ? "operator" : "viewer";
      const call = hub.as(lower).call as (name: string, input: object) => Promise<unknown>;
      const params = Object.fromEntries([...path.matchAll(/:(\w+)/g)].map(([, each]) => [each, "x"]));
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
    const plan = await hub.as("viewer").call("planRequest", { params: { id }, query: {} });
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

  test("what a client has already is brought by operators only, and their answers are checked for them", async () => {
    const bring = { repository: "somebody/else", consent: true };
    const body = { ...asked("brought"), answers: { ...asked("brought").answers, bring } };
    expect(await refused(hub.nobody.call("submitRequest", { body }))).toMatchObject({
      status: 422,
      field: "bring",
    });
    const check = {
      blueprint: "business",
      answers: { slug: "admin", region: "mars", bring: { site: "a b" } },
    };
    expect((await refused(hub.as("viewer").call("checkAnswers", { body: check }))).status).toBe(403);
    const { problems } = await hub.as("operator").call("checkAnswers", { body: check });
    expect(problems.map(({ field }) => field).toSorted()).toEqual(
      ["adminEmail", "bring.site", "name", "region", "slug"].toSorted(),
    );
    const one = await hub.as("operator").call("checkAnswers", { body: { ...check, about: "region" } });
    expect(one.problems.map(({ field }) => field)).toEqual(["region"]);
    const answers = { ...asked("nowhere").answers, bring };
    const plan = await hub
      .as("operator")
      .call("planNewInstance", { body: { blueprint: "business", answers } });
    expect(plan.items.find(({ does }) => does === "blocked")).toMatchObject({ field: "bring.repository" });
    expect(
      await refused(hub.as("operator").call("createInstance", { body: { blueprint: "business", answers } })),
    ).toMatchObject({ status: 422, field: "bring.repository" });
  }, 60_000);

  test("the same asked twice is one request; a program's is none", async () => {
    const first = await hub.nobody.call("submitRequest", { body: asked("twice") });
    expect(first.statusUrl).toContain("/ask/status?token=");
    // Whoever knows an address learns no link by asking for the same: that goes to the address.
    const shouted = {
      ...asked("twice"),
      answers: { ...asked("twice").answers, adminEmail: "OWNER@twice.example" },
    };
    expect(await hub.nobody.call("submitRequest", { body: shouted })).toEqual({ confirm: true });
    await hub.nobody.call("submitRequest", { body: { ...asked("robot"), website: "http://spam.example" } });
    const seen = await hub.as("viewer").call("listRequests", { query: {} });
    expect(seen.items.filter((each) => each.slug === "twice")).toEqual([]); // nobody confirmed it
    const { items } = await hub.as("viewer").call("listRequests", { query: { confirmed: "no" } });
    expect(items.filter((each) => each.slug === "twice")).toHaveLength(1);
    const audit = await hub.as("viewer").call("listAudit", { query: { limit: 500 } });
    expect(audit.items.filter((each) => each.details.slug === "twice")).toHaveLength(1);
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
    await hub.as("operator").call("retryRequest", { params: { id }, body: {} });
    expect(await untilState(id, "deployed")).toMatchObject({ instance: "second-try" });
  }, 60_000);

  test("a run that is retried takes its request along", async () => {
    const id = await submitted("by-its-run");
    await cloud.fault({ provider: "vercel", method: "POST", path: "/deployments", kind: "reject" });
    for (const provider of ["supabase", "github", "vercel", "n8n", "gitea"])
      await cloud.fault({ provider, method: "DELETE", path: "*", kind: "reject", times: 100 });
    await hub.as("operator").call("approveRequest", { params: { id }, body: {} });
    const { run = "" } = await untilState(id, "failed");
    expect((await hub.as("viewer").call("showRun", { params: { id: run } })).state).toBe("failed");
    await cloud.heal();
    await hub.as("operator").call("retryRun", { params: { id: run } });
    expect(await untilState(id, "deployed")).toMatchObject({ instance: "by-its-run" });
  }, 60_000);

  test("a slug that is taken is changed on the retry", async () => {
    const id = await submitted("second-try", "somebody@else.example");
    await hub.as("operator").call("approveRequest", { params: { id }, body: {} });
    expect((await untilState(id, "failed")).fault).toMatchObject({ field: "slug" });
    const plan = await hub.as("viewer").call("planRequest", { params: { id }, query: { slug: "third-try" } });
    expect(plan.slug).toBe("third-try");
    await hub.as("operator").call("retryRequest", { params: { id }, body: { slug: "third-try" } });
    expect(await untilState(id, "deployed")).toMatchObject({ instance: "third-try" });
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

  test("the same POST under one key is done once; an answer with a secret is given once and kept nowhere", async () => {
    const owner = hub.as("owner");
    const invited = { email: "late@atoll.example", role: "viewer" as const };
    const [first, second] = [
      await owner.call("invite", { body: invited }, { idempotencyKey: "k0" }),
      await owner.call("invite", { body: invited }, { idempotencyKey: "k0" }),
    ];
    expect(second).toEqual(first);
    const other = owner.call("invite", { body: { ...invited, role: "owner" } }, { idempotencyKey: "k0" });
    expect((await refused(other)).status).toBe(422);

    const body = { name: "ci", role: "viewer" as const };
    const { key } = await owner.call("createKey", { body }, { idempotencyKey: "k1" });
    expect(await refused(owner.call("createKey", { body }, { idempotencyKey: "k1" }))).toMatchObject({
      status: 409,
      title: expect.stringContaining("secret"),
    });
    const secret = await owner.call(
      "revealSecret",
      { params: { slug: "quiet-hub", name: "databasePassword" } },
      { idempotencyKey: "k2" },
    );
    const journal = await dumpSchema(databaseUrl, "atoll");
    expect(leaks({ journal }, { key, databasePassword: secret.value })).toEqual([]);
    // A mail that has gone out is not kept either: its link opens the door.
    await expect
      .poll(() => hub.hub.store.selectFrom("outbox").select("key").where("sent_at", "is", null).execute())
      .toEqual([]);
    expect(await dumpSchema(databaseUrl, "atoll")).not.toContain("/welcome?token=");
  });

  test("a call that died with its hub is done anew after a while", async () => {
    const { store } = hub.hub;
    const owner = hub.as("owner");
    const body = { email: "died@atoll.example", role: "viewer" as const };
    await owner.call("invite", { body }, { idempotencyKey: "k3" });
    const dead = { status: null, answer: null };
    await store.updateTable("idempotency").set(dead).where("key", "=", "k3").execute();
    expect((await refused(owner.call("invite", { body }, { idempotencyKey: "k3" }))).status).toBe(409);
    const longAgo = new Date(Date.now() - 3 * 60_000);
    await store.updateTable("idempotency").set({ created_at: longAgo }).where("key", "=", "k3").execute();
    expect(await owner.call("invite", { body }, { idempotencyKey: "k3" })).toMatchObject({
      email: body.email,
    });
  });

  test("people read every route on a page of its own, which needs no script", async () => {
    const page = await hub.send("/api/docs");
    const text = await page.text();
    expect(page.headers.get("content-security-policy")).toContain("script-src 'self'");
    for (const { definition } of Object.values(routes))
      expect(text).toContain(`<code>${definition.path}</code>`);
    expect(text).not.toContain("<script");
  });

  test("odd input is refused, never a fault of ours", async () => {
    const viewer = hub.as("viewer");
    const cursor = Buffer.from('["x","y"]').toString("base64url");
    for (const name of ["listRequests", "listRuns", "listAudit", "listInstances"] as const) {
      for (const wrong of [cursor, "garbage", Buffer.from("[]").toString("base64url")])
        expect((await refused(viewer.call(name, { query: { cursor: wrong } }))).status, name).toBe(400);
    }
    for (const call of [
      () => viewer.call("listRequests", { query: { search: "a\0b" } }),
      () => viewer.call("showInstance", { params: { slug: "a\0b" } }),
      () => viewer.call("listInstances", { query: { version: 99_999_999_999 } }),
    ])
      expect((await refused(call())).status).toBe(400);
    const { items, nextCursor } = await viewer.call("listRequests", {
      query: { limit: 1, confirmed: "all" },
    });
    const next = await viewer.call("listRequests", {
      query: { limit: 1, confirmed: "all", cursor: nextCursor },
    });
    expect(next.items[0]?.id).not.toBe(items[0]?.id);
  });

  test("who was invited is in the log by name, and so is who signs in and out", async () => {
    const owner = hub.as("owner");
    const before = (await owner.call("listAudit", { query: { limit: 1 } })).items[0]?.seq ?? 0;
    await owner.call("invite", { body: { email: "log@atoll.example", role: "operator" } });
    const mail = await mailTo("log@atoll.example", "invitation");
    const password = "a password of my own";
    const body = { token: tokenOf(String(mail.url)), name: "Log", password };
    await hub.nobody.call("acceptInvitation", { body });
    const headers = { "content-type": "application/json", origin: "http://hub.test" };
    const entered = await hub.send("/api/auth/sign-in/email", {
      method: "POST",
      headers,
      body: JSON.stringify({ email: "log@atoll.example", password }),
    });
    const cookie = entered.headers
      .getSetCookie()
      .map((each) => each.split(";")[0])
      .join("; ");
    await hub.send("/api/auth/sign-out", { method: "POST", headers: { ...headers, cookie }, body: "{}" });
    const { items } = await owner.call("listAudit", { query: { limit: 500 } });
    const told = items.filter((each) => each.seq > before && each.actor === "log@atoll.example");
    expect(told.map((each) => each.action)).toEqual(["session.sign-out", "session.sign-in", "team.join"]);
    expect(
      (await refused(owner.call("invite", { body: { email: "LOG@atoll.example", role: "viewer" } }))).status,
    ).toBe(409);
    const person = (await owner.call("listMembers", {})).items.find(
      ({ email }) => email === "log@atoll.example",
    );
    await owner.call("removeMember", { params: { id: person?.id ?? "" } });
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

  test("a lost password is replaced by a link from the terminal, once; old sessions end", async () => {
    const headers = { "content-type": "application/json", origin: "http://hub.test" };
    const signIn = (password: string) =>
      hub.send("/api/auth/sign-in/email", {
        method: "POST",
        headers,
        body: JSON.stringify({ email: "ana@atoll.example", password }),
      });
    const cookie = (await signIn("a long enough password")).headers
      .getSetCookie()
      .map((each) => each.split(";")[0])
      .join("; ");
    const baseUrl = "http://hub.test";
    expect(await passwordLink(databaseUrl, { email: "nobody@atoll.example", baseUrl })).toBeUndefined();
    const token = tokenOf(await passwordLink(databaseUrl, { email: "Ana@atoll.example", baseUrl }));
    const open = await hub.as("viewer").call("listInvitations", {});
    expect(open.items.map((each) => each.email)).not.toContain("ana@atoll.example");
    const body = { token, password: "another long password" };
    expect(await hub.nobody.call("acceptInvitation", { body })).toEqual({ email: "ana@atoll.example" });
    expect((await refused(hub.nobody.call("acceptInvitation", { body }))).status).toBe(404);
    expect((await hub.send("/api/me", { headers: { cookie } })).status).toBe(401);
    expect((await signIn("a long enough password")).status).toBe(401);
    expect((await signIn("another long password")).status).toBe(200);
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
    // What an instance is named after, where its data lies and whom it belongs to stay; what else is said changes.
    const params = { slug: "toko-remote" };
    const operator = hub.as("operator");
    for (const answers of [
      { slug: "quite-other" },
      { region: "us-east-1" },
      { adminEmail: "eve@evil.example" },
    ]) {
      const named = { field: Object.keys(answers)[0] };
      expect(await refused(operator.call("planChange", { params, body: { answers } }))).toMatchObject(named);
      const update = operator.call("startRun", { params, body: { kind: "update", answers } });
      expect(await refused(update)).toMatchObject(named);
    }
    const planned = await operator.call("planChange", { params, body: { answers: { modules: ["crm"] } } });
    expect(planned).toMatchObject({ slug: "toko-remote" });
    expect(planned.items.find(({ step }) => step === "email-workflow")).toMatchObject({ does: "remove" });
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
