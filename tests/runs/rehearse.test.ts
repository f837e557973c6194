import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Report } from "@atoll/rehearsal/report";
import { afterAll, expect, test } from "vitest";
import { atollIn } from "../support/atoll.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const clinic = path.join(root, "examples", "blueprint-clinic");
const home = mkdtempSync(path.join(tmpdir(), "atoll-rehearse-test-"));
const atoll = atollIn(() => path.join(home, "home"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const wrong = (report: Report) => [
  ...report.laws.flatMap(({ law, what }) => what.map((each) => `${law}: ${each}`)),
  ...report.steps.flatMap(({ step, laws }) =>
    Object.entries(laws).flatMap(([law, fared]) =>
      fared.result === "failed" ? [`${step}, ${law}: ${fared.what}`] : [],
    ),
  ),
];

test("the example from outside the workspace holds under every law", async () => {
  const report = path.join(home, "report.md");
  const { code, out, err } = await atoll("blueprint", "rehearse", clinic, "--quick", "--report", report);
  const found = JSON.parse(out) as Report;
  expect(wrong(found), `seed ${found.seed}\n${err}`).toEqual([]);
  expect(code).toBe(0);
  expect(found.laws.map(({ law }) => law)).toEqual([
    "made",
    "again",
    "twice",
    "lost",
    "fails",
    "undo-twice",
    "killed",
    "gone",
  ]);
  expect(found.steps.find(({ step }) => step === "processing-register")?.laws.made).toMatchObject({
    result: "ok",
  });
  expect(readFileSync(report, "utf8")).toContain("| processing-register | ok |");
}, 400_000);

test("a new blueprint runs as it is: its own tests pass, and a plan shows its steps", async () => {
  const folder = path.join(home, "bakery");
  expect(await atoll("blueprint", "new", "bakery", "--folder", folder)).toMatchObject({ code: 0 });
  const tested = await atoll("blueprint", "test", folder);
  expect(tested.out).toContain("pass 4");
  expect(tested.code).toBe(0);
  for (const file of ["blueprint.ts", "package.json", "README.md", "workflows/records.json"])
    expect(readFileSync(path.join(folder, file), "utf8"), file).not.toMatch(/minimal/);
  expect(await atoll("blueprint", "new", "bakery", "--folder", folder)).toMatchObject({ code: 2 });
  for (const name of ["shop", "../x"])
    expect((await atoll("blueprint", "new", name)).json(), name).toMatchObject({ error: { field: "name" } });
}, 300_000);

const loader = path.join(root, "tests", "support", "load-blueprints.ts");

/** What becomes of each group of paths, as the hub loads it: "" or the fault. */
async function loaded(...paths: string[]): Promise<(string | Record<string, string>)[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [loader, ...paths]);
  return JSON.parse(stdout) as (string | Record<string, string>)[];
}

test("a blueprint that cannot be used says why", async () => {
  writeFileSync(path.join(home, "package.json"), "{}");
  const cases: [string, string, string][] = [
    ["broken", "export const blueprint = (", "does not load"],
    ["nothing", "export const other = 1;", "exports no function `blueprint`"],
    ["private", 'import "@atoll/hub/home"; export const blueprint = () => ({});', "not public"],
    ["empty", "export const blueprint = () => ({ name: 'Empty One' });", "Its `name` has to be"],
    ["throws", "export const blueprint = () => { throw new Error('no luck'); };", "no luck"],
  ];
  for (const [name, source] of cases) writeFileSync(path.join(home, `${name}.ts`), source);
  const files = cases.map(([name]) => path.join(home, `${name}.ts`));
  const said = await loaded(clinic, ...files, `${clinic},${clinic}`, path.join(home, "nowhere"));
  expect(said).toEqual([
    "",
    ...[...cases.map(([, , says]) => says), 'there is a blueprint "clinic" already', "no such file"].map(
      (says) => ({
        field: "ATOLL_BLUEPRINTS",
        what: expect.stringContaining(says),
        next: expect.stringMatching(/./),
      }),
    ),
  ]);
}, 120_000);

/** Blocks of code of a document, by what their first line names: "// steps/x.ts". */
function blocks(document: string): Map<string, string> {
  const text = readFileSync(path.join(root, "docs", document), "utf8");
  return new Map(
    [...text.matchAll(/```ts\n\/\/ (examples\/\S+)\n([\s\S]*?)```/g)].map(([, file = "", code = ""]) => [
      file,
      code,
    ]),
  );
}

test("the document's step is the example's: one new file and one line", () => {
  const shown = blocks("adding-a-step.md");
  const step = "examples/blueprint-clinic/steps/processing-register.ts";
  expect(shown.get(step)).toBe(readFileSync(path.join(root, step), "utf8"));
  // Without the step's own file and its line the blueprint is whole: nothing else of it names the step.
  const lines = readFileSync(path.join(clinic, "blueprint.ts"), "utf8").split("\n");
  const naming = lines.filter((line) => line.includes("processing-register"));
  expect(naming).toEqual(['  import("./steps/processing-register.ts"),']);
  for (const file of ["questions.ts", "words.ts", "pages.ts", "test.ts"])
    expect(readFileSync(path.join(clinic, file), "utf8"), file).not.toMatch(/processing-?register/i);
  expect(shown.get("examples/blueprint-clinic/blueprint.ts")).toContain(naming[0]);
});
