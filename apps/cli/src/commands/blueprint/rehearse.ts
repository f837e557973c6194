import { randomBytes, randomInt } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { startCloud, stopCloud } from "@atoll/hub/cloud";
import { openDatabase } from "@atoll/hub/database";
import { rehearse as runRehearsal } from "@atoll/rehearsal/rehearse";
import { lawWords, markdownOf, type Report } from "@atoll/rehearsal/report";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler, Progress } from "../../output/outcome.ts";
import { paint, plain } from "../../output/paint.ts";
import { builtOn } from "./built.ts";
import type { Handed } from "./rehearsal-worker.ts";

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

/** A report for people: each step with how it fared under each law, and what went wrong. */
function text(report: Report): string {
  const width = Math.max(...report.steps.map(({ step }) => step.length), 4);
  const columns = report.laws.map(({ law }) => law);
  const cell = (words: string, column: string) => words.padEnd(column.length);
  const rows = report.steps.map(({ step, laws }) => {
    const cells = columns.map((law) => {
      const result = laws[law]?.result;
      if (result === "ok") return paint("green", cell("ok", law));
      return result === "failed" ? paint("red", cell("✗", law)) : paint("dim", cell("·", law));
    });
    return `  ${step.padEnd(width)}  ${cells.join("  ")}`;
  });
  const wrong = [
    ...report.laws.flatMap(({ law, what }) => what.map((each) => `${law}: ${each}`)),
    ...report.steps.flatMap(({ step, laws }) =>
      columns.flatMap((law) =>
        laws[law]?.result === "failed" ? [`${step}, ${law}: ${laws[law]?.what}`] : [],
      ),
    ),
  ];
  return [
    `  ${"step".padEnd(width)}  ${columns.join("  ")}`,
    ...rows,
    "",
    ...report.laws.map(
      ({ law, ok, durationMs }) =>
        `  ${ok ? paint("green", "✓") : paint("red", "✗")} ${law}: ${lawWords[law]}  ${paint("dim", `${(durationMs / 1000).toFixed(1)} s`)}`,
    ),
    ...(wrong.length === 0 ? [] : ["", ...wrong.map((each) => `  ${paint("red", "✗")} ${plain(each)}`)]),
    "",
    `${report.blueprint} ${report.ok ? "holds" : "does not hold"}: ${(report.durationMs / 1000).toFixed(0)} s, seed ${report.seed} (--seed ${report.seed} tries the same again).`,
  ].join("\n");
}

/**
 * Runs a blueprint on a local cloud of its own, in a folder that is thrown away, with each step failing, repeated,
 * killed, its answers lost, and undone. Exit code 1 when something did not hold.
 */
export async function* rehearse(env: NodeJS.ProcessEnv, input: RehearseInput): Handler {
  const home = mkdtempSync(path.join(tmpdir(), "atoll-rehearsal-"));
  chmodSync(home, 0o711); // as root the embedded Postgres runs as another user
  const key = randomBytes(32);
  const seed = input.seed === undefined ? randomInt(1_000_000) : Number(input.seed);
  const clean = { PATH: env.PATH, HOME: env.HOME, ATOLL_HOME: home };
  const remarks: Progress[] = [];
  let wake = () => {};
  const say = (words: string) => {
    remarks.push({ type: "remark", text: words });
    wake();
  };
  const work = (async () => {
    const { cloud } = await startCloud(home, { args: cloudArgs, env: clean });
    const database = await openDatabase(clean, home);
    try {
      const { what, answers } = input;
      const { blueprint, sample } = await builtOn(cloud, what, { env, answers });
      say(`Rehearsing ${blueprint.name} with seed ${seed}.`);
      const common = { databaseUrl: database.url, environment: "local", folder: path.join(home, "orders") };
      const handed: Handed = {
        what,
        cloud,
        ...common,
        key: key.toString("base64"),
        ...(answers && { answers }),
      };
      const report = await runRehearsal({
        ...common,
        blueprint,
        sample,
        cloudUrl: cloud.url,
        key,
        seed,
        extent: input.all ? "all" : input.quick ? "quick" : "usual",
        ...(input.step !== undefined && { step: input.step }),
        worker: {
          args: [workerProgram],
          env: { ...clean, ATOLL_BLUEPRINTS: env.ATOLL_BLUEPRINTS, ATOLL_REHEARSAL: JSON.stringify(handed) },
        },
        onLaw: (law) => say(`${law}: ${lawWords[law]}`),
      });
      if (input.report !== undefined) writeFileSync(input.report, markdownOf(report));
      return report;
    } finally {
      await database.close();
    }
  })();
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
    return { result: report, text: text(report), exitCode: report.ok ? exitCode.ok : exitCode.failed };
  } finally {
    await ended;
    await stopCloud(home);
    rmSync(home, { recursive: true, force: true });
  }
}
