import { Secret } from "@atoll/core/secret";
import { localTokens } from "@atoll/local-cloud/kit/settings";
import { testCloud } from "@atoll/local-cloud/testing/cloud";
import { scripted } from "@atoll/provider-kit/testing/scripted";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { supabaseApi } from "./api.ts";
import { database } from "./database.ts";
import { project } from "./project.ts";
import { sqlSession } from "./sql-session.ts";
import { drive, ensure, instance, wantProject } from "./testing/drive.ts";
import { databaseUsage, type RequestUsage, requestUsage } from "./usage.ts";

let cloud: Awaited<ReturnType<typeof testCloud>>;
let driven: ReturnType<typeof drive>;
let ref: string;
let secretKey: string;

beforeAll(async () => {
  cloud = await testCloud();
  driven = drive(cloud, localTokens.supabase);
  ref = (await ensure(project(driven.api), driven.nextAt(), wantProject)).id;
  await ensure(database(driven.api), { instance, name: "database", within: ref }, {});
  const { body } = await cloud.manage("GET", `/projects/${ref}/api-keys?reveal=true`);
  secretKey = body.find(({ type }: { type: string }) => type === "secret").api_key;
});
afterAll(() => cloud?.close());

const ask = (method: string, path: string, body?: unknown) =>
  cloud.call(method, `/supabase/projects/${ref}${path}`, body, { apikey: secretKey });

function sums(usage: RequestUsage | undefined) {
  const steps = usage?.steps ?? [];
  const of = (name: "auth" | "realtime" | "rest" | "storage") =>
    steps.reduce((total, step) => total + step[name], 0);
  return { auth: of("auth"), realtime: of("realtime"), rest: of("rest"), storage: of("storage") };
}

const now = Date.now;

describe("requests", () => {
  it("are counted by API, also the refused ones, in steps without gaps", async () => {
    const before = sums(await requestUsage(driven.api, ref, { interval: "1day", now }));
    for (let times = 0; times < 3; times++) await ask("GET", "/rest/v1/none");
    await ask("GET", "/auth/v1/settings");
    await ask("GET", "/storage/v1/bucket");
    await cloud.call("GET", `/supabase/projects/${ref}/rest/v1/none`);
    const counts = { auth: before.auth + 1, realtime: 0, rest: before.rest + 4, storage: before.storage + 1 };
    for (const [interval, steps] of [
      ["1hr", 60],
      ["1day", 24],
      ["3day", 72],
      ["7day", 7],
    ] as const) {
      const usage = await requestUsage(driven.api, ref, { interval, now });
      expect(sums(usage)).toEqual(counts);
      expect(usage?.steps).toHaveLength(steps);
    }
    // Nothing of it is another project's, and nothing is lost by a restart.
    expect(await requestUsage(driven.api, "a".repeat(20), { interval: "1day", now })).toBeUndefined();
    await cloud.restart();
    driven = drive(cloud, localTokens.supabase);
    expect(sums(await requestUsage(driven.api, ref, { interval: "1day", now }))).toEqual(counts);
  });

  it("fall into the right step, whatever zone their time has, and those outside into none", async () => {
    const row = (timestamp: string) => ({
      timestamp,
      total_auth_requests: 1,
      total_realtime_requests: 2,
      total_rest_requests: 3,
      total_storage_requests: 4,
    });
    const { fetch, calls } = scripted(() => ({
      body: {
        result: [
          row("2026-11-21T08:00:00.000Z"),
          row("2026-11-21T07:00:00"),
          row("2026-11-21 07:00:00"),
          row("2026-11-20T08:00:00Z"),
        ],
      },
    }));
    const api = supabaseApi({ token: new Secret("SUPABASE_TOKEN", "token"), organization: "o", fetch });
    const usage = await requestUsage(api, ref, {
      interval: "1day",
      now: () => Date.UTC(2026, 10, 21, 8, 59, 59),
    });
    expect(calls[0]?.query).toEqual({ interval: "1day" });
    expect(usage).toMatchObject({
      fromMs: Date.UTC(2026, 10, 20, 9),
      toMs: Date.UTC(2026, 10, 21, 9),
      stepMs: 3_600_000,
    });
    expect(usage?.steps.slice(-2)).toEqual([
      { fromMs: Date.UTC(2026, 10, 21, 7), auth: 2, realtime: 4, rest: 6, storage: 8 },
      { fromMs: Date.UTC(2026, 10, 21, 8), auth: 1, realtime: 2, rest: 3, storage: 4 },
    ]);
    expect(sums(usage)).toMatchObject({ auth: 3 });
  });
});

describe.each(["endpoint", "direct"] as const)("a database, by %s", (mode) => {
  it("is measured with its rows and users, by looks alone", async () => {
    const [pooler] = (await cloud.manage("GET", `/projects/${ref}/config/database/pooler`)).body;
    const databaseUrl = `postgresql://${pooler.db_user}@${pooler.db_host}:${pooler.db_port}/${pooler.db_name}`;
    const session = await sqlSession(driven.api, { mode, databaseUrl })({
      within: ref,
      access: wantProject.databasePassword,
    });
    try {
      await session.query('drop table if exists public."odd ""name"; drop table if exists public.plain');
      const before = await databaseUsage(session);
      await session.query(
        `create table public."odd ""name" as select n from generate_series(1, 120) n;
         create table public.plain (n integer); insert into public.plain values (1), (2)`,
      );
      for (const name of ["ana", "ben"])
        await ask("POST", "/auth/v1/admin/users", {
          email: `${name}-${mode}@client.example`,
          password: "Wellen-und-Sand-17",
          email_confirm: true,
        });
      await ask("POST", "/auth/v1/token?grant_type=password", {
        email: `ana-${mode}@client.example`,
        password: "Wellen-und-Sand-17",
      });
      const after = await databaseUsage(session);
      expect(after.rows - before.rows).toBe(122);
      expect(after.users - before.users).toBe(2);
      expect(after.activeUsers - before.activeUsers).toBe(1);
      expect(after.sizeBytes).toBeGreaterThan(before.sizeBytes);
      expect(after.atMs).toBeGreaterThan(Date.now() - 3_600_000);
    } finally {
      await session.close();
    }
  });
});
