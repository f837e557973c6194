import { month as monthText, type UsageLine, type UsageReport } from "@atoll/contract/schemas/usage";
import { Fault } from "@atoll/core/fault";
import { type CommandContext, withDesk } from "../../context.ts";
import type { Desk } from "../../desk.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { paint, plain } from "../../output/paint.ts";
import { columns, counted } from "../schema/words.ts";

/** What `usage` is told on its line. */
export interface UsageInput {
  slug: string | undefined;
  month?: string;
  environment?: string;
  measure: boolean;
}

/** What is asked of the desk. Throws a fault on an option that is wrong. */
function askedOf({ slug, month, environment, measure }: UsageInput) {
  if (month !== undefined && !monthText.safeParse(month).success)
    throw new Fault("rejected", {
      what: `--month is "${month}".`,
      next: "Write a year and a month, such as 2026-11.",
      field: "month",
    });
  if (measure && slug === undefined)
    throw new Fault("rejected", {
      what: "--measure counts one instance, and none is named.",
      next: "Name it: `atoll usage SLUG --measure`. The hub counts all of them by itself.",
      field: "measure",
    });
  return { slug, month, environment };
}

/** The whole report of a month, however many parts it comes in. */
async function wholeReport(desk: Desk, asked: ReturnType<typeof askedOf>): Promise<UsageReport> {
  let { nextCursor: cursor, ...report } = await desk.usage.report({ ...asked, limit: 500 });
  while (cursor !== undefined) {
    const { items, nextCursor } = await desk.usage.report({ ...asked, limit: 500, cursor });
    report = { ...report, items: [...report.items, ...items] };
    cursor = nextCursor;
  }
  return report;
}

const number = (value: number | undefined) => (value === undefined ? "–" : value.toLocaleString("en"));
const size = (bytes: number | undefined) => (bytes === undefined ? "–" : `${(bytes / 1e6).toFixed(1)} MB`);
const amounts = (costs: readonly { currency: string; amount: number }[]) =>
  costs.length === 0
    ? "–"
    : costs.map(({ currency, amount }) => `${amount.toFixed(2)} ${plain(currency)}`).join(" + ");

function requestsOf({
  auth,
  rest,
  storage,
  realtime,
}: Pick<UsageLine, "auth" | "rest" | "storage" | "realtime">) {
  const known = [auth, rest, storage, realtime].filter((each) => each !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, each) => sum + each, 0);
}

function oneText(line: UsageLine): string[] {
  return [
    ...columns([
      [
        "requests",
        `auth ${number(line.auth)}, data ${number(line.rest)}, storage ${number(line.storage)}, realtime ${number(line.realtime)}`,
      ],
      ["executions", `${number(line.executions)}, ${number(line.failedExecutions)} failed`],
      ["deployments", `${number(line.deployments)}, ${number(line.failedDeployments)} failed`],
      ["mails", number(line.mails)],
      ["database", `${size(line.databaseBytes)}, ${number(line.databaseRows)} rows`],
      ["users", `${number(line.users)}, ${number(line.activeUsers)} active`],
      ["counted", `${line.hours} of ${counted(line.ofHours, "hour")}`],
      ["cost", amounts(line.costs)],
    ]),
    ...line.costs.flatMap(({ currency, lines }) =>
      columns(
        lines.map(({ label, amount }) => ["", plain(label), `${amount.toFixed(2)} ${plain(currency)}`]),
      ),
    ),
  ];
}

function reportText({ items, totals, costs }: UsageReport): string[] {
  const rows = items.map((line) => [
    plain(line.instance),
    number(requestsOf(line)),
    number(line.executions),
    number(line.deployments),
    number(line.mails),
    size(line.databaseBytes),
    number(line.activeUsers),
    amounts(line.costs),
  ]);
  const sums = [
    "together",
    number(requestsOf(totals)),
    number(totals.executions),
    number(totals.deployments),
    number(totals.mails),
    size(totals.databaseBytes),
    number(totals.activeUsers),
    amounts(costs),
  ];
  const heads = [
    "instance",
    "requests",
    "executions",
    "deployments",
    "mails",
    "database",
    "active users",
    "cost",
  ];
  return columns([heads.map((head) => paint("dim", head)), ...rows, sums]);
}

/** `usage`: the report of a month, of one instance in more words. */
export async function* usage(context: CommandContext, input: UsageInput): Handler {
  const asked = askedOf(input);
  const { slug, environment, measure, month } = input;
  return yield* withDesk(context, { worker: false, environment }, async (desk) => {
    if (measure && slug !== undefined) await desk.usage.measure(slug);
    const report = await wholeReport(desk, asked);
    const [only] = report.items;
    const body = slug === undefined ? reportText(report) : only === undefined ? [] : oneText(only);
    const standing = slug === undefined && month === undefined ? await poolLine(desk) : [];
    const head = `${report.month}${report.isOver ? "" : ", so far"}${slug === undefined ? "" : ` · ${plain(slug)}`}`;
    return {
      result: report,
      text:
        report.items.length === 0
          ? `${head}: nothing was counted.\n  next  A running hub counts each instance every hour; \`atoll usage SLUG --measure\` does it now.`
          : [paint("bold", head), ...body, ...standing].join("\n"),
      exitCode: exitCode.ok,
    };
  });
}

/** What stands ready and belongs to no instance yet. */
async function poolLine(desk: Desk): Promise<string[]> {
  const { items, costs } = await desk.pool.show();
  const count = items.filter(({ state, ref }) => state !== "claimed" && ref !== undefined).length;
  const monthly = costs.map(({ currency, monthly: amount }) => ({ currency, amount }));
  return count === 0
    ? []
    : [
        "",
        paint(
          "dim",
          `Beside these, the warm pool: ${counted(count, "project")}, ${amounts(monthly)} a month.`,
        ),
      ];
}

/** `usage --csv`: the same as CSV, for a spreadsheet. */
export async function* usageCsv(context: CommandContext, input: UsageInput): Handler {
  const asked = askedOf(input);
  const { slug, environment, measure } = input;
  return yield* withDesk(context, { worker: false, environment }, async (desk) => {
    if (measure && slug !== undefined) await desk.usage.measure(slug);
    const csv = await desk.usage.csv(asked);
    return { result: { csv }, text: csv.trimEnd(), exitCode: exitCode.ok };
  });
}
