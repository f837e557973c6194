/** The laws, in the order in which they are tried. */
const laws = ["made", "again", "twice", "lost", "fails", "undo-twice", "killed", "gone"] as const;
export type Law = (typeof laws)[number];

/** What each law says. */
export const lawWords: Record<Law, string> = {
  made: "an instance is made, and every step is done",
  again: "asking for the same again writes nothing",
  twice: "the step is done a second time: one of each thing",
  lost: "the answer of a write is lost: one of each thing",
  fails: "the step fails: everything is as before",
  "undo-twice": "each removal is done twice",
  killed: "the worker is killed with -9 at this step: one of each thing, or nothing",
  gone: "destroying leaves nothing behind",
};

/** How one step fared under one law. `skipped` = not tried this time, or the step has nothing that could be tried. */
export interface Fared {
  result: "ok" | "failed" | "skipped";
  /** What happened, where it did not go well; or what was tried. */
  what?: string;
}

/** What a rehearsal found. */
export interface Report {
  blueprint: string;
  ok: boolean;
  seed: number;
  durationMs: number;
  steps: { step: string; kind: string; laws: Partial<Record<Law, Fared>> }[];
  /** What is wrong with a law as a whole, beyond single steps. */
  laws: { law: Law; ok: boolean; durationMs: number; what: string[] }[];
}

const signs: Record<Fared["result"], string> = { ok: "ok", failed: "FAILED", skipped: "·" };

/** The report as a Markdown document: a table of steps and laws, and what went wrong. */
export function markdownOf(report: Report): string {
  const { blueprint, ok, seed, durationMs, steps } = report;
  const shown = report.laws.map(({ law }) => law);
  const row = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const wrong = [
    ...report.laws.flatMap(({ law, what }) => what.map((each) => `- **${law}**: ${each}`)),
    ...steps.flatMap(({ step, laws }) =>
      shown.flatMap((law) =>
        laws[law]?.result === "failed" ? [`- **${step}**, ${law}: ${laws[law]?.what ?? "failed"}`] : [],
      ),
    ),
  ];
  return [
    `# Rehearsal of ${blueprint}: ${ok ? "ok" : "failed"}`,
    "",
    `Seed ${seed}, ${(durationMs / 1000).toFixed(0)} s.`,
    "",
    row(["step", ...shown]),
    row(["---", ...shown.map(() => "---")]),
    ...steps.map(({ step, laws }) =>
      row([step, ...shown.map((law) => signs[laws[law]?.result ?? "skipped"])]),
    ),
    "",
    ...report.laws.map(
      ({ law, ok: held, durationMs: took }) =>
        `- ${law}: ${lawWords[law]} (${held ? "ok" : "FAILED"}, ${(took / 1000).toFixed(1)} s)`,
    ),
    ...(wrong.length === 0 ? [] : ["", "## What went wrong", "", ...wrong]),
    "",
  ].join("\n");
}
