import { describe, expect, test } from "vitest";
import { readMigrations } from "../migrations.ts";
import { lintMigrations } from "./lint.ts";
import { squawkProgram } from "./squawk.ts";
import { before, closed, found, given, made, migrations } from "./testing.ts";

describe("which tables count", () => {
  const widen =
    "alter table public.t alter column id type text;\ncreate index i on public.t (id);\ndelete from public.t;";

  test("what pending migrations make themselves is empty, and nobody waits for it", async () => {
    const all = migrations(`${made}${closed}${given}`, widen);
    expect(await lintMigrations(all)).toEqual([]);
    expect((await lintMigrations(all, { from: 1 })).map(({ rule }) => rule)).toEqual([
      "changing-column-type",
      "require-concurrent-index-creation",
      "data-loss",
    ]);
  });

  test("a table that was dropped and made again in one go still loses what it held", async () => {
    const again = "drop table public.old;\ncreate table public.old (id uuid primary key);";
    expect(
      await found(
        `${again}alter table public.old enable row level security;grant select on public.old to anon;`,
      ),
    ).toContain("ban-drop-table 1");
  });

  test("an index counts with its table", async () => {
    const text = `${made}${closed}${given}create index t_id on public.t (id);drop index public.t_id;`;
    expect(await found(text)).toEqual([]);
  });

  test("a value of an enum that is made in the same transaction may be used in it", async () => {
    const text =
      "create type public.size as enum ('s');alter type public.size add value 'm';select 'm'::public.size;";
    expect(await found(text)).toEqual([]);
  });

  test("a revoke of one right leaves the others, one of all rights leaves none", async () => {
    expect(await found(`${made}${closed}${given}revoke insert on public.t from service_role;`)).toEqual([]);
    expect(await found(`${made}${closed}${given}revoke all on public.t from service_role;`)).toEqual([
      "table-without-grant 1",
    ]);
  });

  test("rights by default count for tables that are made later", async () => {
    const rights = "alter default privileges in schema public grant select on tables to service_role;";
    expect(await found(`${rights}${made}${closed}`)).toEqual([]);
    expect(await found(`${made}${closed}${rights}`)).toEqual(["table-without-grant 1"]);
  });

  test("a later migration may bring what an earlier one lacks", async () => {
    expect(await lintMigrations(migrations(made, closed, given))).toEqual([]);
  });
});

describe("DO blocks", () => {
  const loop = (list: string) => `${made}
do $$
declare name text;
begin
  ${list}
  loop
    execute format('alter table public.%I enable row level security', name);
    execute 'grant select on public.' || quote_ident(name) || ' to service_role';
  end loop;
end $$;`;

  test.each([
    "foreach name in array array['t']",
    "for name in select tablename from pg_catalog.pg_tables where schemaname = 'public'",
    "for name in select tablename from pg_tables where tablename not in ('old')",
  ])("are read for the tables that they close: %s", async (list) => {
    expect(await found(loop(list))).toEqual([]);
  });

  test.each([
    "foreach name in array array['old']",
    "for name in select tablename from pg_tables where tablename not in ('t')",
  ])("close no other table: %s", async (list) => {
    expect(await found(loop(list))).toEqual(["table-without-rls 1", "table-without-grant 1"]);
  });

  test("are judged at the line on which they do it", async () => {
    const block =
      "select 1;\ndo language plpgsql\n$$\nbegin\n  delete from public.old;\n  execute 'drop table public.old';\nend\n$$;";
    expect(await found(block)).toEqual(["data-loss 5", "ban-drop-table 6"]);
  });
});

describe("silencing a rule", () => {
  const drop = "drop table public.old;";

  test.each([
    `-- atoll: allow ban-drop-table: moved to the archive\n${drop}`,
    `-- atoll: allow ban-drop-table: moved to the archive\n-- Another remark.\n${drop}`,
    `drop table\n  public.old -- atoll: allow ban-drop-table: moved to the archive\n;`,
  ])("takes a reason at the statement: %j", async (sql) => {
    expect(await found(sql)).toEqual([]);
  });

  test("also holds for what squawk finds", async () => {
    const text =
      "-- atoll: allow renaming-table: nobody asks for it yet\nalter table public.old rename to new;";
    expect(await found(text)).toEqual([]);
  });

  test("without a reason silences nothing and is a finding itself", async () => {
    expect(await found(`-- atoll: allow ban-drop-table\n${drop}`)).toEqual([
      "allow-without-reason 1",
      "ban-drop-table 2",
    ]);
  });

  test("holds for one statement and one rule", async () => {
    const text = `-- atoll: allow ban-drop-table: archived\n${drop}\ndrop table public.other;\n-- atoll: allow data-loss: no\n\ntruncate public.parts;`;
    expect(await found(text)).toEqual(["ban-drop-table 3", "data-loss 6"]);
  });

  test("squawk's own comment, which asks for no reason, silences nothing", async () => {
    expect(await found("-- squawk-ignore renaming-table\nalter table public.old rename to new;")).toEqual([
      "renaming-table 2",
    ]);
  });
});

describe("texts", () => {
  test("letters of several bytes move no line and no statement", async () => {
    const text =
      "-- Überraschung 😀\ncomment on table public.old is 'größer – 😀'; alter table public.old rename column name to größe; alter table public.other rename to été;\ndrop table public.old;";
    const all = await lintMigrations(migrations(before, text), { from: 1 });
    expect(all.map(({ rule, line, what }) => [rule, line, what.split(" ", 2)[1]])).toEqual([
      ["renaming-column", 2, "public.old"],
      ["renaming-table", 2, "public.other"],
      ["ban-drop-table", 3, "public.old"],
    ]);
  });

  test("a syntax error is named with its line, and keeps no other file from being read", async () => {
    const all = await lintMigrations(
      migrations(before, "select 1;\nselect frm from;", "truncate public.old;"),
      { from: 1 },
    );
    expect(all.map(({ rule, migration, line }) => `${rule} ${migration} ${line}`)).toEqual([
      "syntax-error 0002_step 2",
      "data-loss 0003_step 1",
    ]);
  });
});

describe("squawk", () => {
  test("is found for this platform and missing for one it does not serve", () => {
    expect(squawkProgram()).toMatch(/squawk/);
    expect(squawkProgram("sunos", "mips")).toBeUndefined();
  });

  test.each(["/nowhere/squawk", process.execPath])(
    "that cannot run is a warning, and the rest is judged: %s",
    async (squawk) => {
      const all = await lintMigrations(migrations(before, "truncate public.old;"), { from: 1, squawk });
      expect(all.map(({ rule, severity }) => `${severity} ${rule}`).sort()).toEqual([
        "error data-loss",
        "warning squawk-unavailable",
      ]);
    },
  );
});

const folders = ["business", "shop", "agency", "community"].map((name) => `blueprints/${name}`);

describe("shipped blueprints", () => {
  test.each([...folders, "examples/blueprint-clinic", "examples/blueprint-minimal"])(
    "%s has no error",
    async (folder) => {
      const shipped = readMigrations(new URL(`../../../../${folder}/migrations/`, import.meta.url));
      const all = await lintMigrations(shipped);
      expect(shipped.length).toBeGreaterThan(1);
      expect(all.filter(({ severity }) => severity === "error")).toEqual([]);
      expect(all.filter(({ rule }) => rule !== "foreign-key-without-index")).toEqual([]);
    },
  );

  test.each(folders)("%s would not pass without its rights", async (folder) => {
    const shipped = readMigrations(new URL(`../../../../${folder}/migrations/`, import.meta.url));
    const all = await lintMigrations(shipped.filter(({ name }) => name !== "rights"));
    expect(all.map(({ rule }) => rule)).toContain("table-without-grant");
  });
});
