import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = readFileSync(`${root}docs/security.md`, "utf8");
const rows = page.split("\n").filter((line) => /^\|.*`[^`]*\.test\.ts/.test(line));
const named = rows.flatMap((row) =>
  [...row.matchAll(/`([^`]+\.test\.ts)(?:::([^`]+))?`/g)].map(([, file = "", name]) => ({ file, name })),
);

test("the page names a test for every threat", () => {
  const threats = page
    .split("\n")
    .filter((line) =>
      /^\| (?!threat \||---|what|actor|clients|secrets of|provider tokens|the hub's key|who may|the truth)/.test(
        line,
      ),
    );
  const section = page.slice(page.indexOf("## Threats"), page.indexOf("## Changing"));
  const inSection = threats.filter((line) => section.includes(line));
  expect(inSection.length).toBeGreaterThan(25);
  expect(inSection.filter((line) => !rows.includes(line))).toEqual([]);
});

test.each(named)("$file::$name exists", ({ file, name }) => {
  expect(existsSync(root + file), file).toBe(true);
  const text = readFileSync(root + file, "utf8");
  expect(text).toMatch(/\btest(\.\w+)?\s*[(.]|\bit\(/);
  // As it stands in the file: quoted, or with the quotes of its text escaped.
  if (name !== undefined) expect(text.replaceAll("\\", "")).toContain(`"${name}"`);
});
