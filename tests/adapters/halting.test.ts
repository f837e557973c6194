import type { Halting } from "@atoll/core/resource";
import { Secret } from "@atoll/core/secret";
import { workflow } from "@atoll/n8n/workflow";
import { site } from "@atoll/netlify/site";
import { database } from "@atoll/supabase/database";
import { project as supabaseProject } from "@atoll/supabase/project";
import { project as vercelProject } from "@atoll/vercel/project";
import { createClient } from "@supabase/supabase-js";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cloudWithAdapters, faultOf } from "./adapters.ts";

let on: Awaited<ReturnType<typeof cloudWithAdapters>>;
beforeAll(async () => {
  on = await cloudWithAdapters({ supabasePlan: "free" });
});
afterAll(() => on?.close());

function haltingOf(resource: { halting?: Halting }): Halting {
  if (resource.halting === undefined) throw new Error("It cannot be halted.");
  return resource.halting;
}
const team = "teamId=team_atoll";
/** Waits, as the engine does, until it is not settling any more. */
const settled = async (halting: Halting, id: string) => {
  for (let looks = 0; looks < 500; looks++) {
    const seen = await halting.observe(id);
    if (seen.is !== "settling") return seen;
    await new Promise((resolve) => setTimeout(resolve, seen.retryInMs));
  }
  throw new Error("It does not settle.");
};
const writes = async (provider: string): Promise<string[]> =>
  (await on.cloud.call("GET", `/control/log?provider=${provider}&writes=1`)).body.map(
    (each: { method: string; path: string }) => `${each.method} ${each.path}`,
  );
const forget = () => on.cloud.call("DELETE", "/control/log");

describe("vercel.project", () => {
  test("is paused and resumed, each once, and a new deployment does not take the address meanwhile", async () => {
    const { id, name, repoId } = await on.vercelProject();
    const halting = haltingOf(vercelProject(on.api.vercel));
    const deploy = async (): Promise<{ id: string; alias: string[] }> => {
      const source = { gitSource: { type: "github", repoId, ref: "main" } };
      const { body } = await on.behind.vercel(`POST /v13/deployments?forceNew=1&${team}`, {
        ...{ name, project: id, target: "production" },
        ...source,
      });
      const look = async () => (await on.behind.vercel(`GET /v13/deployments/${body.id}?${team}`)).body;
      await expect.poll(async () => (await look()).readyState, { timeout: 20_000 }).toBe("READY");
      return await look();
    };
    const first = await deploy();
    const url = `http://${first.alias[0]}`;
    expect((await fetch(url)).status).toBe(200);
    await forget();
    expect(await halting.observe(id)).toEqual({ is: "going" });
    await halting.halt(id);
    await halting.halt(id);
    expect(await halting.observe(id)).toEqual({ is: "halted" });
    expect((await fetch(url)).status).toBe(503);
    expect(await writes("vercel")).toEqual([`POST /v1/projects/${id}/pause`]);
    const second = await deploy();
    expect((await fetch(url)).status).toBe(503);
    await forget();
    await halting.resume(id);
    await halting.resume(id);
    expect(await writes("vercel")).toEqual([`POST /v1/projects/${id}/unpause`]);
    expect((await fetch(url)).status).toBe(200);
    const { body } = await on.behind.vercel(`GET /v9/projects/${id}?${team}`);
    expect([body.targets.production.id, second.id === first.id]).toEqual([first.id, false]);
  });

  test("is not paused when it is gone", async () => {
    const halting = haltingOf(vercelProject(on.api.vercel));
    expect(await faultOf(halting.halt("prj_none"))).toMatchObject({ kind: "rejected" });
  });
});

describe("netlify.site", () => {
  test("is disabled and enabled, each once", async () => {
    const { id, url } = await on.netlifySite();
    const halting = haltingOf(site(on.api.netlify, { account: "atoll", installationId: 4711 }));
    await expect.poll(async () => (await fetch(url)).status, { timeout: 20_000 }).toBe(200);
    await forget();
    expect(await halting.observe(id)).toEqual({ is: "going" });
    await halting.halt(id);
    await halting.halt(id);
    expect(await halting.observe(id)).toEqual({ is: "halted" });
    expect((await fetch(url)).status).toBe(503);
    await halting.resume(id);
    await halting.resume(id);
    expect((await fetch(url)).status).toBe(200);
    expect(await writes("netlify")).toEqual(
      [`PUT /sites/${id}/disable`, `PUT /sites/${id}/enable`].map((each) =>
        each.replace("/sites", "/api/v1/sites"),
      ),
    );
  });
});

describe("n8n.workflow", () => {
  test("has no webhook while it is halted, and the same one afterwards", async () => {
    const nodes = [
      {
        id: "hook",
        name: "Hook",
        type: "n8n-nodes-base.webhook",
        typeVersion: 2,
        position: [0, 0],
        parameters: { path: "halting", httpMethod: "POST" },
      },
    ];
    const at = { instance: "abcdefghij0123456789", name: "Toko mail" };
    const resource = workflow(on.api.n8n);
    const want = { workflow: { name: at.name, nodes, connections: {}, settings: {} }, active: true };
    const id = await resource.apply({ at, want, live: undefined, changes: [] });
    const halting = haltingOf(resource);
    const hook = async () => (await on.cloud.call("POST", "/n8n/webhook/halting", {})).status;
    expect([await halting.observe(id), await hook()]).toEqual([{ is: "halted" }, 404]);
    await halting.resume(id);
    expect([await halting.observe(id), await hook()]).toEqual([{ is: "going" }, 200]);
    await forget();
    await halting.halt(id);
    await halting.halt(id);
    expect([await halting.observe(id), await hook()]).toEqual([{ is: "halted" }, 404]);
    expect(await writes("n8n")).toHaveLength(1);
    await halting.resume(id);
    expect(await hook()).toBe(200);
  });
});

describe("supabase.project", () => {
  const password = "CanaryDatabasePassword4711abcdef";
  const want = { region: "eu-west-3", databasePassword: new Secret("database password", password) };
  let made = 0;
  async function readyProject() {
    const at = { instance: "abcdefghij0123456789", name: `client-halt${++made}-prod-k3j9x2m5q8w1` };
    const resource = supabaseProject(on.api.supabase);
    const ref = await resource.apply({ at, want, live: undefined, changes: [] });
    const within = { instance: at.instance, name: "database", within: ref };
    await expect
      .poll(async () => (await database(on.api.supabase).observe(within)).is, { timeout: 20_000 })
      .toBe("present");
    return { at: { ...at, id: ref }, ref, within, resource };
  }

  test("paused: API, sign-in and database refuse; resumed: the same rows and the same passwords", async () => {
    const { at, ref, resource, within } = await readyProject();
    const halting = haltingOf(resource);
    const query = (text: string) =>
      on.cloud.manage("POST", `/projects/${ref}/database/query`, { query: text });
    await query(
      "create table notes (text text); insert into notes values ('kept'); grant all on notes to service_role",
    );
    const keys = (await on.cloud.manage("GET", `/projects/${ref}/api-keys?reveal=true`)).body;
    const secret = keys.find((each: { type: string }) => each.type === "secret").api_key;
    const publishable = keys.find((each: { type: string }) => each.type === "publishable").api_key;
    const url = `${on.cloud.url()}/supabase/projects/${ref}`;
    const options = { auth: { persistSession: false, autoRefreshToken: false } };
    const admin = createClient(url, secret, options);
    const person = { email: "owner@toko.example", password: "a long enough word" };
    await admin.auth.admin.createUser({ ...person, email_confirm: true });
    const [pooler] = (await on.cloud.manage("GET", `/projects/${ref}/config/database/pooler`)).body;
    const direct = () =>
      new pg.Client({
        ...{ host: pooler.db_host, port: pooler.db_port, user: pooler.db_user, database: pooler.db_name },
        password,
      });
    const open = direct();
    const ended = new Promise((resolve) => open.once("end", resolve));
    open.on("error", () => {});
    await open.connect();

    expect(await halting.observe(ref)).toEqual({ is: "going" });
    await halting.halt(ref);
    await halting.halt(ref); // while it is on its way
    // Or over already, on a machine that is busy.
    const seenSoon = await halting.observe(ref);
    expect(seenSoon).toMatchObject(
      seenSoon.is === "halted" ? {} : { is: "settling", why: "Supabase says PAUSING" },
    );
    expect(await settled(halting, ref)).toEqual({ is: "halted" });
    await halting.halt(ref);
    await ended;
    expect(await faultOf(direct().connect())).toMatchObject({ code: "55000" });
    expect((await admin.from("notes").select()).status).toBe(503);
    const signIn = () => createClient(url, publishable, options).auth.signInWithPassword(person);
    expect((await signIn()).error?.status).toBe(503);
    expect((await fetch(`${url}/auth/v1/verify?token=x&type=magiclink`)).status).toBe(503);
    expect((await query("select 1")).status).toBe(400);

    // For everything else it is there, and says why it does not answer.
    const seen = await resource.observe(at);
    expect(seen).toMatchObject({ is: "present", owner: "us", attrs: { status: "INACTIVE" } });
    expect(await faultOf(database(on.api.supabase).observe(within))).toMatchObject({ kind: "rejected" });

    await halting.resume(ref);
    await halting.resume(ref);
    expect(await settled(halting, ref)).toEqual({ is: "going" });
    expect((await admin.from("notes").select()).data).toEqual([{ text: "kept" }]);
    expect((await signIn()).data.user?.email).toBe(person.email);
    const again = direct();
    await again.connect();
    await again.end();
    await resource.remove(ref);
  });

  test("one that is gone is not halted", async () => {
    const halting = haltingOf(supabaseProject(on.api.supabase));
    expect(await faultOf(halting.halt("aaaaaaaaaaaaaaaaaaaa"))).toMatchObject({ kind: "rejected" });
  });

  test("one that is still being paused is not resumed, and says so", async () => {
    const { ref, resource } = await readyProject();
    const halting = haltingOf(resource);
    await halting.halt(ref);
    await on.cloud.call("POST", "/control/latency", { supabaseReadyMs: 60_000 });
    try {
      expect(await faultOf(halting.resume(ref))).toMatchObject({
        kind: "rejected",
        what: expect.stringContaining("PAUSING"),
      });
    } finally {
      await on.cloud.call("POST", "/control/latency", { supabaseReadyMs: 60 });
    }
    await resource.remove(ref);
  });
});

describe("supabase.project of a paid organisation", () => {
  test("is left going, and says why", async () => {
    const paid = await cloudWithAdapters({ supabasePlan: "pro" });
    try {
      const { body } = await paid.cloud.call("POST", "/control/plant", {
        provider: "supabase",
        name: "paid",
      });
      const halting = haltingOf(supabaseProject(paid.api.supabase));
      expect(await halting.observe(body.ref)).toEqual({
        is: "refused",
        why: expect.stringContaining('on the plan "pro"'),
      });
      expect(await faultOf(halting.halt(body.ref))).toMatchObject({
        kind: "rejected",
        what: expect.stringContaining("cannot be paused"),
      });
      const { status } = (await paid.cloud.manage("GET", `/projects/${body.ref}`)).body;
      expect(status).toBe("ACTIVE_HEALTHY");
    } finally {
      await paid.close();
    }
  });
});
