import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { TarFile } from "@atoll/archive/tar";
import { packTar, unpackTar } from "@atoll/archive/tar";
import { listen } from "@atoll/hub/serve";
import { hubApp } from "@atoll/hub/server/app";
import { type TestHub, testHub } from "@atoll/hub/testing/hub";
import { testDatabase } from "@atoll/postgres/testing";
import { createClient } from "@supabase/supabase-js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { atollIn } from "../support/atoll.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";

const databaseUrl = await testDatabase();
const storage = mkdtempSync(path.join(tmpdir(), "atoll-exports-"));
// Of the fourth shop, somebody is the first admin who is one of the people in the first.
const ownerOf = (slug: string) =>
  slug === "shop-four" ? "ani@people.example" : `owner@${slug.replace(/-.*/, "")}.example`;
const limits = { files: 10_000, fileBytes: 2 ** 28, bytes: 2 ** 30 };
let cloud: TestCloud;
let hub: TestHub;

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits"]);
  hub = await testHub(
    { ATOLL_HOME: cloud.home, DATABASE_URL: databaseUrl, PATH: process.env.PATH, ATOLL_BACKUPS: storage },
    { worker: true },
  );
  await Promise.all(
    ["shop-one", "shop-two", "shop-three", "shop-four"].map((slug) => provision("shop", slug)),
  );
  await provision("community", "town-one");
  await fill("shop-one");
}, 180_000);
afterAll(async () => {
  await hub?.stop();
  await cloud?.stop();
  rmSync(storage, { recursive: true, force: true });
});

async function provision(blueprint: "shop" | "community", slug: string): Promise<void> {
  const more = blueprint === "shop" ? { currency: "IDR" } : { city: "Lyon", mapCenter: "45.76, 4.83" };
  const answers = { name: slug, slug, adminEmail: ownerOf(slug), ...more };
  const run = await hub.as("operator").call("createInstance", { body: { blueprint, answers } });
  expect(await hub.runtime.journal.wait(run.id)).toMatchObject({ state: "succeeded" });
}

async function attrs(slug: string, step: string): Promise<Record<string, string>> {
  const resources = await hub.runtime.journal.resources(slug);
  return resources.find((each) => each.step === step)?.attrs as Record<string, string>; // as the adapters give them
}

async function byHand(slug: string, query: string): Promise<Record<string, unknown>[]> {
  const { ref } = await attrs(slug, "project");
  const answer = await fetch(`${cloud.url}/supabase/v1/projects/${ref}/database/query`, {
    method: "POST",
    headers: { authorization: `Bearer ${cloud.tokens.supabase}`, "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as Record<string, unknown>[]; // rows of the last statement
}

/** Rows in several tables, and two people with passwords of their own. */
async function fill(slug: string): Promise<void> {
  await byHand(
    slug,
    `insert into customers (name, email) select 'Customer "' || n || E'"\\n\\ttab', 'c' || n || '@customer.example' from generate_series(1, 500) n;
     insert into instance_config (key, value, value_type, is_secret) values ('PAYMENT_KEY', to_jsonb('very-secret-key'::text), 'text', true)`,
  );
  const { url = "" } = await attrs(slug, "project");
  const { secret } = (await attrs(slug, "api-keys")) as unknown as { secret: { expose(): string } };
  const admin = createClient(url, secret.expose(), { auth: { persistSession: false } });
  for (const email of ["ani@people.example", "budi@people.example"]) {
    const { error } = await admin.auth.admin.createUser({
      email,
      password: `correct horse of ${email}`,
      email_confirm: true,
    });
    expect(error).toBeNull();
  }
}

async function signsIn(slug: string, email: string): Promise<boolean> {
  const { url = "" } = await attrs(slug, "project");
  const { publishable = "" } = await attrs(slug, "api-keys");
  const client = createClient(url, publishable, { auth: { persistSession: false, autoRefreshToken: false } });
  return (
    (await client.auth.signInWithPassword({ email, password: `correct horse of ${email}` })).error === null
  );
}

/** How a run ended; one that is refused before it is begun says so in the same words. */
async function start(kind: "export" | "import", slug: string, input: Record<string, unknown>) {
  const run = await hub
    .as("operator")
    .call("startRun", { params: { slug }, body: { kind, input } })
    .catch((error: { problem: { title: string; next?: string; field?: string } }) => error.problem);
  if (!("id" in run)) return { state: "refused", id: "", faultOf: { what: run.title, ...run } };
  const ended = await hub.runtime.journal.wait(run.id);
  return { ...ended, faultOf: ended.steps.find(({ fault }) => fault)?.fault ?? ended.fault };
}

const bytes = async (content: AsyncIterable<Uint8Array>) => {
  const pieces: Uint8Array[] = [];
  for await (const piece of content) pieces.push(piece);
  return Buffer.concat(pieces);
};

const downloaded = (id: string, from = 0) =>
  bytes(hub.as("operator").download("downloadExport", { params: { id } }, { from }));

/** What a tar holds, by name without its folder. */
async function filesOf(tar: Buffer): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for await (const { name, content } of unpackTar(new Blob([new Uint8Array(tar)]).stream(), limits))
    files.set(name.slice(name.indexOf("/") + 1), await bytes(content));
  return files;
}

const packedAs = async (files: Map<string, Buffer>) =>
  bytes(
    packTar(
      [...files].map(
        ([name, content]): TarFile => ({
          name: `x/${name}`,
          sizeBytes: content.length,
          content: () => [content],
        }),
      ),
      new Date(0),
    ),
  );

const sent = (tar: Buffer) =>
  hub.as("operator").call("uploadArchive", { body: new Blob([new Uint8Array(tar)]) });

/** Everything that the tables of an instance hold. */
async function rowsOf(slug: string): Promise<Record<string, unknown>> {
  const tables = await byHand(
    slug,
    `select table_schema || '.' || table_name as name from information_schema.tables where table_type = 'BASE TABLE'
       and (table_schema = 'public' and table_name not like 'schema\\_%' or table_schema = 'auth' and table_name in ('users', 'identities')) order by 1`,
  );
  const all: Record<string, unknown> = {};
  for (const { name } of tables) {
    const where = name === "public.instance_config" ? `where key not like 'ATOLL\\_%'` : "";
    // The mark says whose account it is, and putting it there is a change of that row.
    const row =
      name === "auth.users"
        ? "to_jsonb(t) - 'updated_at' #- '{raw_app_meta_data,atoll_instance}'"
        : name === "public.users"
          ? "to_jsonb(t) - 'updated_at'"
          : "to_jsonb(t)";
    all[String(name)] = (
      await byHand(slug, `select (${row})::text as row from ${name} t ${where} order by 1`)
    ).map((each) => each.row);
  }
  return all;
}

const lying = () =>
  readdirSync(storage, { recursive: true })
    .map(String)
    .filter((name) => /\.(gz|sealed|json|hmac)$/.test(name));

describe("an export", () => {
  test("is a tar of everything, given to operators, from any byte on; it is sealed where it lies", async () => {
    const run = await start("export", "shop-one", {});
    expect(run).toMatchObject({ state: "succeeded" });
    const { items } = await hub.as("viewer").call("listExports", { params: { slug: "shop-one" } });
    expect(items).toMatchObject([{ id: run.id, form: "archive", state: "ready", slug: "shop-one" }]);
    await expect(hub.as("viewer").call("removeExport", { params: { id: run.id } })).rejects.toMatchObject({
      problem: { status: 403 },
    });
    await expect(
      bytes(hub.as("viewer").download("downloadExport", { params: { id: run.id } })),
    ).rejects.toMatchObject({ problem: { status: 403 } });

    const tar = await downloaded(run.id);
    expect(await downloaded(run.id, 12_345)).toEqual(tar.subarray(12_345));
    const files = await filesOf(tar);
    const manifest = JSON.parse(files.get("manifest.json")?.toString() ?? "{}");
    expect(manifest).toMatchObject({ kind: "export", secrets: "included", moment: { is: "one" } });
    const customers = gunzipSync(
      files.get("tables/public.customers.00001.ndjson.gz") ?? Buffer.alloc(0),
    ).toString();
    expect(customers.trimEnd().split("\n")).toHaveLength(500);
    expect([...files.keys()].filter((name) => name.startsWith("workflows/")).length).toBeGreaterThan(0);
    for (const name of lying())
      if (name.startsWith(`exports/${run.id}/`)) expect(name).toMatch(/\.sealed$|seal\.json$/);

    const { items: audit } = await hub
      .as("owner")
      .call("listAudit", { query: { subject: "instance/shop-one" } });
    expect(audit.filter(({ action }) => action === "export.download")).toHaveLength(2);
  });

  test("as a take-out holds no password, no secret of the vault and no secret column", async () => {
    await byHand(
      "town-one",
      "insert into federation_peers (name, url, shared_secret) values ('Next', 'https://next.example', 'sixteen-or-more-secret')",
    );
    const run = await start("export", "town-one", { form: "take-out" });
    expect(run).toMatchObject({ state: "succeeded" });
    const files = await filesOf(await downloaded(run.id));
    const all = [...files]
      .map(([name, content]) => (name.endsWith(".gz") ? gunzipSync(content) : content).toString())
      .join("\n");
    expect(all).toContain("https://next.example");
    expect(all).toContain(ownerOf("town-one"));
    expect(all).not.toContain("sixteen-or-more-secret");
    expect(all).not.toContain("$2");
    const manifest = JSON.parse(files.get("manifest.json")?.toString() ?? "{}");
    expect(manifest.secrets).toBe("left-out");
    // Nobody makes an instance of it by mistake.
    const { id } = await sent(await packedAs(files));
    expect((await start("import", "shop-two", { upload: id })).faultOf?.what).toContain("take-out");
  });

  test("with SQL is refused at once where pg_dump is missing or too old, and for a take-out", async () => {
    const { items } = await hub
      .as("operator")
      .call("planRun", { params: { slug: "shop-one" }, body: { kind: "export", input: { sql: true } } });
    // Which pg_dump is installed is the machine's: it is used, or the plan says why not.
    const [first] = items;
    if (first?.does === "blocked") expect(first).toMatchObject({ why: expect.stringContaining("pg_dump") });
    else expect(first).toMatchObject({ does: "create" });
    await expect(
      hub.as("operator").call("startRun", {
        params: { slug: "shop-one" },
        body: { kind: "export", input: { sql: true, form: "take-out" } },
      }),
    ).rejects.toMatchObject({ problem: { field: "sql" } });
  });

  test("is gone after its time, and when somebody removes it", async () => {
    const run = await start("export", "town-one", {});
    const here = () => lying().filter((name) => name.includes(run.id)).length;
    expect(here()).toBeGreaterThan(2);
    await hub.hub.store
      .updateTable("exports")
      .set({ expires_at: new Date(0) })
      .where("id", "=", run.id)
      .execute();
    await hub.runtime.exports.sweep();
    expect(here()).toBe(0);
    await expect(downloaded(run.id)).rejects.toMatchObject({ problem: { next: "Make a new one." } });
  });
});

describe("an import", () => {
  test("into a fresh instance gives equal data: people sign in with their passwords, and nothing drifts", async () => {
    const made = await start("export", "shop-one", {});
    const { id, ...about } = await sent(await downloaded(made.id));
    expect(about).toMatchObject({ slug: "shop-one", blueprint: "shop", kind: "export" });
    const before = await rowsOf("shop-one");
    const run = await start("import", "shop-two", { upload: id });
    expect(run.faultOf).toBeUndefined();
    expect(run).toMatchObject({ state: "succeeded" });
    expect(await rowsOf("shop-two")).toEqual(before);
    expect(await signsIn("shop-two", "ani@people.example")).toBe(true);
    expect(await hub.runtime.journal.drift("shop-two")).toEqual([]);
    // Neither what was sent in nor what was there before stays.
    expect(lying().filter((name) => name.includes(id) || name.startsWith("imports/"))).toEqual([]);

    // A second one finds it in use, and writes over nothing.
    const again = await sent(await downloaded(made.id));
    expect((await start("import", "shop-two", { upload: again.id })).faultOf).toMatchObject({
      field: "slug",
      what: expect.stringContaining("in use"),
    });
  });

  test("of an archive that is damaged leaves the instance as it was", async () => {
    const made = await start("export", "shop-one", {});
    const files = await filesOf(await downloaded(made.id));
    const before = await rowsOf("shop-three");
    const name = "tables/public.customers.00001.ndjson.gz";
    const changed = new Map(files).set(
      name,
      gzipSync(
        gunzipSync(files.get(name) ?? Buffer.alloc(0))
          .toString()
          .replace("Customer", "Costumer"),
      ),
    );
    const { id } = await sent(await packedAs(changed));
    const run = await start("import", "shop-three", { upload: id });
    expect(["refused", "undone"]).toContain(run.state);
    // Found before anything was touched.
    expect(run.faultOf?.what).toContain(name);
    expect(await rowsOf("shop-three")).toEqual(before);

    // Rows that do not fit together, with checksums that say that they are right.
    const { createHash } = await import("node:crypto");
    const manifest = JSON.parse(files.get("manifest.json")?.toString() ?? "{}");
    const users = manifest.parts.find((part: { of: string }) => part.of === "public.users");
    const rows = gunzipSync(files.get(users.name) ?? Buffer.alloc(0)).toString();
    const foreign = gzipSync(rows.replace(/[0-9a-f]{8}-[0-9a-f]{4}/, "00000000-0000"));
    Object.assign(users, {
      sha256: createHash("sha256").update(foreign).digest("hex"),
      sizeBytes: foreign.length,
    });
    const forged = new Map(files)
      .set(users.name, foreign)
      .set("manifest.json", Buffer.from(JSON.stringify(manifest)));
    const other = await sent(await packedAs(forged));
    const second = await start("import", "shop-three", { upload: other.id });
    expect(second).toMatchObject({ state: "refused" });
    expect(await rowsOf("shop-three")).toEqual(before);
    expect(lying().filter((each) => each.startsWith("imports/"))).toEqual([]);
  });

  test("takes nothing that is no archive, and leaves nothing of it", async () => {
    const count = () => lying().filter((name) => name.startsWith("uploads/")).length;
    const before = count();
    const hostile: [string, Map<string, Buffer>][] = [
      ["../../../out.gz", new Map([["a", Buffer.from("x")]])],
      ["sealed", new Map([["seal.json", Buffer.from("{}")]])],
      ["stranger", new Map([["run.sh", Buffer.from("x")]])],
      ["no manifest", new Map([["tables/public.a.00001.ndjson.gz", gzipSync("[]\n")]])],
      ["no JSON", new Map([["manifest.json", Buffer.from("no")]])],
    ];
    for (const [why, files] of hostile)
      await expect(sent(await packedAs(files)), why).rejects.toMatchObject({ problem: { status: 422 } });
    const out = await bytes(
      packTar([{ name: "../out.gz", sizeBytes: 1, content: () => [Buffer.from("x")] }], new Date(0)),
    );
    await expect(sent(out)).rejects.toMatchObject({ problem: { status: 422, field: "archive" } });
    expect(count()).toBe(before);
    const answer = await hub.send("/api/uploads", {
      method: "POST",
      headers: { authorization: `Bearer ${hub.keys.get("operator")}`, "content-type": "application/json" },
      body: "{}",
    });
    expect(answer.status).toBe(415);
    await expect(hub.as("viewer").call("uploadArchive", { body: new Blob(["x"]) })).rejects.toMatchObject({
      problem: { status: 403 },
    });
  });
});

describe("from the command line", () => {
  const place = mkdtempSync(path.join(tmpdir(), "atoll-exports-cli-"));
  afterAll(() => rmSync(place, { recursive: true, force: true }));
  const at = (name: string) => path.join(place, name);

  test("an instance goes into a folder, and out of it into a fresh one", async () => {
    const env = { DATABASE_URL: databaseUrl, ATOLL_BACKUPS: storage };
    const atoll = atollIn(
      () => cloud.home,
      () => env,
    );
    const exported = await atoll("export", "shop-one", "--to", at("one"));
    expect(exported.code, exported.err + exported.out).toBe(0);
    expect(exported.json()).toMatchObject({ state: "succeeded", to: at("one") });
    expect(statSync(at("one/manifest.json")).mode & 0o77).toBe(0);
    const again = await atoll("export", "shop-one", "--to", at("one"));
    expect(again.code, again.out).toBe(2);
    const imported = await atoll("import", "shop-three", at("one"));
    expect(imported.code, imported.err + imported.out).toBe(0);
    expect(await rowsOf("shop-three")).toEqual(await rowsOf("shop-one"));
    expect((await atoll("import", "shop-four", at("nothing.tar"))).code).toBe(2);
  });

  test("the same by a hub that runs elsewhere, with a tar", async () => {
    const app = hubApp({ hub: hub.hub });
    const { port, close } = await listen((request, bindings) => app.fetch(request, bindings), {
      host: "127.0.0.1",
      wanted: 0,
    });
    try {
      const env = {
        ATOLL_URL: `http://127.0.0.1:${port}`,
        ATOLL_API_KEY: hub.keys.get("operator"),
      };
      const atoll = atollIn(
        () => place,
        () => env,
      );
      const exported = await atoll("export", "shop-one", "--to", at("one.tar"));
      expect(exported.code, exported.err + exported.out).toBe(0);
      expect(existsSync(at("one.tar.part"))).toBe(false);
      const imported = await atoll("import", "shop-four", at("one.tar"));
      expect(imported.code, imported.err + imported.out).toBe(0);
      expect(await rowsOf("shop-four")).toEqual(await rowsOf("shop-one"));
      const { items } = await hub.as("operator").call("planInstance", { params: { slug: "shop-four" } });
      expect(items.filter(({ does }) => does === "blocked")).toEqual([]);
    } finally {
      await close();
    }
  });
});
