import type { RunKind } from "@atoll/core/states";
import type { Runtime } from "@atoll/hub/runtime";
import { exitCode } from "../output/exit-codes.ts";
import type { Handler, Outcome } from "../output/outcome.ts";
import { duration } from "../output/paint.ts";

/** The end of a run as data: what `--json` prints and what other programs read. */
interface RunResult {
  slug: string;
  run: string;
  state: string;
  url: string | undefined;
  durationMs: number;
  fault?: { what: string; next: string };
}

/** Starts a run (or joins the one that goes on), yields its events until it has ended, and says how. */
export async function* followRun(
  runtime: Runtime,
  kind: RunKind,
  slug: string,
  words: { done: (result: RunResult) => string },
): Handler {
  const runId = await runtime.journal.submit(kind, slug, { by: runtime.operator });
  yield* runtime.journal.events(runId, { follow: true });
  const run = await runtime.journal.wait(runId);
  const result: RunResult = {
    slug,
    run: runId,
    state: run.state,
    url: kind === "destroy" ? undefined : await runtime.urlOf(slug),
    durationMs:
      run.startedAt === undefined || run.endedAt === undefined
        ? 0
        : Date.parse(run.endedAt) - Date.parse(run.startedAt),
    ...(run.fault === undefined ? {} : { fault: { what: run.fault.what, next: run.fault.next } }),
  };
  return ending(result, words.done);
}

function ending(result: RunResult, done: (result: RunResult) => string): Outcome {
  if (result.state === "succeeded") return { result, text: done(result), exitCode: exitCode.ok };
  const what = result.fault?.what ?? `The run ended as ${result.state}.`;
  const kept =
    result.state === "undone"
      ? "What it had made was removed again."
      : "What it made is still there: `atoll status` shows it.";
  const next = result.fault?.next ?? "Look at `atoll status`, then run the command again.";
  return {
    result,
    text: `\n✗ ${what}\n  ${kept}\n  next  ${next}\n  after ${duration(result.durationMs)}`,
    exitCode: exitCode.failed,
  };
}
