import { sqlIdentifier } from "../quote.ts";
import { columnDifferences, continueSql } from "./columns.ts";
import {
  createSql,
  dropSql,
  type SequenceBody,
  sequenceBody,
  sequenceOf,
  sequenceOptions,
  withOptions,
} from "./ddl.ts";
import { bodyOf, ident, partsOf, type TableBody, type Thing, thingOf } from "./definitions.ts";
import { aside, type Plan, partsSql } from "./rebuild.ts";
import { defaultsSql, grantSql, rightsSentence } from "./rights.ts";
import { domainUpdated, typeUpdated } from "./type-repair.ts";
import { type Finding, nounOf } from "./words.ts";

/** How a thing that both have differs. */
export function updated(plan: Plan, thing: Thing, want: string, there: string, emptied: boolean): Finding[] {
  const { kind, label, part } = thing;
  const { expected, found } = plan;
  const what = `The ${nounOf(thing)} was changed.`;
  const again = `${dropSql(thing)}\n${createSql(thing, want, expected)}`;
  switch (kind) {
    case "table":
      return tableUpdated(plan, thing, bodyOf(want), bodyOf(there), emptied);
    case "type":
      return typeUpdated(plan, thing, bodyOf(want), bodyOf(there), emptied);
    case "domain":
      return domainUpdated(thing, bodyOf(want), bodyOf(there));
    case "sequence": {
      const [should, is] = [sequenceBody(want), sequenceBody(there)];
      const owned = should.ownedBy !== is.ownedBy && !should.identity && !is.identity;
      const owner = owned ? `\nalter sequence ${label} owned by ${should.ownedBy ?? "none"};` : "";
      return [{ what, sql: `alter sequence ${label} ${sequenceOptions(should)};${owner}` }];
    }
    case "row security": {
      const deed = there === "off" ? "switched off" : `changed: it is ${there}; it was ${want}`;
      return [{ what: `The ${nounOf(thing)} was ${deed}.`, sql: createSql(thing, want, expected) }];
    }
    case "grants":
    case "grants schema":
    case "grants type":
      return [
        {
          what: `Rights on ${label} were changed: ${rightsSentence(there, want)}.`,
          sql: grantSql(thing, there, want, expected, found),
        },
      ];
    case "default privileges":
      return [
        {
          what: `${what.slice(0, -1)}: ${rightsSentence(there, want)}.`,
          sql: defaultsSql(thing, there, want),
        },
      ];
    case "owner":
    case "owner schema":
      return [ownerFinding(thing, want, there)];
    case "extension":
      return [
        {
          what: `The extension ${label} stands in schema ${there}; it was in ${want}.`,
          sql: `alter extension ${label} set schema ${ident(want)};`,
        },
      ];
    case "view":
    case "materialized view": {
      const rebuilt = [again, partsSql(plan, label)].filter((line) => line !== "").join("\n");
      return [{ what, sql: aside(plan, label, rebuilt) }];
    }
    case "function":
    case "procedure": {
      const returns = (body: string) => /\n RETURNS ([^\n]*)/.exec(body)?.[1];
      const make = createSql(thing, want, expected);
      if (returns(want) === returns(there)) return [{ what, sql: make }];
      const grants = thingOf(`grants ${label}`);
      const rights = grantSql(grants, undefined, expected[grants.name] ?? "", expected, found);
      return [
        { what, sql: aside(plan, label, `${dropSql(thing)}\n${make}\n${rights}`, ["constraint", "index"]) },
      ];
    }
    case "constraint":
      if (there === `${want} NOT VALID`)
        return [
          {
            what: `${what.slice(0, -1)}: it is not validated.`,
            sql: `alter table ${label} validate constraint ${ident(part)};`,
          },
        ];
      return [{ what, sql: constraintAgain(plan, thing, want) }];
    default:
      return [{ what, sql: again }];
  }
}

/** Foreign keys stand on unique constraints: they make room and come back. */
function constraintAgain({ expected, found }: Plan, thing: Thing, want: string): string {
  const keys = Object.entries(found)
    .filter(([name, body]) => name.startsWith("constraint ") && body.includes(` REFERENCES ${thing.label}(`))
    .filter(([name]) => name !== thing.name)
    .map(([name, body]) => ({ key: thingOf(name), body: expected[name] ?? body }));
  const isKey = /^(PRIMARY KEY|UNIQUE)/.test(found[thing.name] ?? want);
  const around = isKey ? keys : [];
  return [
    ...around.map(({ key }) => dropSql(key)),
    dropSql(thing),
    createSql(thing, want, expected),
    ...around.map(({ key, body }) => createSql(key, body, expected)),
  ].join("\n");
}

function tableUpdated(
  plan: Plan,
  thing: Thing,
  want: TableBody,
  there: TableBody,
  emptied: boolean,
): Finding[] {
  const { label } = thing;
  const place = { thing, expected: plan.expected, emptied };
  const findings: Finding[] = columnDifferences(place, want.columns, there.columns).map(
    ({ what, sql, disturbs }) => ({
      what,
      sql:
        disturbs && sql !== ""
          ? aside(plan, label, sql, sql.includes("drop column") ? ["constraint", "index"] : [])
          : sql,
    }),
  );
  const back = Object.entries(want.columns).filter(([name]) => !(name in there.columns));
  const owned = ownedSql(plan, label, { columns: Object.fromEntries(back) });
  for (const sql of owned) {
    const finding = findings.find((each) => each.sql.startsWith(`alter table ${label} add column`));
    if (finding) finding.sql += `\n${sql}`;
  }
  const note = (what: string, sql: string) => findings.push({ what: `The table ${label} ${what}.`, sql });
  if (want.unlogged !== there.unlogged)
    note(
      there.unlogged ? "does not survive a crash any more (unlogged)" : "is logged now; it was unlogged",
      `alter table ${label} set ${want.unlogged ? "unlogged" : "logged"};`,
    );
  if (JSON.stringify(want.options) !== JSON.stringify(there.options)) {
    const names = (there.options ?? []).map((option) => option.split("=", 1)[0]);
    const reset = names.length === 0 ? [] : [`alter table ${label} reset (${names.join(", ")});`];
    const set = want.options
      ? [`alter table ${label} set${withOptions(want.options).replace(" with", "")};`]
      : [];
    note("has other storage options", [...reset, ...set].join("\n"));
  }
  if (want.replicaIdentity !== there.replicaIdentity && want.replicaIdentity !== "index")
    note(
      "has another replica identity",
      `alter table ${label} replica identity ${want.replicaIdentity ?? "default"};`,
    );
  if (
    want.partitionBy !== there.partitionBy ||
    want.partitionFor !== there.partitionFor ||
    want.parents !== there.parents
  )
    note("is another part of another table. Moving its rows back is left to people", "");
  return findings;
}

/** Who owns a thing: undefined is the database's usual owner. */
function ownerFinding(thing: Thing, want: string | undefined, there: string | undefined): Finding {
  const { kind, label } = thing;
  const target = kind === "owner schema" ? "schema" : label.endsWith(")") ? "routine" : "table";
  const names = (role: string | undefined) => role ?? "the usual owner";
  return {
    what: `The owner of ${label} is ${names(there)}; it was ${names(want)}.`,
    sql: `alter ${target} ${label} owner to ${want ?? "current_user"};`,
  };
}

/** A thing that is missing. */
export function missing(plan: Plan, thing: Thing, want: string): Finding[] {
  const { expected, found } = plan;
  const { kind, label } = thing;
  const what = `The ${nounOf(thing)} was removed.`;
  switch (kind) {
    case "grants":
    case "grants schema":
    case "grants type":
      return [{ what, sql: grantSql(thing, undefined, want, expected, found) }];
    case "default privileges":
      return [{ what, sql: defaultsSql(thing, undefined, want) }];
    case "owner":
    case "owner schema":
      return [ownerFinding(thing, want, undefined)];
    case "table":
      return [
        {
          what: `The table ${label} was removed, with its rows.`,
          sql: [createSql(thing, want, expected), ...ownedSql(plan, label, bodyOf<TableBody>(want))].join(
            "\n",
          ),
        },
      ];
    case "sequence": {
      const owned = ownedIn(plan, sequenceBody(want));
      const owner = owned === undefined ? [] : belongSql(label, owned.table, owned.column);
      return [{ what, sql: [createSql(thing, want, expected), ...owner].join("\n") }];
    }
    default:
      return [{ what, sql: createSql(thing, want, expected) }];
  }
}

/** The column that a sequence belongs to, where it is there. */
function ownedIn({ found }: Plan, { ownedBy = "", identity }: SequenceBody) {
  if (identity) return undefined;
  for (const [name, body] of Object.entries(found)) {
    if (!name.startsWith("table ") || !ownedBy.startsWith(`${name.slice("table ".length)}.`)) continue;
    const table = name.slice("table ".length);
    const own = ownedBy.slice(table.length + 1);
    const column = Object.keys(bodyOf<TableBody>(body).columns).find(
      (each) => own === each || own === sqlIdentifier(each),
    );
    if (column !== undefined) return { table, column };
  }
  return undefined;
}

const belongSql = (sequence: string, table: string, column: string) => [
  `alter sequence ${sequence} owned by ${table}.${ident(column)};`,
  continueSql(sequence, table, ident(column)),
];

/** Sequences that belong to a table's columns, and went with it. */
function ownedSql({ expected, found }: Plan, label: string, { columns }: TableBody): string[] {
  return Object.entries(columns).flatMap(([name, { identity }]) => {
    const sequence = sequenceOf(expected, label, name);
    if (sequence === undefined || `sequence ${sequence}` in found || identity !== undefined) return [];
    return belongSql(sequence, label, name);
  });
}

/** A thing that somebody added: what removes it, or why it stays. */
export function added(plan: Plan, thing: Thing, there: string, emptied: boolean): Finding[] {
  const { kind, label } = thing;
  const what = `The ${nounOf(thing)} was added.`;
  switch (kind) {
    case "table":
      return emptied
        ? [{ what, sql: `drop table if exists ${label} cascade;` }]
        : [{ what: `${what} Removing it would lose what it holds.`, sql: "" }];
    case "default privileges":
      return [
        {
          what: `${what.slice(0, -1)}: ${rightsSentence(there, "")}.`,
          sql: defaultsSql(thing, there, undefined),
        },
      ];
    case "owner":
    case "owner schema":
      return [ownerFinding(thing, undefined, there)];
    case "function":
    case "procedure":
    case "aggregate": {
      const heir = heirOf(plan, thing);
      if (heir === undefined) return [{ what, sql: dropSql(thing) }];
      const make = createSql(heir, plan.expected[heir.name] ?? "", plan.expected);
      return [{ what, sql: aside(plan, label, `${dropSql(thing)}\n${make}`, ["constraint", "index"]) }];
    }
    default:
      return [{ what, sql: dropSql(thing) }];
  }
}

const routine = /^(function|procedure|aggregate) /;

/** The missing function in whose place an added one stands: other names of arguments, or another kind of routine. */
export function heirOf({ expected, found }: Plan, thing: Thing): Thing | undefined {
  if (!routine.test(thing.name)) return undefined;
  const { schema, own } = partsOf(thing.label);
  const commas = (label: string) => label.split(",").length;
  return Object.keys(expected)
    .filter((name) => routine.test(name) && !(name in found))
    .map(thingOf)
    .find((other) => {
      const parts = partsOf(other.label);
      return parts.schema === schema && parts.own === own && commas(other.label) === commas(thing.label);
    });
}
