import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { keepWorker, type WorkerProgram } from "./workers.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "atoll-workers-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program that counts its starts in a file before it does the rest. */
const program = (rest: string): WorkerProgram => ({
  args: [
    "-e",
    `const fs = require("node:fs"); fs.appendFileSync(process.env.STARTS, "x");
     const starts = fs.readFileSync(process.env.STARTS, "utf8").length; ${rest}`,
  ],
  env: { PATH: process.env.PATH, STARTS: path.join(folder, "starts") },
});
const starts = () => readFileSync(path.join(folder, "starts"), "utf8").length;

test("a worker that dies at its first start is not started again, and its last words are told", async () => {
  const dies = program(`console.error("no BAKERY_URL"); process.exit(1);`);
  const keeper = keepWorker(dies);
  await expect(keeper.ready).rejects.toThrow("The worker ended with 1: no BAKERY_URL");
  await expect(keeper.failed).rejects.toThrow("no BAKERY_URL");
  // As long as three starts take, one of the keeper's would have come.
  for (let own = 0; own < 3; own++) spawnSync(process.execPath, [...dies.args], { env: dies.env });
  await keeper.stop();
  expect(starts()).toBe(4);
  expect(keeper.deaths()).toBe(0);
});

test("one that was killed is followed by another; that cannot begin: it is given up soon", async () => {
  const keeper = keepWorker(
    program(`
      if (starts > 2) process.exit(3);
      fs.writeSync(1, '{"event":"ready"}\\n');
      process.kill(process.pid, "SIGKILL");
    `),
  );
  await keeper.ready;
  await expect(keeper.failed).rejects.toThrow("The worker ended with 3");
  expect(keeper.deaths()).toBe(2);
  expect(starts()).toBe(2 + 5);
  await keeper.stop();
});

test("stopping ends the one that is alive", async () => {
  const keeper = keepWorker(
    program(`
      fs.writeFileSync(process.env.STARTS + ".pid", String(process.pid));
      fs.writeSync(1, '{"event":"ready"}\\n');
      setInterval(() => {}, 1_000);
    `),
  );
  await keeper.ready;
  const pid = Number(readFileSync(path.join(folder, "starts.pid"), "utf8"));
  await keeper.stop();
  expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  expect(starts()).toBe(1);
});
