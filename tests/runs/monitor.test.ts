import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Incident, IncidentCause } from "@atoll/contract/schemas/monitor";
import { type TestHub, testHub } from "@atoll/hub/testing/hub";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { certificateUntil } from "../support/certificate.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";

const databaseUrl = await testDatabase();
const sql = new pg.Pool({ connectionString: databaseUrl, max: 2 });
const slugs = ["toko-one", "toko-two", "toko-three"];
const alertTo = "ops@atoll.example";
let cloud: TestCloud;
let hub: TestHub;
/** What the receiver of the webhook was sent, signature checked. */
let heard: { type: string; data: Incident; id: string; isSigned: boolean }[] = [];
let secret = "";
/** The next so many messages are answered with 500. */
let refuses = 0;

const receiver = createServer((incoming, answer) => {
  let body = "";
  incoming.on("data", (part: Buffer) => {
    body += part;
  });
  incoming.on("end", () => {
    const id = String(incoming.headers["webhook-id"]);
    const signed = `${id}.${incoming.headers["webhook-timestamp"]}.${body}`;
    const key = Buffer.from(secret.replace("whsec_", ""), "base64");
    const signature = `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
    if (refuses > 0) {
      refuses -= 1;
      answer.writeHead(500).end();
      return;
    }
    heard.push({ ...JSON.parse(body), id, isSigned: signature === incoming.headers["webhook-signature"] });
    answer.writeHead(204).end();
  });
});

async function until<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  const giveUpAt = performance.now() + 30_000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > giveUpAt) throw new Error(`It never was so: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits", "--site-port", "15900"]);
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  hub = await testHub(
    {
      ATOLL_HOME: cloud.home,
      DATABASE_URL: databaseUrl,
      PATH: process.env.PATH,
      ATOLL_PROBE_EVERY_SECONDS: "0.3",
      ATOLL_PROBE_PROVIDERS_EVERY_SECONDS: "0.6",
      ATOLL_PROBE_CALLS_PER_MINUTE: "100000",
      ATOLL_PROBE_TIMEOUT_SECONDS: "3",
      ATOLL_SLOW_MS: "700",
    },
    { worker: true },
  );
  const owner = hub.as("owner");
  const { answer, etag } = await owner.callTagged("showSettings", {});
  await owner.call(
    "changeSettings",
    { body: { ...answer, alertTo: [alertTo] } },
    etag === undefined ? {} : { ifMatch: etag },
  );
  const { port } = receiver.address() as AddressInfo; // it listens on a port
  const made = await owner.call("createWebhook", {
    body: { url: `http://127.0.0.1:${port}/alerts`, label: "The test" },
  });
  secret = made.secret;
  for (const slug of slugs) {
    const answers = { name: slug, slug, adminEmail: `owner@${slug}.example` };
    const run = await owner.call("createInstance", { body: { blueprint: "business", answers } });
    expect(await hub.runtime.journal.wait(run.id)).toMatchObject({ state: "succeeded" });
  }
  await until("all are up", async () => (await overview()).states.up === slugs.length);
}, 120_000);
afterAll(async () => {
  await hub?.stop();
  receiver.close();
  await sql.end();
  await cloud?.stop();
});

const overview = () => hub.as("viewer").call("monitorOverview", {});
const monitor = (slug: string) =>
  hub.as("viewer").call("instanceMonitor", { params: { slug }, query: { range: "24h" } });

/** Mails about incidents that were handed to the mail service. */
async function mails(): Promise<{ subject: string; of: string; text: string }[]> {
  const list = (await (
    await fetch(`${cloud.url}/mailbox/api?search=${encodeURIComponent(alertTo)}`)
  ).json()) as { subject: string; text: string }[];
  return list.map(({ subject, text }) => ({ subject, text, of: String(JSON.parse(text).of) }));
}

/**
 * Breaks something, waits for the incident, mends it and waits for its end: exactly one incident, one alert and one
 * all-clear, by mail and by webhook.
 */
async function oneIncident(
  cause: IncidentCause,
  of: { slug?: string; provider?: string },
  breaks: () => Promise<unknown>,
  mends: () => Promise<unknown>,
): Promise<Incident> {
  await until("everything is quiet", async () => {
    const { incidents, states } = await overview();
    return incidents.length === 0 && states.up === slugs.length;
  });
  heard = [];
  const before = (await mails()).length;
  const known = (await hub.as("viewer").call("listIncidents", { query: {} })).items.length;
  await breaks();
  const begun = await until(`${cause} is open`, async () =>
    (await overview()).incidents.find((each) => each.cause === cause),
  );
  expect(begun).toMatchObject({
    ...(of.slug && { instance: of.slug }),
    ...(of.provider && { provider: of.provider }),
  });
  // It goes on for a while: nobody is told again, and nothing else begins.
  const looks = async () =>
    Number((await sql.query("select count(*) from atoll.probe_results where not ok")).rows[0]?.count);
  const seen = await looks();
  if (cause !== "slow")
    await until("it was looked at again and again", async () => (await looks()) >= seen + 6);
  expect((await overview()).incidents.map((each) => each.cause)).toEqual([cause]);
  await mends();
  const ended = await until("it is over", async () => {
    const { items } = await hub.as("viewer").call("listIncidents", { query: { only: "closed" } });
    return items.find(({ id }) => id === begun.id);
  });
  await until("all are up again", async () => (await overview()).states.up === slugs.length);
  await until("both messages came", async () => heard.length >= 2);
  await until("both mails came", async () => (await mails()).length >= before + 2);
  const { items } = await hub.as("viewer").call("listIncidents", { query: {} });
  expect(items.slice(0, items.length - known).map((each) => each.cause)).toEqual([cause]);
  expect(heard.map(({ type, isSigned, data }) => [type, isSigned, data.id])).toEqual([
    ["incident.opened", true, begun.id],
    ["incident.closed", true, begun.id],
  ]);
  const told = (await mails()).map(({ subject }) => subject);
  expect(told).toHaveLength(before + 2);
  const { rows } = await sql.query("select key from atoll.outbox where key like $1 order by key", [
    `incident/${begun.id}/%`,
  ]);
  expect(rows.map(({ key }) => key.split("/")[2])).toEqual(["closed", "opened"]);
  return { ...ended };
}

/** The provider's id of a step's thing. */
async function idOf(slug: string, kind: string): Promise<string> {
  const { items } = await hub.as("viewer").call("listResources", { params: { slug } });
  return items.find((each) => each.kind === kind)?.id ?? "";
}

async function vercel(path: string): Promise<void> {
  const answer = await fetch(`${cloud.url}/vercel${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${cloud.tokens.vercel}`, "content-type": "application/json" },
    body: "{}",
  });
  if (!answer.ok) throw new Error(await answer.text());
}

test("an instance that is killed", async () => {
  const project = await idOf("toko-one", "vercel.project");
  const ended = await oneIncident(
    "site-down",
    { slug: "toko-one" },
    () => vercel(`/v1/projects/${project}/pause?teamId=team_atoll`),
    () => vercel(`/v1/projects/${project}/unpause?teamId=team_atoll`),
  );
  expect(ended.what).toContain("The application does not answer");
  expect(ended.next).not.toBe("");
});

test("an instance that is slow", async () => {
  const ref = await idOf("toko-two", "supabase.project");
  await oneIncident(
    "slow",
    { slug: "toko-two" },
    () => cloud.fault({ provider: "supabase", kind: "slow", path: `/projects/${ref}/rest/v1/*`, ms: 1_000 }),
    () => cloud.heal(),
  );
});

test("a certificate that has expired", async () => {
  const server = createTlsServer(certificateUntil(new Date(Date.now() - 86_400_000)), (_, answer) => {
    answer.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port
  const setUrl = (url: string) =>
    sql.query(
      `update atoll.resources r set attrs = jsonb_set(attrs, '{url}', to_jsonb($1::text)), observed_at = clock_timestamp()
         from atoll.instances i where i.id = r.instance_id and i.slug = 'toko-one' and r.kind = 'vercel.deployment'`,
      [url],
    );
  const url = (await hub.as("viewer").call("showInstance", { params: { slug: "toko-one" } })).url ?? "";
  try {
    const ended = await oneIncident(
      "certificate-expired",
      { slug: "toko-one" },
      () => setUrl(`https://localhost:${port}`),
      () => setUrl(url),
    );
    expect(ended.what).toContain("expired");
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test("a database that is down", async () => {
  const ref = await idOf("toko-one", "supabase.project");
  await oneIncident(
    "database-down",
    { slug: "toko-one" },
    async () => {
      await cloud.fault({ provider: "supabase", kind: "503", path: `/v1/projects/${ref}/database/query` });
      await cloud.fault({ provider: "supabase", kind: "503", path: `/projects/${ref}/rest/v1/*` });
    },
    () => cloud.heal(),
  );
});

test("n8n that is down for everybody is one incident of n8n's", async () => {
  await oneIncident(
    "provider-down",
    { provider: "n8n" },
    () => cloud.fault({ provider: "n8n", kind: "reset" }),
    () => cloud.heal(),
  );
});

test("one instance's workflow that was unpublished is that instance's", async () => {
  const [id] = (await idOf("toko-three", "n8n.workflow")).split("/");
  const n8n = async (act: string) => {
    await fetch(`${cloud.url}/n8n/api/v1/workflows/${id}/${act}`, {
      method: "POST",
      headers: { "x-n8n-api-key": cloud.tokens.n8n, "content-type": "application/json" },
      body: "{}",
    });
  };
  await oneIncident(
    "workflows-down",
    { slug: "toko-three" },
    () => n8n("unpublish"),
    () => n8n("publish"),
  );
});

test("a provider that is down is one incident, whatever of it fails", async () => {
  const ended = await oneIncident(
    "provider-down",
    { provider: "supabase" },
    () => cloud.fault({ provider: "supabase", kind: "503" }),
    () => cloud.heal(),
  );
  expect(ended.affected).toBeGreaterThanOrEqual(2);
});

test("history: looks are rolled up, and told as uptime and series", async () => {
  const shown = await until("there is a series", async () => {
    const found = await monitor("toko-three");
    return found.series.some(({ kind }) => kind === "page") && found;
  });
  expect(shown.state).toBe("up");
  expect(shown.probes.map(({ kind }) => kind)).toEqual([
    "page",
    "api",
    "auth",
    "database",
    "project",
    "workflows",
    "deployment",
  ]);
  const of = (slug: string) =>
    monitor(slug).then(({ uptime }) => uptime.find(({ range }) => range === "24h")?.share ?? 0);
  expect(await of("toko-three")).toBe(1);
  expect(await of("toko-one")).toBeLessThan(1); // it was killed
});

test("a message that does not arrive is sent again, under the same id", async () => {
  heard = [];
  refuses = 1;
  const owner = hub.as("owner");
  const [hook] = (await owner.call("listWebhooks", {})).items;
  if (hook === undefined) throw new Error("The webhook is gone.");
  const failed = await owner.call("testWebhook", { params: { id: hook.id }, body: {} });
  expect(failed).toMatchObject({ attempts: 1, status: 500, problem: "The receiver answered 500." });
  await sql.query("update atoll.webhook_deliveries set due_at = clock_timestamp() where id = $1", [
    failed.id,
  ]);
  await until("it came", async () => heard.length > 0);
  expect(heard).toMatchObject([{ id: failed.id, type: "test", isSigned: true }]);
  const { items } = await owner.call("listDeliveries", { params: { id: hook.id } });
  expect(items.find(({ id }) => id === failed.id)).toMatchObject({ attempts: 2, status: 204 });
});

test("the secret of a webhook is shown once, and stands nowhere in the clear", async () => {
  const { items } = await hub.as("owner").call("listWebhooks", {});
  expect(JSON.stringify(items)).not.toContain(secret);
  const { rows } = await sql.query(
    "select w::text as text from atoll.webhooks w union all select a::text from atoll.audit a",
  );
  const all = JSON.stringify(rows);
  expect(all).not.toContain(secret);
  expect(all).not.toContain(Buffer.from(secret.slice(6), "base64").toString("hex"));
  await expect(hub.as("operator").call("listWebhooks", {})).rejects.toMatchObject({
    problem: { status: 403 },
  });
});

test("an incident that is acknowledged and silenced ends without a word", async () => {
  const [id] = (await idOf("toko-two", "n8n.workflow")).split("/");
  const n8n = (act: string) =>
    fetch(`${cloud.url}/n8n/api/v1/workflows/${id}/${act}`, {
      method: "POST",
      headers: { "x-n8n-api-key": cloud.tokens.n8n, "content-type": "application/json" },
      body: "{}",
    });
  heard = [];
  await n8n("unpublish");
  const begun = await until("it is open", async () => (await overview()).incidents[0]);
  await expect(
    hub.as("viewer").call("acknowledgeIncident", { params: { id: begun.id }, body: {} }),
  ).rejects.toMatchObject({ problem: { status: 403 } });
  const noted = await hub
    .as("operator")
    .call("acknowledgeIncident", { params: { id: begun.id }, body: { silenceMinutes: 60 } });
  expect(noted.acknowledgedBy).toContain("operator");
  await n8n("publish");
  await until("it is over", async () => (await overview()).incidents.length === 0);
  await until("its beginning was told", async () => heard.length > 0);
  expect(heard.map(({ type }) => type)).toEqual(["incident.opened"]);
  const { items } = await hub.as("viewer").call("listAudit", { query: { subject: `incident/${begun.id}` } });
  expect(items).toMatchObject([{ action: "incident.acknowledge" }]);
});

test("run times are told by step, with a budget", async () => {
  const { kinds } = await hub.as("viewer").call("listRunTimes", { query: { days: 1 } });
  const [provision] = kinds;
  expect(provision).toMatchObject({
    kind: "provision",
    runs: slugs.length,
    budgetMs: 120_000,
    isOver: false,
  });
  expect(provision?.steps.find(({ step }) => step === "project")).toMatchObject({ runs: slugs.length });
});
