#!/usr/bin/env node
// Runs a script of this project under a Node that strips types (>= 22.18). On an older host it says so
// once and re-executes under Node 24 from npm, so that `npm start` works on any machine with Node >= 20.
import { spawn, spawnSync } from "node:child_process";
import { constants, tmpdir } from "node:os";
import path from "node:path";

const needed = [22, 18];
const have = process.versions.node.split(".").map(Number);
const enough = have[0] > needed[0] || (have[0] === needed[0] && have[1] >= needed[1]);

function newerNode() {
  console.error(
    `Node ${process.versions.node} is older than ${needed.join(".")}: running under Node 24 from npm.`,
  );
  // `npm run` hands its own settings down as npm_* variables; npx must not take them for its own.
  const asked = spawnSync("npx", ["-y", "node@24", "-p", "process.execPath"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  const found = asked.stdout?.trim().split("\n").at(-1);
  if (asked.status !== 0 || !found) {
    console.error("Node 24 could not be had from npm. Install Node 22.18 or newer and try again.");
    process.exit(1);
  }
  return found;
}

const node = enough ? process.execPath : newerNode();
const PATH = `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ""}`;
// What was compiled once (and freed of its types) is not compiled again: most of a command's start is that.
const NODE_COMPILE_CACHE = process.env.NODE_COMPILE_CACHE ?? path.join(tmpdir(), "atoll-compile-cache");
const env = { ...process.env, NODE_COMPILE_CACHE, PATH };
const child = spawn(node, process.argv.slice(2), { stdio: "inherit", env });
// A terminal sends Ctrl-C to the whole group: the child decides how to end, we only wait for it.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  });
}
child.on("exit", (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1)));
