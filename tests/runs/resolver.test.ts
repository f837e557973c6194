import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serveResolver } from "@atoll/hub/resolver/serve";
import { registerByHand } from "@atoll/hub/resolver/testing/rows";
import { type TestHub, testHub } from "@atoll/hub/testing/hub";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { frontEnd } from "../../examples/shared-front-end/server.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";

const databaseUrl = await testDatabase();
const sql = new pg.Pool({ connectionString: databaseUrl, max: 2 });
let cloud: TestCloud;
let hub: TestHub;
let resolver: Awaited<ReturnType<typeof serveResolver>>;
let server: Server;

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits"]);
  hub = await testHub(
    { ATOLL_HOME: cloud.home, DATABASE_URL: databaseUrl, PATH: process.env.PATH },
    { worker: true },
  );
  resolver = await serveResolver({ databaseUrl, env: {}, port: 0 });
  server = frontEnd(resolver.url, { staleMs: 0, byName: true });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  await Promise.all([
    community("saint-ouen", "Saint-Ouen", "48.9118, 2.3340", "La bibliothèque <b>"),
    community("kampung", "Kampung Baru", "-6.2, 106.8", "Balai warga"),
  ]);
}, 120_000);
afterAll(async () => {
  server?.closeAllConnections();
  server?.close();
  await resolver?.close();
  await sql.end();
  await hub?.stop();
  await cloud?.stop();
});

/** A community with one published place, one draft, and an announcement. */
async function community(slug: string, name: string, mapCenter: string, place: string): Promise<void> {
  const answers = { slug, name, mapCenter, city: name, adminEmail: `owner@${slug}.example` };
  const run = await hub.as("operator").call("createInstance", { body: { blueprint: "community", answers } });
  expect(await hub.runtime.journal.wait(run.id)).toMatchObject({ state: "succeeded" });
  const schema = (await hub.runtime.journal.resources(slug)).find(({ kind }) => kind === "postgres.schema");
  const query = `insert into public.places (name, status, latitude, longitude)
      values ('${place}', 'published', 0, 0), ('Draft of ${slug}', 'draft', 0, 0);
    insert into public.announcements (title, body, status, published_at)
      values ('News of ${slug}', 'Come all', 'published', now())`;
  const filled = await fetch(`${cloud.url}/supabase/v1/projects/${schema?.id}/database/query`, {
    method: "POST",
    headers: { authorization: `Bearer ${cloud.tokens.supabase}`, "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  expect(await filled.text()).not.toMatch(/error/);
}

/** Has a server listen; gives its address. */
async function listening(one: Server): Promise<string> {
  await new Promise<void>((resolve) => one.listen(0, "127.0.0.1", resolve));
  const { port } = one.address() as AddressInfo; // it listens on a port
  return `http://127.0.0.1:${port}`;
}

/** The page at an address, as a browser asks for it. */
function visit(
  host: string,
  path = "/",
): Promise<{ status: number | undefined; html: string; again?: string }> {
  const { port } = server.address() as AddressInfo; // it listens on a port
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, path, headers: { host } }, (answer) => {
      let html = "";
      answer.setEncoding("utf8").on("data", (piece) => {
        html += piece;
      });
      const again = answer.headers["retry-after"];
      answer.on("end", () =>
        resolve({ status: answer.statusCode, html, ...(again !== undefined && { again }) }),
      );
    })
      .on("error", reject)
      .end();
  });
}

async function until(host: string, status: number) {
  for (let looks = 0; looks < 250; looks++) {
    const seen = await visit(host);
    if (seen.status === status) return seen;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${host} never was ${status}.`);
}

describe("one front end", () => {
  test("shows each community at its own address, and nothing of the other one", async () => {
    const one = await until("saint-ouen.localhost", 200);
    const other = await until("kampung.localhost:3000", 200);
    expect(one.html).toContain("<h1>Saint-Ouen</h1>");
    expect(one.html).toContain("48.9118, 2.334");
    expect(one.html).toContain("La bibliothèque &lt;b&gt;");
    expect(one.html).toContain("News of saint-ouen");
    expect(one.html).not.toMatch(/kampung|Balai|Draft/i);
    expect(other.html).toContain("Balai warga");
    expect(other.html).not.toMatch(/saint-ouen|bibliothèque|Draft/i);
    expect((await visit("localhost", "/?instance=kampung")).html).toContain("Balai warga");
    // Many at once, in turn: who is served is a matter of the request alone.
    const visits = await Promise.all(
      Array.from({ length: 20 }, (_, n) => visit(n % 2 === 0 ? "saint-ouen.localhost" : "kampung.localhost")),
    );
    for (const [n, { html }] of visits.entries())
      expect(/bibliothèque/.test(html) && !/Balai/.test(html)).toBe(n % 2 === 0);
  });

  test("says what is paused, archived or unknown", async () => {
    const set = (state: string) =>
      sql.query("update atoll.instances set state = $1 where slug = 'kampung'", [state]);
    await set("paused");
    const paused = await until("kampung.localhost", 503);
    expect(paused.again).toBe("60");
    // Its name, in its own language, and nothing else of it.
    expect(paused.html).toContain("Kampung Baru");
    expect(paused.html).toContain("est en pause");
    expect(paused.html).not.toMatch(/Balai|supabase|http/i);
    await set("archived");
    const gone = await until("kampung.localhost", 410);
    expect(gone.html).not.toContain("Balai");
    await set("live");
    await until("kampung.localhost", 200);
    const nobody = await visit("nobody.localhost");
    expect(nobody.status).toBe(404);
    expect((await visit("nobody.localhost:1", "/?instance=never")).html).toBe(nobody.html);
  });
});

test("one front end keeps nothing for names that visitors make up, and refuses what is no address", async () => {
  const asked: string[] = [];
  const behind = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.writeHead(404, { "content-type": "application/problem+json" }).end("{}");
  });
  const strict = frontEnd(await listening(behind));
  try {
    const url = await listening(strict);
    expect((await fetch(`${url}/?instance=made-up`)).status).toBe(404);
    expect(asked).toHaveLength(1);
    expect(asked[0]).not.toContain("instance");
    for (const path of ["//", "//[", "http://"]) {
      const { status } = await visit("saint-ouen.localhost", path);
      expect(status).toBe(400);
    }
  } finally {
    strict.close();
    behind.close();
    strict.closeAllConnections();
    behind.closeAllConnections();
  }
});

test("a slug that is registered by hand stays with whoever has it", async () => {
  await registerByHand(sql, "by-hand");
  const answers = {
    slug: "by-hand",
    name: "By hand",
    mapCenter: "0, 0",
    city: "X",
    adminEmail: "owner@by-hand.example",
  };
  const body = { blueprint: "community", answers };
  await expect(hub.as("operator").call("createInstance", { body })).rejects.toMatchObject({
    problem: { status: 422, field: "slug" },
  });
  expect(await hub.runtime.problemsOf("community", answers, "slug")).toMatchObject([{ field: "slug" }]);
});

test("an instance that is destroyed is as one that never was", async () => {
  const body = { kind: "destroy" as const, confirm: "saint-ouen" };
  const run = await hub.as("operator").call("startRun", { params: { slug: "saint-ouen" }, body });
  expect(await hub.runtime.journal.wait(run.id)).toMatchObject({ state: "succeeded" });
  const shape = async (host: string) => {
    const answer = await fetch(`${resolver.url}/resolve?host=${host}`);
    const headers = [...answer.headers].filter(([name]) => name !== "date").sort();
    return JSON.stringify([answer.status, headers, await answer.text()]);
  };
  await until("saint-ouen.localhost", 404);
  expect(await shape("saint-ouen.localhost")).toBe(await shape("never.localhost"));
});
