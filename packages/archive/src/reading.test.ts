// An export that is not sealed can be read with jq and psql, by the commands of docs/archive-format.md.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, inject, test } from "vitest";
import { dump } from "./dump.ts";
import { folderStorage } from "./folder.ts";
import { database, island } from "./testing/databases.ts";

const has = (program: string) => spawnSync(program, ["--version"]).status === 0;
const folder = mkdtempSync(path.join(tmpdir(), "atoll-reading-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const page = readFileSync(new URL("../../../docs/archive-format.md", import.meta.url), "utf8");
const commands = [...page.matchAll(/```sh\n(.*?)```/gs)].map(([, command = ""]) => command);
const sequences = /`(jq -r '\.sequences.*?\| psql)`/.exec(page)?.[1] ?? "";

test.skipIf(!has("jq") || !has("psql"))(
  "rows, checksums and sequences go into another database by hand",
  async () => {
    const sql = `create table public.orders (id bigserial primary key, "the ""note""" text, amount numeric, tags text[])`;
    const source = await database(`${sql}; insert into public.orders ("the ""note""", amount, tags) values
    ('a "quoted", one', 'NaN', '{a,"b c"}'), ('', 1.10, '{}'), (null, null, null), (E'tab\\t nl\\n back\\\\', 12345678901234567890.1, '{null}')`);
    const into = await database(sql);
    await dump({
      from: { client: source },
      of: { ...island, kind: "export" },
      storage: folderStorage(folder),
      prefix: "x",
      sealed: false,
    });
    expect(commands.length).toBeGreaterThanOrEqual(3);
    for (const command of [...commands, sequences]) {
      const url = inject("postgresUrl").replace(/[^/]*$/, String(into.database));
      const { status, stderr } = spawnSync(
        "bash",
        ["-e", "-o", "pipefail", "-c", command.replaceAll("psql", `psql -X -v ON_ERROR_STOP=1 '${url}'`)],
        {
          cwd: path.join(folder, "x"),
          encoding: "utf8",
        },
      );
      expect(status, `${command}\n${stderr}`).toBe(0);
    }
    const all = "select *, (select last_value from public.orders_id_seq) from public.orders order by id";
    expect((await into.query(all)).rows).toEqual((await source.query(all)).rows);
  },
);
