import { Secret } from "@atoll/core/secret";
import { readMigrations } from "@atoll/fleet/migrations";
import { schema } from "@atoll/fleet/schema";
import { localTokens } from "@atoll/local-cloud/kit/settings";
import { testCloud } from "@atoll/local-cloud/testing/cloud";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { database } from "./database.ts";
import { project } from "./project.ts";
import { sqlSession } from "./sql-session.ts";
import { drive, ensure, faultOf, instance, present, wantProject } from "./testing/drive.ts";

type Mode = Parameters<typeof sqlSession>[1]["mode"];

let cloud: Awaited<ReturnType<typeof testCloud>>;
let driven: ReturnType<typeof drive>;
let within: { instance: string; name: string; within: string };
let local: { host: string; port: number; user: string; database: string };
beforeAll(async () => {
  cloud = await testCloud();
  driven = drive(cloud, localTokens.supabase);
  // The answer to the create is lost: what opens the database must be the password recorded beforehand.
  await driven.order({ kind: "lose-answer", method: "POST", path: "/v1/projects", times: 1 });
  const at = driven.nextAt();
  await faultOf(project(driven.api).apply({ at, want: wantProject, live: undefined, changes: [] }));
  const { id } = await ensure(project(driven.api), at, wantProject);
  within = { instance, name: "schema", within: id };
  await ensure(database(driven.api), within, {});
  const [pooler] = (await cloud.manage("GET", `/projects/${id}/config/database/pooler`)).body;
  local = { host: pooler.db_host, port: pooler.db_port, user: pooler.db_user, database: pooler.db_name };
});
afterAll(() => cloud?.close());

const access = wantProject.databasePassword;
const urlOf = ({ user, host, port, database }: typeof local) =>
  `postgresql://${user}@${host}:${port}/${database}`;
const connect = (mode: Mode) => sqlSession(driven.api, { mode, databaseUrl: urlOf(local) });

async function query(mode: Mode, sql: string) {
  const session = await connect(mode)({ ...within, access });
  try {
    return await session.query(sql);
  } finally {
    await session.close();
  }
}

describe.each<Mode>(["endpoint", "direct", "pooler"])("%s", (mode) => {
  test("gives the rows of the last statement, and takes all statements or none", async () => {
    const table = `public.things_${mode}`;
    expect(
      await query(mode, `create table ${table} (n integer); select 1 as a, 'é' as b, true as c`),
    ).toEqual([{ a: 1, b: "é", c: true }]);
    expect(await query(mode, `insert into ${table} values (1)`)).toEqual([]);
    const fault = await faultOf(query(mode, `insert into ${table} values (2); select 1/0`));
    expect(fault).toMatchObject({ kind: "rejected", what: expect.stringMatching(/22012.*division by zero/) });
    // What stands in the rows is nobody's to read in an error.
    const told = [
      await faultOf(query(mode, `select 'ana@client.example'::integer from ${table}`)),
      await faultOf(
        query(mode, `create unique index on ${table} ((n * 0 + 4711)); insert into ${table} values (2)`),
      ),
    ].map(({ what }) => what);
    expect(told[0]).toContain("22P02");
    expect(told[1]).toContain("23505");
    expect(told.join()).not.toMatch(/ana@client|4711/);
    expect(await query(mode, `select n from ${table}`)).toEqual([{ n: 1 }]);
    await query(mode, `drop table ${table}`);
  });

  test("schema auth is closed", async () => {
    const fault = await faultOf(query(mode, "create table auth.mine ()"));
    expect(fault.what).toContain("42501");
  });

  test("a project that is gone has no schema", async () => {
    const gone = { ...within, within: "a".repeat(20), access };
    const databaseUrl = urlOf({ ...local, database: "project_gone" });
    const resource = schema({ connect: sqlSession(driven.api, { mode, databaseUrl }) });
    expect(await resource.observe(gone)).toEqual({ is: "absent" });
  });
});

test.each<Mode>(["direct", "pooler"])("%s: a wrong password is told without being shown", async (mode) => {
  const wrong = connect(mode)({ ...within, access: new Secret("database password", "wrong4711") });
  expect(await faultOf(wrong)).toMatchObject({
    kind: "sign-in-again",
    what: expect.stringContaining("28P01"),
  });
});

test("an address where nothing listens can be tried again", async () => {
  const databaseUrl = urlOf({ ...local, port: 1 });
  const fault = await faultOf(sqlSession(driven.api, { mode: "direct", databaseUrl })({ ...within, access }));
  expect(fault.kind).toBe("try-again");
});

test("the blueprint's schema goes on through one way and is the same through the others", async () => {
  const folder = new URL("../../../../blueprints/business/migrations/", import.meta.url);
  const want = { migrations: readMigrations(folder) };
  const at = { ...within, access };
  const { attrs } = await ensure(schema({ connect: connect("endpoint") }), at, want);
  expect(attrs.tablesWithoutRls).toEqual([]);
  for (const mode of ["direct", "pooler"] as const)
    expect(await present(schema({ connect: connect(mode) }), at)).toEqual(attrs);
});
