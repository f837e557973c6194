import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { labelOf, type Migration } from "../migrations.ts";

/** One thing that squawk found. */
export interface SquawkFinding {
  migration: Migration;
  rule: string;
  /** From 1. */
  line: number;
  /** Where it begins in its line, in bytes of UTF-8, from 0. */
  column: number;
}

/** squawk's program for a platform; undefined where its package has none or was not installed. */
export function squawkProgram(platform = process.platform, arch = process.arch): string | undefined {
  const require = createRequire(import.meta.url);
  try {
    const from = createRequire(require.resolve("squawk-cli/package.json"));
    return from.resolve(`@squawk-cli/${platform}-${arch}/bin/squawk${platform === "win32" ? ".exe" : ""}`);
  } catch {
    return undefined;
  }
}

function run(program: string, args: string[], cwd: string): Promise<string> {
  return new Promise((done, fail) => {
    execFile(program, args, { cwd, timeout: 60_000, maxBuffer: 2 ** 26 }, (error, stdout) => {
      // It leaves with 1 when it found something; without an answer it did not run.
      if (error && stdout === "") fail(error);
      else done(stdout);
    });
  });
}

interface Answer {
  file: string;
  line: number;
  column: number;
  rule_name: string;
}

async function judge(
  program: string,
  folder: string,
  migrations: readonly Migration[],
  transactional: boolean,
) {
  const byFile = new Map(migrations.map((each) => [`${labelOf(each)}.sql`, each]));
  if (byFile.size === 0) return [];
  // Its own way to silence a rule asks for no reason; ours does. Same length, so that columns stay.
  for (const [file, { sql }] of byFile)
    await writeFile(join(folder, file), sql.replaceAll("squawk-ignore", "squawk_ignore"));
  const wrapped = transactional ? ["--assume-in-transaction"] : [];
  // The oldest version that instances may still run on.
  const args = ["--reporter", "json", "--pg-version", "15.0", ...wrapped, ...byFile.keys()];
  const answers = JSON.parse(await run(program, args, folder)) as Answer[]; // the reporter's own format
  return answers.flatMap(({ file, line, column, rule_name: rule }): SquawkFinding[] => {
    const migration = byFile.get(file);
    return migration ? [{ migration, rule, line: line + 1, column }] : [];
  });
}

/** Lets squawk read migrations; fails if its program cannot be run. */
export async function runSquawk(program: string, migrations: readonly Migration[]): Promise<SquawkFinding[]> {
  const folder = await mkdtemp(join(tmpdir(), "atoll-lint-"));
  const part = (transactional: boolean) =>
    judge(
      program,
      folder,
      migrations.filter((each) => each.transactional === transactional),
      transactional,
    );
  try {
    return [...(await part(true)), ...(await part(false))];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
