import { randomBytes, randomInt } from "node:crypto";
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Fault } from "@atoll/core/fault";
import { startCloud, stopCloud } from "@atoll/hub/cloud";
import { openDatabase } from "@atoll/hub/database";
import type { LocalCloud } from "@atoll/hub/settings";
import { rehearse as runRehearsal } from "@atoll/rehearsal/rehearse";
import { hasFailed, lawWords, markdownOf, type Report } from "@atoll/rehearsal/report";
import { mustHave, offFor } from "@atoll/rehearsal/steps";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler, Progress } from "../../output/outcome.ts";
import { interrupted } from "../../until-interrupted.ts";
import { type Built, readBlueprint } from "./built.ts";
import type { Handed } from "./rehearsal-worker.ts";
import { reportText } from "./report-text.ts";

export interface RehearseInput {
  what: string;
  step?: string;
  quick?: boolean;
  all?: boolean;
  seed?: string;
  answers?: string;
  /** Where the report goes as a Markdown document. */
  report?: string;
}

const workerProgram = fileURLToPath(new URL("rehearsal-worker.ts", import.meta.url));
const cloudArgs = ["--light", "--latency", "instant", "--no-rate-limits", "--port", "0", "--smtp-port", "0"];

/** No cloud at all: a blueprint that is built on it can be looked at. */
const nowhere: LocalCloud = {
  url: "http://127.0.0.1:9",
  projectDatabase: "postgresql://postgres@127.0.0.1:9/REF",
  tokens: { supabase: "-", github: "-", vercel: "-", netlify: "-", n8n: "-", gitea: "-", resend: "-" },
};

function refused(field: string, what: string, next: string): never {
  throw new Fault("rejected", { what, next, field });
}

function seedOf(given: string | undefined): number {
  if (given === undefined) return randomInt(1_000_000);
  if (/^\d{1,9}$/.test(given)) return Number(given);
  return refused("seed", `"${given}" is no seed.`, "Give the whole number that a rehearsal has printed.");
}

/** Throws a fault where no report can be written: a rehearsal takes minutes. */
function mustTakeReport(file: string): void {
  const folder = path.dirname(path.resolve(file));
  if (!existsSync(folder))
    refused("report", `There is no folder ${folder}.`, "Make it, or name another file.");
  if (existsSync(file) && statSync(file).isDirectory())
    refused("report", `${file} is a folder.`, "Name a file in it.");
  try {
    accessSync(existsSync(file) ? file : folder, constants.W_OK);
  } catch {
    refused("report", `${file} cannot be written.`, "Name another file.");
  }
}

/** Everything that can be said before anything is started. Throws a fault that names the field. */
async function checked(env: NodeJS.ProcessEnv, { what, answers, seed, report, step }: RehearseInput) {
  const chosen = seedOf(seed);
  if (report !== undefined) mustTakeReport(report);
  const build = await readBlueprint(what, { env, answers });
  const { blueprint, sample } = await build(nowhere);
  if (step !== undefined) mustHave(blueprint, offFor(blueprint, sample("calm")), step);
  return { build, seed: chosen };
}

interface Stand {
  env: NodeJS.ProcessEnv;
  home: string;
  seed: number;
  build(cloud: LocalCloud): Promise<Built>;
  signal: AbortSignal;
  say(words: string): void;
}

/** The rehearsal itself, on a cloud and a database in the folder `home`. The cloud is left running. */
async function rehearseIn(
  { env, home, seed, build, signal, say }: Stand,
  input: RehearseInput,
): Promise<Report> {
  const clean = { PATH: env.PATH, HOME: env.HOME, ATOLL_HOME: home };
  const key = randomBytes(32);
  // What is being started is waited for even when it is to end: only what runs can be ended.
  const { cloud } = await startCloud(home, { args: cloudArgs, env: clean });
  signal.throwIfAborted();
  const database = await openDatabase(clean, home);
  try {
    signal.throwIfAborted();
    const { blueprint, sample } = await build(cloud);
    say(`Rehearsing ${blueprint.name} with seed ${seed}.`);
    const common = { databaseUrl: database.url, environment: "local", folder: path.join(home, "orders") };
    const handed: Handed = {
      what: input.what,
      cloud,
      ...common,
      key: key.toString("base64"),
      ...(input.answers && { answers: input.answers }),
    };
    const report = await runRehearsal({
      ...common,
      blueprint,
      sample,
      cloudUrl: cloud.url,
      key,
      seed,
      signal,
      extent: input.all ? "all" : input.quick ? "quick" : "usual",
      ...(input.step !== undefined && { step: input.step }),
      // A blueprint may read its environment while it loads: it is loaded there as it was here.
      worker: {
        args: [workerProgram],
        env: { ...env, ATOLL_HOME: home, ATOLL_REHEARSAL: JSON.stringify(handed) },
      },
      onLaw: (law) => say(`${law}: ${lawWords[law]}`),
    });
    if (input.report !== undefined) writeFileSync(input.report, markdownOf(report));
    return report;
  } finally {
    await database.close();
  }
}

/**
 * Runs a blueprint on a local cloud of its own, in a folder that is thrown away, with each step failing, repeated,
 * killed, its answers lost, and undone. Exit code 1 when something did not hold, 3 when a law could not be tried.
 * Ctrl-C and SIGTERM take away what was started, too.
 */
export async function* rehearse(env: NodeJS.ProcessEnv, input: RehearseInput): Handler {
  const { build, seed } = await checked(env, input);
  const ending = new AbortController();
  const remarks: Progress[] = [];
  let wake = () => {};
  const say = (words: string) => {
    remarks.push({ type: "remark", text: words });
    wake();
  };
  void interrupted().then(() => {
    say("Ending: what was started is taken away.");
    ending.abort();
  });
  const home = mkdtempSync(path.join(tmpdir(), "atoll-rehearsal-"));
  chmodSync(home, 0o711); // as root the embedded Postgres runs as another user
  const work = rehearseIn({ env, home, seed, build, say, signal: ending.signal }, input);
  let over = false;
  const ended = work
    .then(
      () => {},
      () => {},
    )
    .finally(() => {
      over = true;
      wake();
    });
  try {
    while (!over || remarks.length > 0) {
      const next = remarks.shift();
      if (next !== undefined) yield next;
      else
        await Promise.race([
          ended,
          new Promise<void>((resolve) => {
            wake = resolve;
          }),
        ]);
    }
    const report = await work;
    const code = hasFailed(report) ? exitCode.failed : exitCode.differs;
    return { result: report, text: reportText(report), exitCode: report.ok ? exitCode.ok : code };
  } catch (error) {
    if (!ending.signal.aborted) throw error;
    return {
      result: { interrupted: true },
      text: "\nLeft. Nothing of the rehearsal remains.",
      exitCode: exitCode.interrupted,
    };
  } finally {
    await ended;
    try {
      await stopCloud(home);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  }
}
