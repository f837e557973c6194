// `npm test`: type check, lint, dependency rules, unused exports, then every test; closes with one plain line
// `N passed, N failed`. Arguments go to Vitest (`npm test -- packages/core`) and then only tests run.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numFailedTestSuites: number;
  numPendingTests: number;
}

const only = process.argv.slice(2);
const bin = (name: string) => path.join("node_modules", ".bin", name);
const run = (command: string, args: string[]) =>
  spawnSync(command, args, { stdio: "inherit", env: process.env }).status ?? 1;

const checks: [string, string[]][] = [
  ["types", [bin("tsc"), "-p", "."]],
  ["lint", [bin("biome"), "ci", "."]],
  ["dependency rules", ["npm", "run", "-s", "check:deps"]],
  ["unused exports", ["npm", "run", "-s", "check:unused"]],
  [
    "template",
    [process.execPath, "--import", "./template/tests/resolve.mjs", "--test", "template/tests/*.test.ts"],
  ],
];

let passed = 0;
let failed = 0;
if (only.length === 0) {
  for (const [name, [command = "", ...args]] of checks) {
    const status = run(command, args);
    console.log(`${status === 0 ? "ok" : "FAILED"}  ${name}`);
    if (status === 0) passed += 1;
    else failed += 1;
  }
}

const folder = mkdtempSync(path.join(tmpdir(), "atoll-test-"));
const file = path.join(folder, "report.json");
const status = run(process.execPath, [
  path.join("node_modules", "vitest", "vitest.mjs"),
  "run",
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${file}`,
  ...only,
]);
let skipped = 0;
try {
  const report = JSON.parse(readFileSync(file, "utf8")) as Report; // written by Vitest just now
  passed += report.numPassedTests;
  // A file that does not even load has no tests to fail: it counts as one failure.
  failed += Math.max(report.numFailedTests, report.numFailedTestSuites > 0 ? 1 : 0);
  skipped = report.numPendingTests;
} catch {
  failed += 1;
}
rmSync(folder, { recursive: true, force: true });
if (status !== 0 && failed === 0) failed = 1;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed === 0 ? 0 : 1;
