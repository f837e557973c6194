import { execFile, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Report } from "@atoll/rehearsal/report";
import { afterAll, expect, test, vi } from "vitest";
import { atollIn, cleanEnv } from "../support/atoll.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const cli = path.join(root, "apps", "cli", "src", "main.ts");
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

// Its things are files: quick, and its own. It reads its environment while it loads, and two names begin alike.
const small = `
import { existsSync, appendFileSync, writeFileSync, rmSync } from "node:fs";
import path from "node:path";
const folder = process.env.BAKERY_FOLDER;
if (!folder) throw new Error("no BAKERY_FOLDER");
appendFileSync(path.join(folder, "pids"), process.pid + "\\n");
const file = {
  kind: "test.file", lostCreate: "find-by-name", removal: "own",
  async observe({ name }) {
    const id = path.join(folder, name);
    return existsSync(id) ? { is: "present", id, owner: "us", attrs: {} } : { is: "absent" };
  },
  compare: () => [],
  async apply({ at }) {
    writeFileSync(path.join(folder, at.name), "");
    return path.join(folder, at.name);
  },
  async remove(id) { rmSync(id, { force: true }); },
};
const step = (step, more = {}) => ({
  does: "resource", step, resource: file, want: () => ({}),
  name: ({ instance }) => step + "." + instance.id, ...more,
});
export const blueprint = () => ({
  name: "bakery",
  questions: {
    parse: (input) => input,
    schema: () => ({ properties: { name: {}, slug: {}, adminEmail: {}, locale: {} } }),
  },
  chosen: () => ({}), secrets: () => ({}), url: () => undefined,
  steps: [
    step("an-oven-that-is-hot-enough-for-the-bread-of-the-morning"),
    step("an-oven-that-is-hot-enough-for-the-bread-of-the-evening"),
    step("cellar", { when: () => false }),
  ],
});
`;

/** A folder for temporary files with that blueprint in it. As root Postgres runs as another user, and has to get in. */
function kitchen(name: string) {
  const temporary = path.join(home, name);
  const folder = path.join(temporary, "bakery");
  mkdirSync(path.join(folder, "things"), { recursive: true });
  for (const each of [home, temporary]) chmodSync(each, 0o711);
  writeFileSync(path.join(folder, "package.json"), '{"type":"module"}');
  writeFileSync(path.join(folder, "blueprint.ts"), small);
  const things = path.join(folder, "things");
  const env = { TMPDIR: temporary, BAKERY_FOLDER: things };
  return { folder, things, temporary, env };
}
const left = (temporary: string) =>
  readdirSync(temporary).filter((each) => each.startsWith("atoll-rehearsal"));

test("what was not tried is named, in the report and by the exit code", async () => {
  const { folder, temporary, things, env } = kitchen("untried");
  const report = path.join(home, "untried.md");
  const rehearsed = await atollIn(
    () => path.join(home, "home"),
    () => env,
  )("blueprint", "rehearse", folder, "--quick", "--report", report);
  const found = rehearsed.json() as unknown as Report; // as the command documents it
  expect(wrong(found), rehearsed.err).toEqual([]);
  expect(found.laws.map(({ law, result }) => [law, result])).toEqual([
    ["made", "ok"],
    ["again", "ok"],
    ["twice", "ok"],
    ["lost", "not tried"], // its things need no call
    ["fails", "ok"],
    ["undo-twice", "ok"],
    ["killed", "ok"],
    ["gone", "ok"],
  ]);
  expect(found).toMatchObject({ ok: false, off: ["cellar"] });
  expect(rehearsed.code).toBe(3);
  expect(readFileSync(report, "utf8")).toMatch(/not proven to hold.* lost\. .*cellar/);
  expect(readdirSync(things)).toEqual(["pids"]);
  expect(left(temporary)).toEqual([]);
}, 300_000);

test("what cannot be rehearsed is refused before anything starts", async () => {
  const { folder, temporary, env } = kitchen("refused");
  const kept = path.join(home, "home");
  const rehearse = atollIn(
    () => kept,
    () => env,
  );
  writeFileSync(path.join(home, "list.json"), "[]");
  const cases: [string, string[], string][] = [
    ["step", ["--step", "ovn"], "has no step"],
    ["step", ["--step", "cellar"], "switch the step"],
    ["answers", ["--answers", path.join(home, "nosuch.json")], "cannot be read"],
    ["answers", ["--answers", path.join(home, "list.json")], "no object"],
    ["report", ["--report", path.join(home, "nosuch", "report.md")], "no folder"],
    ["report", ["--report", home], "is a folder"],
    ["seed", ["--seed", "x1"], "no seed"],
  ];
  for (const [field, more, says] of cases) {
    const said = await rehearse("blueprint", "rehearse", folder, ...more);
    expect(said.json(), more.join(" ")).toMatchObject({
      error: { field, what: expect.stringContaining(says) },
    });
    expect(said.code).toBe(2);
  }
  expect(readFileSync(path.join(env.BAKERY_FOLDER, "pids"), "utf8").split("\n").length).toBeGreaterThan(1);
  expect(left(temporary)).toEqual([]);
}, 120_000);

const isThere = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Processes of a rehearsal: those that loaded its blueprint, its cloud, and the Postgres servers. */
function pidsOf({ temporary, things }: ReturnType<typeof kitchen>): number[] {
  const [folder] = left(temporary);
  if (folder === undefined) throw new Error("There is no rehearsal.");
  const own = readFileSync(path.join(things, "pids"), "utf8").trim().split("\n").map(Number);
  const at = path.join(temporary, folder);
  const cloud = JSON.parse(readFileSync(path.join(at, "cloud", "cloud.json"), "utf8")) as { pid: number };
  const servers = readdirSync(at, { recursive: true, encoding: "utf8" })
    .filter((file) => path.basename(file) === "postmaster.pid")
    .map((file) => Number(readFileSync(path.join(at, file), "utf8").split("\n")[0]));
  return [...new Set([...own, cloud.pid, ...servers])];
}

test.each([
  ["SIGINT", "killed", 2],
  ["SIGTERM", "made", 1],
] as const)(
  "%s takes everything away that a rehearsal started",
  async (signal, law, loaders) => {
    const place = kitchen(signal);
    const child = spawn(
      process.execPath,
      [cli, "--ndjson", "blueprint", "rehearse", place.folder, "--quick"],
      {
        env: cleanEnv(path.join(home, "home"), place.env),
        stdio: ["ignore", "pipe", "inherit"],
        detached: true,
      },
    );
    const gone = new Promise<number | null>((resolve) => child.once("close", resolve));
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk;
    });
    const loaded = () =>
      new Set(readFileSync(path.join(place.things, "pids"), "utf8").trim().split("\n")).size;
    await vi.waitFor(
      () => {
        expect(said).toContain(`"text":"${law}: `);
        expect(loaded()).toBeGreaterThanOrEqual(loaders);
      },
      { timeout: 100_000, interval: 20 },
    );
    const pids = pidsOf(place);
    expect(pids.length).toBeGreaterThanOrEqual(loaders + 3); // the cloud, its Postgres and ours
    // As a terminal does it: everything in the group gets it.
    process.kill(-(child.pid ?? 0), signal);
    expect(await gone, said).toBe(130);
    expect(said).toContain('"interrupted":true');
    expect(pids.filter(isThere)).toEqual([]);
    expect(left(place.temporary)).toEqual([]);
  },
  300_000,
);

test("a new blueprint runs as it is: its own tests pass, and a plan shows its steps", async () => {
  const folder = path.join(home, "bakery");
  expect(await atoll("blueprint", "new", "bakery", "--folder", folder)).toMatchObject({ code: 0 });
  const tested = await atoll("blueprint", "test", folder);
  expect(tested.out).toContain("pass 4");
  expect(tested.code).toBe(0);
  for (const file of ["blueprint.ts", "package.json", "README.md", "workflows/records.json"])
    expect(readFileSync(path.join(folder, file), "utf8"), file).not.toMatch(/minimal/);
  expect(await atoll("blueprint", "new", "bakery", "--folder", folder)).toMatchObject({ code: 2 });
  const file = path.join(folder, "README.md");
  for (const place of [file, path.join(file, "bakery")])
    expect((await atoll("blueprint", "new", "bakery", "--folder", place)).json(), place).toMatchObject({
      error: { field: "folder" },
    });
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
    [
      "without",
      "export const blueprint = () => ({ name: 'without', steps: [{ step: 'one' }, null, { step: 'two', needs: 'one' }] });",
      '"one" has no kind',
    ],
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
