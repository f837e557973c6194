import { columnSql, identitySql, sequenceOf } from "./ddl.ts";
import { type Column, type Definitions, ident, type Thing } from "./definitions.ts";

/** One difference of a table's columns: what happened, and the SQL that puts it back ("" where data would be lost). */
export interface ColumnDifference {
  what: string;
  sql: string;
  /** Views and policies that read the column have to stand aside meanwhile. */
  disturbs: boolean;
}

/** What one column's comparison needs beside the two columns. */
interface Place {
  thing: Thing;
  expected: Definitions;
  /** Nothing is in the tables: what would lose data is done. */
  emptied: boolean;
}

const numbers = ["smallint", "integer", "bigint", "numeric", "real", "double precision"];
const base = (type: string) => type.replace(/\(.*\)/, "");

/** Whether writing values of one type as another may drop a part of them without an error. */
function losesData(from: string, to: string): boolean {
  const [fromAt, toAt] = [numbers.indexOf(base(from)), numbers.indexOf(base(to))];
  if (fromAt !== -1 && toAt !== -1) {
    if (base(from) === "numeric" && base(to) === "numeric") {
      const scale = (type: string) =>
        Number(/,(-?\d+)\)/.exec(type)?.[1] ?? (type.includes("(") ? 0 : Infinity));
      return scale(to) < scale(from);
    }
    // Integers that do not fit are an error; fractions are rounded in silence.
    return fromAt > 2 && (toAt <= 2 || toAt < fromAt || base(to) !== base(from));
  }
  if (from.startsWith("timestamp")) return /^(date|time)\b/.test(to) && !to.startsWith("timestamp");
  return false;
}

function typeSql(name: string, from: Column, to: Column): string[] {
  const collation = to.collation === undefined ? "" : ` collate ${to.collation}`;
  // Without `using`, a text that is too long is an error; with it, it would be cut.
  const cast = /^(character|bit)/.test(to.type) ? "" : ` using ${ident(name)}::${to.type}`;
  return [
    ...(from.default === undefined ? [] : [`alter column ${ident(name)} drop default`]),
    `alter column ${ident(name)} type ${to.type}${collation}${cast}`,
    ...(to.default === undefined ? [] : [`alter column ${ident(name)} set default ${to.default}`]),
  ];
}

/** What became of a column's expression or rule, for people. */
function became(what: string, from: string | undefined, to: string | undefined): string {
  if (from === undefined) return `got ${what} ${to}; it had none`;
  if (to === undefined) return `lost ${what} ${from}`;
  return `got ${what} ${to}; it was ${from}`;
}

const fullType = ({ type, collation }: Column) =>
  collation === undefined ? type : `${type} collate ${collation}`;

/** `there` is how the column is, `want` how it should be. */
function changed(place: Place, name: string, want: Column, there: Column): ColumnDifference[] {
  const { label } = place.thing;
  const column = ident(name);
  const differences: ColumnDifference[] = [];
  const say = (what: string, steps: readonly string[], disturbs = false, apart: readonly string[] = []) =>
    differences.push({
      what: `Column ${name} of ${place.thing.kind} ${label} ${what}.`,
      sql: [...(steps.length === 0 ? [] : [`alter table ${label} ${steps.join(", ")};`]), ...apart].join(
        "\n",
      ),
      disturbs,
    });

  if (want.generated !== there.generated || want.virtual !== there.virtual) {
    const what = became("the generating expression", want.generated, there.generated);
    if (want.generated === undefined) say(what, [`alter column ${column} drop expression`]);
    else say(what, [`drop column ${column}`, `add column ${columnSql(name, want)}`], true);
    return differences;
  }
  if (fullType(want) !== fullType(there)) {
    const loses = losesData(there.type, want.type) && !place.emptied;
    const what = `became ${fullType(there)}; it was ${fullType(want)}`;
    if (loses) say(`${what}. Changing it back could lose a part of its values`, [], true);
    else say(what, typeSql(name, there, want), true);
  }
  if (want.default !== there.default)
    say(became("the default", want.default, there.default), [
      want.default === undefined
        ? `alter column ${column} drop default`
        : `alter column ${column} set default ${want.default}`,
    ]);
  if (want.identity !== there.identity) {
    const what = became("the identity", want.identity, there.identity);
    const sequence = sequenceOf(place.expected, label, name);
    if (want.identity === undefined) say(what, [`alter column ${column} drop identity`]);
    else if (there.identity !== undefined)
      say(what, [`alter column ${column} set generated ${want.identity}`]);
    else
      say(
        what,
        [
          `alter column ${column} set not null`,
          `alter column ${column} add${identitySql(want.identity, sequence)}`,
        ],
        false,
        sequence === undefined ? [] : [continueSql(sequence, label, column)],
      );
  }
  if (want.required !== there.required)
    say(want.required ? "may be empty now; it was not null" : "may not be empty any more", [
      `alter column ${column} ${want.required ? "set" : "drop"} not null`,
    ]);
  return differences;
}

/** A sequence that was made anew goes on behind the values that are there. */
export const continueSql = (sequence: string, table: string, column: string): string =>
  `select pg_catalog.setval('${sequence.replaceAll("'", "''")}'::pg_catalog.regclass, ` +
  `coalesce((select pg_catalog.max(${column}) from ${table}), 0) + 1, false);`;

/** Compares the columns of a table. One that only has another name is given its own back. */
export function columnDifferences(
  place: Place,
  want: Record<string, Column>,
  there: Record<string, Column>,
): ColumnDifference[] {
  const { kind, label } = place.thing;
  const missing = Object.keys(want).filter((name) => !(name in there));
  const added = Object.keys(there).filter((name) => !(name in want));
  const differences: ColumnDifference[] = [];
  const [gone, came] = [missing[0], added[0]];
  const isRenamed =
    missing.length === 1 &&
    added.length === 1 &&
    gone !== undefined &&
    came !== undefined &&
    JSON.stringify(want[gone]) === JSON.stringify(there[came]);
  if (isRenamed) {
    const what = `Column ${gone} of ${kind} ${label} was renamed to ${came}.`;
    const sql = `alter table ${label} rename column ${ident(came)} to ${ident(gone)};`;
    differences.push({ what, sql, disturbs: false });
  } else {
    for (const name of missing) {
      const column = want[name];
      if (column === undefined) continue;
      const what = `Column ${name} of ${kind} ${label} was removed, with what it held.`;
      const sql = `alter table ${label} add column ${columnSql(name, column, sequenceOf(place.expected, label, name))};`;
      differences.push({ what, sql, disturbs: false });
    }
    for (const name of added) {
      const what = `Column ${name} was added to ${kind} ${label}.`;
      if (place.emptied)
        differences.push({ what, sql: `alter table ${label} drop column ${ident(name)};`, disturbs: true });
      else
        differences.push({ what: `${what} Removing it would lose what it holds.`, sql: "", disturbs: false });
    }
  }
  for (const [name, column] of Object.entries(want)) {
    const found = there[name];
    if (found !== undefined) differences.push(...changed(place, name, column, found));
  }
  return differences;
}
