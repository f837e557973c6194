import { Fault } from "@atoll/core/fault";
import { isOperation, type RunKind } from "@atoll/core/states";
import type { Desk } from "../desk.ts";
import { exitCode } from "../output/exit-codes.ts";
import type { Handler, Outcome } from "../output/outcome.ts";
import { duration, paint, plain } from "../output/paint.ts";
import { noWorker } from "../output/words.ts";
import { interrupted } from "../until-interrupted.ts";

/** The end of a run as data: what `--json` prints and what other programs read. */
interface RunResult {
  slug: string;
  run: string;
  state: string;
  url: string | undefined;
  durationMs: number;
  fault?: { what: string; next: string };
  /** Things that should have been removed and could not be. */
  owed?: { step: string; what: string }[];
  /** What clients brought and keep, by step. */
  remains?: { step: string; what: string }[];
}

/** Starts a run (or joins the one that goes on), yields its events until it has ended, and says how. */
export async function* followRun(
  desk: Desk,
  kind: RunKind,
  slug: string,
  words: {
    done: (result: RunResult) => string;
    answers?: Record<string, unknown> | undefined;
    input?: Record<string, unknown> | undefined;
  },
): Handler {
  const { answers, input } = words;
  const runId = await desk.journal.submit(kind, slug, {
    by: desk.operator,
    looksFirst: true,
    ...(answers !== undefined && { answers }),
    ...(input !== undefined && { input }),
  });
  return yield* watchRun(desk, kind, slug, runId, words);
}

/** The newest run of an instance; a fault where there is none. */
export async function latestRun(desk: Desk, slug: string) {
  const run = (await desk.journal.runs(slug)).at(-1);
  if (run !== undefined) return run;
  throw new Fault("rejected", {
    what: `"${slug}" has no run yet.`,
    next: `\`atoll up ${slug}\` starts one.`,
    field: "slug",
  });
}

/** Yields a run's events until it has ended, and says how. */
export async function* watchRun(
  desk: Desk,
  kind: RunKind,
  slug: string,
  runId: string,
  words: { done: (result: RunResult) => string },
): Handler {
  const interruption = interrupted();
  const started = (await desk.journal.runs(slug)).find((each) => each.id === runId);
  if (started?.lacksWorker) yield { type: "remark", text: noWorker(started.environment) };
  const remains: { step: string; what: string }[] = [];
  let hasActed = false;
  const events = desk.journal.events(runId, { follow: true })[Symbol.asyncIterator]();
  for (;;) {
    const next = await Promise.race([events.next(), interruption]);
    if (next === undefined) return leftToGoOn(kind, slug, runId);
    if (next.done) break;
    const event = next.value;
    if (event.type === "step-applying") hasActed = true;
    if (event.type === "undo-done" && event.remains !== undefined)
      remains.push({ step: event.step, what: event.remains });
    yield event;
  }
  const run = await desk.journal.wait(runId);
  const result: RunResult = {
    slug,
    run: runId,
    state: run.state,
    url: kind === "destroy" ? undefined : await desk.urlOf(slug),
    durationMs:
      run.startedAt === undefined || run.endedAt === undefined
        ? 0
        : Date.parse(run.endedAt) - Date.parse(run.startedAt),
    ...(run.fault === undefined ? {} : { fault: { what: run.fault.what, next: run.fault.next } }),
    ...(run.owed.length === 0
      ? {}
      : { owed: run.owed.map(({ step, fault }) => ({ step, what: fault.what })) }),
    ...(remains.length === 0 ? {} : { remains }),
  };
  return ending(result, { kind, hasActed }, words.done);
}

/** Ctrl-C ends the watching, not the run. */
function leftToGoOn(kind: RunKind, slug: string, run: string): Outcome {
  const again =
    kind === "destroy"
      ? `atoll destroy ${slug} --confirm ${slug}`
      : isOperation(kind)
        ? `atoll ${kind} ${slug}`
        : `atoll ${kind === "repair" ? "repair" : "up"} ${slug}`;
  return {
    result: { slug, run, state: "running" },
    text: `\nLeft. The run goes on as soon as a worker is there: \`${again}\`, or \`atoll worker\`.`,
    exitCode: exitCode.interrupted,
  };
}

interface Told {
  kind: RunKind;
  /** It began to change something. */
  hasActed: boolean;
}

function ending(result: RunResult, told: Told, done: (result: RunResult) => string): Outcome {
  const { kind } = told;
  const kept = (result.remains ?? []).map((each) => `    ${plain(each.what)}`);
  const stays = kept.length === 0 ? [] : ["  What was brought stays with its owner:", ...kept];
  if (result.state === "succeeded")
    return { result, text: [done(result), ...stays].join("\n"), exitCode: exitCode.ok };
  const what = result.fault?.what ?? `The run ended as ${result.state}.`;
  const owed = result.owed ?? [];
  return {
    result,
    text: [
      `\n${paint("red", "✗")} ${plain(what)}`,
      `  ${leftBehind(result, told)}`,
      ...stays,
      ...owed.map((each) => `    ${each.step}: ${plain(each.what)}`),
      `  next  ${plain(result.fault?.next ?? "Look at `atoll status`, then run the command again.")}`,
      ...(owed.length === 0 ? [] : goOn(kind, result.slug)),
      `  after ${duration(result.durationMs)}`,
    ].join("\n"),
    exitCode: exitCode.failed,
  };
}

/** Ways on from what could not be taken back. */
const goOn = (kind: RunKind, slug: string): string[] =>
  isOperation(kind)
    ? [
        `        \`atoll retry ${slug}\` tries to take it back once more.`,
        ...(kind === "pause" || kind === "resume"
          ? [`        \`atoll resume ${slug}\` sets everything going instead.`]
          : []),
      ]
    : [
        `        \`atoll up ${slug}\` then goes on with what is there,`,
        `        \`atoll destroy ${slug} --confirm ${slug}\` removes it.`,
      ];

function leftBehind({ state, owed, slug }: RunResult, { kind, hasActed }: Told): string {
  if (isOperation(kind) && !hasActed) return "Nothing was changed.";
  const made = isOperation(kind) ? "What it did was taken back" : "What it had made was removed";
  if (state === "undone") return `${made}.`;
  if (owed !== undefined) return `${made}, all but:`;
  if (isOperation(kind)) return `Look at \`atoll status ${slug}\` for how the instance stands.`;
  return `What it made is still there: \`atoll status ${slug}\` shows it.`;
}
