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
  /** Every law was tried, and held. */
  ok: boolean;
  seed: number;
  durationMs: number;
  /** The one step that was put to trial, where not all were. */
  only?: string;
  /** Steps that the imagined client's answers switch off: nothing is known of them. */
  off: string[];
  steps: { step: string; kind: string; laws: Partial<Record<Law, Fared>> }[];
  /** `what` is wrong with the law as a whole, beyond single steps. A law for which nothing could be tried says nothing. */
  laws: { law: Law; result: "ok" | "failed" | "not tried"; durationMs: number; what: string[] }[];
}

/** True when something did not hold; a report that is neither this nor `ok` has laws that were not tried. */
export const hasFailed = ({ laws }: Pick<Report, "laws">): boolean =>
  laws.some(({ result }) => result === "failed");

/** What came of it, in one sentence; it names what was not tried. */
export function verdict(report: Report): string {
  const { blueprint, only, off, ok, laws } = report;
  const name = only === undefined ? blueprint : `${blueprint}, step ${only},`;
  const untried = laws.filter(({ result }) => result === "not tried").map(({ law }) => law);
  const never =
    off.length === 0 || only !== undefined
      ? ""
      : ` Never tried, because the imagined client's answers switch them off: ${off.join(", ")}.`;
  if (hasFailed(report)) return `${name} does not hold.${never}`;
  if (!ok) return `${name} is not proven to hold: nothing could be tried for ${untried.join(", ")}.${never}`;
  return `${name} holds${never === "" ? "" : ", but not all of it was tried"}.${never}`;
}

const signs: Record<Fared["result"], string> = { ok: "ok", failed: "FAILED", skipped: "·" };

/** The report as a Markdown document: a table of steps and laws, and what went wrong. */
export function markdownOf(report: Report): string {
  const { blueprint, seed, durationMs, steps } = report;
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
    `# Rehearsal of ${blueprint}: ${report.ok ? "ok" : hasFailed(report) ? "failed" : "not proven"}`,
    "",
    verdict(report),
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
      ({ law, result, durationMs: took }) =>
        `- ${law}: ${lawWords[law]} (${result === "failed" ? "FAILED" : result}, ${(took / 1000).toFixed(1)} s)`,
    ),
    ...(wrong.length === 0 ? [] : ["", "## What went wrong", "", ...wrong]),
    "",
  ].join("\n");
}
