import type { CheckLine } from "@atoll/contract/schemas/checklist";

type Result = CheckLine["result"];

/** How a line's result is called, and which state's mark it carries. */
export const results = {
  ok: { word: "ok", mark: "succeeded" },
  failed: { word: "failed", mark: "failed" },
  waiting: { word: "waiting", mark: "pending" },
  "not-applicable": { word: "not applicable", mark: "skipped" },
} as const satisfies Record<Result, object>;

/** All lines in one sentence. */
export function endingOf(lines: readonly Pick<CheckLine, "result">[]): string {
  const count = (result: Result) => lines.filter((line) => line.result === result).length;
  const [failures, waits] = [count("failed"), count("waiting")];
  if (failures > 0) return failures === 1 ? "One line needs you." : `${failures} lines need you.`;
  if (waits > 0) return `Nothing has failed; ${waits} still ${waits === 1 ? "waits" : "wait"}.`;
  return "It is ready: everything is well.";
}
