import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { problemsOfPages } from "@atoll/blueprint-kit/pages";
import { fakeParts, wantedBy } from "@atoll/blueprint-kit/testing/wanted";
import { blueprint, sample } from "./blueprint.ts";
import { pages } from "./pages.ts";
import { modules, questions } from "./questions.ts";
import { automations, formWords, welcome } from "./words.ts";

/** Every text of a group of words by its path; functions are called with what tells them apart. */
function texts(of: unknown, path = ""): [string, string][] {
  if (typeof of === "string") return [[path, of]];
  if (typeof of === "function") return [[path, String(of("ONE"))]];
  return Object.entries(of as object).flatMap(([key, value]) => texts(value, `${path}/${key}`)); // texts, functions and groups of them
}

test("an imagined client's answers are taken, and a wrong one is named by its field", () => {
  assert.equal(questions.parse(sample("client-a")).slug, "client-a");
  assert.throws(() => questions.parse({ ...sample("client-a"), adminEmail: "no address" }), {
    field: "adminEmail",
  });
});

test("the pages are whole, in three languages", () => {
  assert.deepEqual(problemsOfPages(pages, modules), []);
  for (const group of [automations, welcome, formWords]) {
    const [en, ...others] = (["en", "fr", "id"] as const).map((locale) => texts(group[locale]));
    for (const other of others) {
      assert.deepEqual(
        other.map(([path]) => path),
        en?.map(([path]) => path),
      );
      for (const [path, text] of other) assert.notEqual(text.trim(), "", path);
    }
  }
});

test("each step says what it wants, and the manifest switches the modules on", () => {
  const wanted = wantedBy(blueprint(fakeParts()), sample("client-a"));
  const { content } = (wanted["client-config"]?.want ?? {}) as { content: string };
  assert.deepEqual(JSON.parse(content).modules, { records: true });
});

test("every table is closed by row-level security in the file that makes it", () => {
  for (const file of ["0001_people.sql", "0002_records.sql"]) {
    const sql = readFileSync(new URL(`migrations/${file}`, import.meta.url), "utf8");
    for (const [, table] of sql.matchAll(/create table (public\.\w+)/g))
      assert.match(sql, new RegExp(`alter table ${table} enable row level security`), table);
  }
});
