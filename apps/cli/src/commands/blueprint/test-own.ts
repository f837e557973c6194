import { spawn } from "node:child_process";
import { existsSync, readdirSync, realpathSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Fault } from "@atoll/core/fault";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { paint } from "../../output/paint.ts";

const lend = fileURLToPath(new URL("lend-here.ts", import.meta.url));

/** Runs the tests of a blueprint's folder with Node's own test runner; the hub's public packages are lent to it. */
export async function* testBlueprint(env: NodeJS.ProcessEnv, { folder }: { folder: string }): Handler {
  const at = path.resolve(folder);
  const files = existsSync(at)
    ? readdirSync(at, { recursive: true, encoding: "utf8" }).filter(
        (file) => /(^|[/\\])(test|[^/\\]+\.test)\.ts$/.test(file) && !file.includes("node_modules"),
      )
    : [];
  if (files.length === 0)
    throw new Fault("rejected", {
      what: `There is no test.ts below ${folder}.`,
      next: "Name a folder that `atoll blueprint new` made.",
      field: "folder",
    });
  const child = spawn(process.execPath, ["--import", lend, "--test", "--test-reporter", "spec", ...files], {
    cwd: at,
    env: { ...env, ATOLL_LEND_TO: realpathSync(at) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      said += chunk;
    });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  const ok = code === 0;
  return {
    result: { ok, files, said },
    text: `${said.trimEnd()}\n\n${ok ? paint("green", "✓ The tests pass.") : paint("red", "✗ A test fails.")}`,
    exitCode: ok ? exitCode.ok : exitCode.failed,
  };
}
