import type { UsageCounts } from "@atoll/contract/schemas/usage";

/** Columns of `atoll.usage` with the contract's names for them, in one order everywhere. */
export const columns = {
  auth: "auth",
  rest: "rest",
  storage: "storage",
  realtime: "realtime",
  executions: "executions",
  failedExecutions: "failed_executions",
  deployments: "deployments",
  failedDeployments: "failed_deployments",
  mails: "mails",
  databaseBytes: "database_bytes",
  databaseRows: "database_rows",
  users: "users",
  activeUsers: "active_users",
} as const satisfies Record<keyof UsageCounts, string>;

export type CountName = keyof typeof columns;
export const countNames = Object.keys(columns) as CountName[]; // the keys of the record itself

/** What stands at a moment, and is not added up over time. */
const standing: ReadonlySet<CountName> = new Set(["databaseBytes", "databaseRows", "users", "activeUsers"]);
export const isStanding = (name: CountName): boolean => standing.has(name);

/** Numbers of a row as the contract shows them: what is null was not counted, and is absent. */
export function shownCounts(row: Readonly<Record<string, unknown>>): UsageCounts {
  return Object.fromEntries(
    countNames.flatMap((name) => {
      const value = row[columns[name]];
      return value === null || value === undefined ? [] : [[name, Number(value)]];
    }),
  );
}
