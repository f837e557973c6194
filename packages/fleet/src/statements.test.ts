import { expect, test } from "vitest";
import { statementsOf } from "./statements.ts";

const cut = async (sql: string) => (await statementsOf(sql)).map(({ sql: text, line }) => [line, text]);

test("a text is cut where the parser cuts it, not at semicolons", async () => {
  const text =
    "-- first; remark\nselect ';' as a; /* ; */\n\n;;do $$ begin null; end $$;\nselect 2 -- the end";
  expect(await cut(text)).toEqual([
    [2, "select ';' as a"],
    [4, "do $$ begin null; end $$"],
    [5, "select 2 -- the end"],
  ]);
});

test("letters of several bytes shift nothing", async () => {
  const text = "-- 😀 größer\nselect 'é😀';\n-- ü\n  select 'été';select 3";
  expect(await cut(text)).toEqual([
    [2, "select 'é😀'"],
    [4, "select 'été'"],
    [4, "select 3"],
  ]);
});

test.each(["", " \n", "-- only a remark", ";"])("a text without a statement has none: %j", async (text) => {
  expect(await cut(text)).toEqual([]);
});

test.each([
  ["select 1;\n-- 😀 é\nselect from from;", 'Line 3: syntax error at or near "from".'],
  ["select 1;\nselect (", "Line 2: syntax error at end of input."],
  ["select 1;\nselect 'open\n\n", "Line 2: unterminated quoted string"],
])("a syntax error names its line: %j", async (text, message) => {
  await expect(statementsOf(text)).rejects.toThrow(message);
});
