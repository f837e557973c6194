import type { UsageLine } from "@atoll/contract/schemas/usage";
import { columns, countNames } from "./counts.ts";

/** What a spreadsheet takes for the beginning of a formula, wide forms of East Asian keyboards among them. */
const beginsFormula = /^[\s\p{Cc}\p{Cf}]*[=+\-@|＝＋－＠]|^[\t\r\n]/u;

/** A cell of a CSV file (RFC 4180). A text that a spreadsheet would run as a formula is shown as one instead. */
export function cell(value: string | number | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = beginsFormula.test(value) ? `'${value}` : value;
  return /[",\r\n;\t']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A month's report, an instance a line, with a column of costs for each currency. An empty cell was not counted. */
export function csvOf(month: string, lines: readonly UsageLine[]): string {
  const currencies = [...new Set(lines.flatMap(({ costs }) => costs.map(({ currency }) => currency)))].sort();
  const heads = [
    ...["month", "instance", "name", "environment", "blueprint", "state", "hours_counted", "hours"],
    ...countNames.map((name) => columns[name]),
    ...currencies.map((currency) => `cost_${currency}`),
  ];
  const rows = lines.map((line) => [
    ...[
      month,
      line.instance,
      line.name,
      line.environment,
      line.blueprint,
      line.state,
      line.hours,
      line.ofHours,
    ],
    ...countNames.map((name) => line[name]),
    ...currencies.map((currency) => line.costs.find((each) => each.currency === currency)?.amount ?? 0),
  ]);
  return `${[heads, ...rows].map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}
