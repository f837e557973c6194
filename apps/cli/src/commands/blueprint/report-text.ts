import { lawWords, type Report, verdict } from "@atoll/rehearsal/report";
import { paint, plain } from "../../output/paint.ts";

const marks: Record<Report["laws"][number]["result"], string> = {
  ok: paint("green", "✓"),
  failed: paint("red", "✗"),
  "not tried": paint("dim", "·"),
};

/** A report for people: each step with how it fared under each law, and what went wrong. */
export function reportText(report: Report): string {
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
      ({ law, result, durationMs }) =>
        `  ${marks[result]} ${law}: ${lawWords[law]}  ${paint("dim", `${result === "not tried" ? "not tried, " : ""}${(durationMs / 1000).toFixed(1)} s`)}`,
    ),
    ...(wrong.length === 0 ? [] : ["", ...wrong.map((each) => `  ${paint("red", "✗")} ${plain(each)}`)]),
    "",
    `${(report.durationMs / 1000).toFixed(0)} s, seed ${report.seed} (--seed ${report.seed} tries the same again).`,
    verdict(report),
  ].join("\n");
}
