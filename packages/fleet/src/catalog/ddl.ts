import { sqlIdentifier, sqlLiteral } from "../quote.ts";
import {
  bodyOf,
  type Column,
  type Definitions,
  ident,
  partsOf,
  type TableBody,
  type Thing,
} from "./definitions.ts";

/** SQL of a view's or table's options ("security_invoker=on"), or "". */
export function withOptions(options: readonly string[] | undefined): string {
  if (!options || options.length === 0) return "";
  const pairs = options.map((option) => {
    const at = option.indexOf("=");
    return `${option.slice(0, at)} = ${sqlLiteral(option.slice(at + 1))}`;
  });
  return ` with (${pairs.join(", ")})`;
}

/** An identity column's values come from a sequence that keeps its name. */
export const identitySql = (identity: string, sequence: string | undefined): string =>
  ` generated ${identity} as identity${sequence === undefined ? "" : ` (sequence name ${sequence})`}`;

/** Label of the sequence that belongs to a column, if one does. */
export function sequenceOf(known: Definitions, label: string, column: string): string | undefined {
  const homes = [`${label}.${column}`, `${label}.${sqlIdentifier(column)}`];
  for (const [name, body] of Object.entries(known))
    if (name.startsWith("sequence ") && homes.includes(sequenceBody(body).ownedBy ?? ""))
      return name.slice("sequence ".length);
  return undefined;
}

/** A column as `create table` and `add column` take it. */
export function columnSql(name: string, column: Column, sequence?: string): string {
  const { type, collation, generated, virtual, identity, required } = column;
  return [
    `${ident(name)} ${type}`,
    collation === undefined ? "" : ` collate ${collation}`,
    generated === undefined ? "" : ` generated always as (${generated}) ${virtual ? "virtual" : "stored"}`,
    column.default === undefined ? "" : ` default ${column.default}`,
    identity === undefined ? "" : identitySql(identity, sequence),
    required ? " not null" : "",
  ].join("");
}

/** Columns in the order in which they stood, as far as it is known. */
function inOrder({ label }: Thing, { columns }: TableBody, known: Definitions): [string, Column][] {
  const order = bodyOf<string[]>(known[`columns ${label}`] ?? "[]");
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return Object.entries(columns).sort(([a], [b]) => place(a) - place(b));
}

function createTable(thing: Thing, body: TableBody, known: Definitions): string {
  const { unlogged, options, partitionBy, partitionFor, parents, replicaIdentity } = body;
  const make = `create ${unlogged ? "unlogged " : ""}table ${thing.label}`;
  const columns = inOrder(thing, body, known).map(
    ([name, column]) => `\n  ${columnSql(name, column, sequenceOf(known, thing.label, name))}`,
  );
  const shape =
    partitionFor === undefined
      ? ` (${columns.join(",")}\n)${parents === undefined ? "" : ` inherits (${parents})`}`
      : ` partition of ${parents} ${partitionFor}`;
  const by = partitionBy === undefined ? "" : ` partition by ${partitionBy}`;
  // The index that tells its rows apart is made later.
  const replica =
    replicaIdentity === undefined || replicaIdentity === "index"
      ? ""
      : `\nalter table ${thing.label} replica identity ${replicaIdentity};`;
  return `${make}${shape}${by}${withOptions(options)};${replica}`;
}

/** What a sequence's definition tells. */
export interface SequenceBody {
  type: string;
  start: number;
  increment: number;
  min: number;
  max: number;
  cache: number;
  cycle: boolean;
  /** As SQL: "public.deals.id". */
  ownedBy?: string;
  /** It makes the values of an identity column, and comes and goes with that. */
  identity?: true;
}

/** Numbers as they are written: a bigint is more than JSON's reader keeps. */
export const sequenceBody = (body: string): SequenceBody =>
  bodyOf(body.replace(/("(?:start|increment|min|max|cache)": )(-?\d+)/g, '$1"$2"'));

/** What follows `create sequence x` or `alter sequence x`. */
export const sequenceOptions = (body: SequenceBody): string =>
  `as ${body.type} increment by ${body.increment} minvalue ${body.min} maxvalue ${body.max} start with ${body.start} ` +
  `cache ${body.cache} ${body.cycle ? "cycle" : "no cycle"}`;

function createType(label: string, body: string, thing: Thing, known: Definitions): string {
  const type = bodyOf<
    Partial<TableBody> & {
      labels?: string[];
      subtype?: string;
      collation?: string;
      canonical?: string;
      diff?: string;
    }
  >(body);
  if (type.labels) return `create type ${label} as enum (${type.labels.map(sqlLiteral).join(", ")});`;
  if (type.columns) {
    const attributes = inOrder(thing, { columns: type.columns }, known).map(([name, each]) =>
      columnSql(name, each),
    );
    return `create type ${label} as (${attributes.join(", ")});`;
  }
  const options = [
    `subtype = ${type.subtype}`,
    ...(type.collation === undefined ? [] : [`collation = ${type.collation}`]),
    ...(type.canonical === undefined ? [] : [`canonical = ${type.canonical}`]),
    ...(type.diff === undefined ? [] : [`subtype_diff = ${type.diff}`]),
  ];
  return `create type ${label} as range (${options.join(", ")});`;
}

/** A statement that Postgres printed, without what stands behind it as a note of ours. */
const printed = (body: string) => `${body.replace(/\n-- [a-z ]+$/, "").trimEnd()};`;
const noted = (body: string) => /\n-- (disabled|replica|always)$/.exec(body)?.[1];
const states: Record<string, string> = {
  disabled: "disable",
  replica: "enable replica",
  always: "enable always",
};

function stateSql({ kind, label, part }: Thing, body: string): string {
  const state = states[noted(body) ?? ""];
  return state === undefined ? "" : `\nalter table ${label} ${state} ${kind} ${ident(part)};`;
}

function publicationSql(thing: Thing, body: string): string {
  const { label, part } = thing;
  if (part === "") return `create publication ${label} for all tables;`;
  const make = `do $$ begin create publication ${label}; exception when duplicate_object then null; end $$;`;
  if (part.startsWith("schema ")) return `${make}\nalter publication ${label} add tables in ${part};`;
  const { columns, where } = bodyOf<{ columns?: string[]; where?: string }>(body);
  const list = columns === undefined ? "" : ` (${columns.map(ident).join(", ")})`;
  return `${make}\nalter publication ${label} add table only ${part}${list}${where === undefined ? "" : ` where (${where})`};`;
}

/**
 * SQL that makes the thing as its definition says. Rights, owners and default privileges are changed, not made: "" for
 * those.
 */
export function createSql(thing: Thing, body: string, known: Definitions): string {
  const { kind, label, part } = thing;
  switch (kind) {
    case "schema":
      return `create schema ${label};`;
    case "extension":
      return `create extension if not exists ${label} schema ${ident(body)};`;
    case "type":
      return createType(label, body, thing, known);
    case "domain": {
      const { required, default: usual, ...domain } = bodyOf<Column>(body);
      const collation = domain.collation === undefined ? "" : ` collate ${domain.collation}`;
      return `create domain ${label} as ${domain.type}${collation}${usual === undefined ? "" : ` default ${usual}`}${required ? " not null" : ""};`;
    }
    case "sequence": {
      const sequence = sequenceBody(body);
      const verb = sequence.identity ? "alter" : "create";
      return `${verb} sequence ${label} ${sequenceOptions(sequence)};`;
    }
    case "table":
      return createTable(thing, bodyOf(body), known);
    case "view":
    case "materialized view": {
      const { query, options } = bodyOf<{ query: string; options?: string[] }>(body);
      return `create ${kind} ${label}${withOptions(options)} as\n${query}`;
    }
    case "constraint":
      return `alter table ${label} add constraint ${ident(part)} ${body};`;
    case "domain constraint":
      return `alter domain ${label} add constraint ${ident(part)} ${body};`;
    case "row security":
      return [
        `alter table ${label} ${body.startsWith("on") ? "enable" : "disable"} row level security;`,
        `alter table ${label} ${body.endsWith("forced") ? "force" : "no force"} row level security;`,
      ].join("\n");
    case "policy":
      return `create policy ${ident(part)} on ${label} ${body};`;
    case "index":
      // Of a partitioned table Postgres prints it without its parts.
      return printed(body.replace(/^(CREATE (?:UNIQUE )?INDEX .*?) ON ONLY /, "$1 ON "));
    case "function":
    case "procedure":
      return printed(body);
    case "aggregate":
      return `create aggregate ${label.endsWith("()") ? label.replace("()", "(*)") : label} (${body});`;
    case "trigger":
    case "rule":
      return printed(body) + stateSql(thing, body);
    case "event trigger": {
      const {
        event,
        tags,
        function: run,
        enabled,
      } = bodyOf<Record<"event" | "function" | "enabled", string> & { tags?: string[] }>(body);
      const when = tags === undefined ? "" : ` when tag in (${tags.map(sqlLiteral).join(", ")})`;
      const state = { D: "disable", R: "enable replica", A: "enable always" }[enabled];
      return `create event trigger ${label} on ${event}${when} execute function ${run}();${state === undefined ? "" : `\nalter event trigger ${label} ${state};`}`;
    }
    case "publication":
      return publicationSql(thing, body);
    case "columns":
    case "grants":
    case "grants schema":
    case "grants type":
    case "default privileges":
    case "owner":
    case "owner schema":
      return "";
  }
}

/** SQL that removes the thing where it is there; "" for what cannot be removed by itself. */
export function dropSql({ kind, label, part }: Thing): string {
  switch (kind) {
    case "constraint":
      return `alter table ${label} drop constraint if exists ${ident(part)};`;
    case "domain constraint":
      return `alter domain ${label} drop constraint if exists ${ident(part)};`;
    case "index":
      return `drop index if exists ${partsOf(label).schema}.${ident(part)};`;
    case "policy":
    case "trigger":
    case "rule":
      return `drop ${kind} if exists ${ident(part)} on ${label};`;
    case "publication":
      if (part === "") return `drop publication if exists ${label};`;
      return `alter publication ${label} drop ${part.startsWith("schema ") ? `tables in ${part}` : `table ${part}`};`;
    case "aggregate":
      return `drop aggregate if exists ${label.endsWith("()") ? label.replace("()", "(*)") : label};`;
    case "schema":
    case "extension":
    case "type":
    case "domain":
    case "sequence":
    case "table":
    case "view":
    case "materialized view":
    case "function":
    case "procedure":
    case "event trigger":
      return `drop ${kind} if exists ${label};`;
    case "row security":
    case "columns":
    case "grants":
    case "grants schema":
    case "grants type":
    case "default privileges":
    case "owner":
    case "owner schema":
      return "";
  }
}
