import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const product = ["apps/hub/src", "apps/cli/src", "packages", "blueprints"];
const ownTests = /\.test\.ts$|\/testing\/|\/node_modules\/|\/dist\//;

const files = product.flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .map((file) => path.join(folder, file))
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts") && !ownTests.test(`/${file}`)),
);
const sources = files.map((file) => ({ file, text: readFileSync(path.join(root, file), "utf8") }));

/** Ways to have text read as a program. */
const shells: [string, RegExp][] = [
  ["a shell", /\bshell\s*:/],
  ["exec of a line", /(?<![.\w])(exec|execSync)\s*\(/],
  ["sh -c", /["'`](\/bin\/)?(ba|da|z)?sh["'`]\s*,\s*\[/],
  ["eval", /(?<![.\w])eval\s*\(/],
  ["a function made of text", /new Function\s*\(/],
  ["vm", /from "node:vm"/],
];

function found(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, "");
  return shells.filter(([, pattern]) => pattern.test(code)).map(([name]) => name);
}

test("no text is read as a program anywhere in the product", () => {
  expect(sources.length).toBeGreaterThan(300);
  expect(sources.flatMap(({ file, text }) => found(text).map((name) => `${file}: ${name}`))).toEqual([]);
});

test("programs are started by a few files only, each with a list of arguments", () => {
  const starting = sources.filter(({ text }) => /from "node:child_process"/.test(text));
  for (const { file, text } of starting) {
    const names = /import \{([^}]*)\} from "node:child_process"/
      .exec(text)?.[1]
      ?.split(",")
      .map((each) => each.trim().split(" as ")[0]);
    for (const name of names ?? [])
      expect(
        [
          "spawn",
          "spawnSync",
          "execFile",
          "execFileSync",
          "fork",
          "type ChildProcess",
          "type ChildProcessByStdio",
          "type SpawnOptions",
        ],
        `${file}: ${name}`,
      ).toContain(name);
  }
  // Which files of the hub start something: a new one is looked at before it stands here.
  expect(
    starting
      .map(({ file }) => file)
      .filter((file) => file.startsWith("apps/hub/"))
      .sort(),
  ).toEqual([
    "apps/hub/src/cloud.ts",
    "apps/hub/src/environments/workers.ts",
    "apps/hub/src/exports/extras.ts",
  ]);
});

test("the check above finds what it looks for", () => {
  expect(found('spawn("git", [name], { shell: true })')).toEqual(["a shell"]);
  expect(found("exec(line)")).toEqual(["exec of a line"]);
  expect(found('spawn("sh", ["-c", line])')).toEqual(["sh -c"]);
  expect(found("/pattern/.exec(text); // exec(line)")).toEqual([]);
});
