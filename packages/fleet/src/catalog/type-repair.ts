import { sqlLiteral } from "../quote.ts";
import { columnDifferences } from "./columns.ts";
import type { Column, TableBody, Thing } from "./definitions.ts";
import type { Plan } from "./rebuild.ts";
import type { Finding } from "./words.ts";

interface TypeBody extends Partial<TableBody> {
  labels?: string[];
}

/** How an enum, composite or range type differs. */
export function typeUpdated(
  plan: Plan,
  thing: Thing,
  want: TypeBody,
  there: TypeBody,
  emptied: boolean,
): Finding[] {
  const { label } = thing;
  if (want.columns && there.columns)
    return columnDifferences({ thing, expected: plan.expected, emptied }, want.columns, there.columns).map(
      ({ what, sql }) => ({ what, sql: attributeSql(sql) }),
    );
  if (!want.labels || !there.labels)
    return [
      {
        what: `The type ${label} is another kind of type. Columns of it would lose what they hold.`,
        sql: "",
      },
    ];
  const [should, is] = [want.labels, there.labels];
  const missing = should.filter((each) => !is.includes(each));
  const added = is.filter((each) => !should.includes(each));
  const [gone, came] = [missing[0], added[0]];
  if (
    missing.length === 1 &&
    added.length === 1 &&
    gone !== undefined &&
    came !== undefined &&
    should.indexOf(gone) === is.indexOf(came)
  )
    return [
      {
        what: `The value ${gone} of type ${label} was renamed to ${came}.`,
        sql: `alter type ${label} rename value ${sqlLiteral(came)} to ${sqlLiteral(gone)};`,
      },
    ];
  if (missing.length === 0 && added.length === 0)
    return [
      { what: `The values of type ${label} have another order. Postgres cannot sort them anew.`, sql: "" },
    ];
  const findings = missing.map((each): Finding => {
    const before = should[should.indexOf(each) - 1];
    const place =
      before === undefined ? ` before ${sqlLiteral(should[1] ?? "")}` : ` after ${sqlLiteral(before)}`;
    const where = should.length > 1 ? place : "";
    return {
      what: `The value ${each} of type ${label} was removed.`,
      sql: `alter type ${label} add value if not exists ${sqlLiteral(each)}${where};`,
    };
  });
  for (const each of added)
    findings.push({
      what: `The value ${each} was added to type ${label}. Postgres cannot remove it while rows may hold it.`,
      sql: "",
    });
  return findings;
}

/** A composite type's parts are changed like a table's columns, in other words. */
const attributeSql = (sql: string) =>
  sql
    .replace(/^alter table/, "alter type")
    .replace(/\b(add|alter|drop|rename) column /g, "$1 attribute ")
    .replace(/ using [^;]*/, "");

/** How a domain differs; its constraints are things of their own. */
export function domainUpdated(thing: Thing, want: Column, there: Column): Finding[] {
  const { label } = thing;
  if (want.type !== there.type || want.collation !== there.collation)
    return [
      {
        what: `The domain ${label} is of type ${there.type}; it was ${want.type}. Columns of it would lose what they hold.`,
        sql: "",
      },
    ];
  const findings: Finding[] = [];
  if (want.default !== there.default)
    findings.push({
      what: `The domain ${label} has the default ${there.default ?? "none"}; it was ${want.default ?? "none"}.`,
      sql: `alter domain ${label} ${want.default === undefined ? "drop default" : `set default ${want.default}`};`,
    });
  if (want.required !== there.required)
    findings.push({
      what: `The domain ${label} ${want.required ? "may be empty now" : "may not be empty any more"}.`,
      sql: `alter domain ${label} ${want.required ? "set" : "drop"} not null;`,
    });
  return findings;
}
