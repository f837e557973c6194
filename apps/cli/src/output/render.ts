import { Fault, type Problem } from "@atoll/core/fault";
import { exitCodeOf } from "./exit-codes.ts";
import type { Handler, Outcome } from "./outcome.ts";
import { paint, plain } from "./paint.ts";
import { lines, RunProgress } from "./progress.ts";

export type Mode = "human" | "json" | "ndjson";

/** How to print, from the arguments as they were typed. */
export function modeOf(args: readonly string[]): Mode {
  const ours = args.slice(0, args.includes("--") ? args.indexOf("--") : undefined);
  if (ours.includes("--ndjson")) return "ndjson";
  return ours.includes("--json") ? "json" : "human";
}

/** Shows what is wrong with the command line itself; `write` goes to stderr. */
export function showUsage(mode: Mode, text: string, write: (text: string) => void): void {
  const next = "`--help` after the command shows what can be said.";
  if (mode === "human") {
    write(`${text.trimEnd()}\n  ${next}\n`);
    return;
  }
  const what = text.replace(/^error: /, "").trim();
  const error = { kind: "rejected", what, next };
  process.stdout.write(`${JSON.stringify(mode === "ndjson" ? { type: "error", ...error } : { error })}\n`);
}

/** Draws a run in place on a terminal; elsewhere one line for each event. Everything goes to stderr. */
class LivePicture {
  readonly #progress = new RunProgress();
  readonly #out = process.stderr;
  #drawn = 0;
  #timer: NodeJS.Timeout | undefined;

  event(event: Parameters<RunProgress["add"]>[0]): void {
    this.#progress.add(event);
    if (this.#out.isTTY) {
      this.#timer ??= setInterval(() => this.#draw(), 100);
      this.#draw();
      return;
    }
    if (event.type === "run" || event.type === "step-started") return;
    if ("step" in event) {
      const row = this.#progress.rows.get(event.step);
      if (row !== undefined) this.#out.write(`${event.at.slice(11, 19)}  ${row.step}: ${plain(row.words)}\n`);
    }
  }

  remark(text: string): void {
    this.#erase();
    this.#out.write(`${paint("dim", text, this.#out)}\n`);
    if (this.#out.isTTY) this.#draw();
  }

  end(): void {
    clearInterval(this.#timer);
    if (this.#out.isTTY) this.#draw();
    this.#drawn = 0;
  }

  #erase(): void {
    if (this.#drawn > 0) this.#out.write(`\u001b[${this.#drawn}A\u001b[0J`);
    this.#drawn = 0;
  }

  #draw(): void {
    // A picture taller than the window would scroll and never be erased: only its last lines are drawn.
    const drawn = lines(this.#progress, Date.now(), this.#out.columns).slice(
      -Math.max(3, (this.#out.rows ?? 24) - 2),
    );
    this.#erase();
    this.#out.write(drawn.map((line) => `${line}\n`).join(""));
    this.#drawn = drawn.length;
  }
}

/** Any error as `--json` prints it: what happened and what to do next, never a stack. */
function problem(error: unknown): {
  what: string;
  next: string;
  kind: string;
  field?: string;
  problems?: readonly Problem[];
  call?: string;
} {
  if (error instanceof Fault) {
    return {
      kind: error.kind,
      what: error.what,
      next: error.next,
      ...(error.field === undefined ? {} : { field: error.field }),
      ...(error.problems.length === 0 ? {} : { problems: error.problems }),
      ...(error.call === undefined ? {} : { call: error.call }),
    };
  }
  const words = error instanceof Error ? error.message : String(error);
  return {
    kind: "unforeseen",
    what: `Something unforeseen happened: ${words}`,
    next: "Run it again with ATOLL_DEBUG=1 for the stack, and report it if it stays.",
  };
}

/** Shows any error to a person on stderr: what, field, call, next. */
export function showProblem(error: unknown): void {
  const { what, next, field, problems = [], call } = problem(error);
  const out = process.stderr;
  const many = problems.length > 1;
  const head = many ? `${problems.length} answers need another look:` : what;
  out.write(`\n${paint(["red", "bold"], "✗", out)} ${plain(head)}\n`);
  if (many) for (const each of problems) out.write(`    ${plain(each.field)} ${plain(each.what)}\n`);
  else if (field !== undefined) out.write(`  ${paint("dim", "field", out)} ${plain(field)}\n`);
  if (call !== undefined) out.write(`  ${paint("dim", "call ", out)} ${plain(call)}\n`);
  out.write(`  ${paint("dim", "next ", out)} ${plain(next)}\n`);
  if (process.env.ATOLL_DEBUG && error instanceof Error) out.write(`${error.stack}\n`);
}

/**
 * Runs a command's handler and shows it in one of three ways: for people (progress on stderr, result on
 * stdout), as one JSON document, or as NDJSON (an event a line, the result last). Gives the exit code.
 */
export async function render(mode: Mode, handler: Handler): Promise<number> {
  const picture = mode === "human" ? new LivePicture() : undefined;
  const line = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);
  try {
    let step = await handler.next();
    while (!step.done) {
      const event = step.value;
      if (mode === "ndjson") line(event);
      else if (event.type === "remark") picture?.remark(event.text);
      else picture?.event(event);
      step = await handler.next();
    }
    picture?.end();
    const outcome: Outcome = step.value;
    if (mode === "human") process.stdout.write(`${outcome.text}\n`);
    else if (mode === "ndjson") line({ type: "result", ...outcome.result });
    else process.stdout.write(`${JSON.stringify(outcome.result, null, 2)}\n`);
    return outcome.exitCode;
  } catch (error) {
    picture?.end();
    if (mode === "human") showProblem(error);
    else if (mode === "ndjson") line({ type: "error", ...problem(error) });
    else process.stdout.write(`${JSON.stringify({ error: problem(error) }, null, 2)}\n`);
    return exitCodeOf(error);
  }
}
