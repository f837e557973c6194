import { allDifferences, catalogChanges } from "../catalog.ts";
import { sequenceBody } from "./ddl.ts";
import {
  bodyOf,
  type Definitions,
  type Kind,
  mentions,
  partsOf,
  type TableBody,
  type Thing,
  thingOf,
} from "./definitions.ts";
import { dependencyOrder, type Plan } from "./rebuild.ts";
import { added, heirOf, missing, updated } from "./repair.ts";
import type { Finding } from "./words.ts";

/** One way in which a database is not as the migrations leave it. A table with several has several of the same path. */
export interface Difference {
  /** Name in the catalog. */
  path: string;
  act: "create" | "update" | "remove";
  /** A sentence for people. */
  what: string;
  /** Whether it changes what is ours, or who sees or changes rows of our tables; the rest is somebody's addition. */
  isOurs: boolean;
  /** SQL that puts it right; "" where that would lose data, or cannot be done: `what` says so. */
  sql: string;
}

// Where a thing's repair stands in the script: what others are made of comes first, what removes comes before what makes.
const removing: Partial<Record<Kind, number>> = {
  policy: 10,
  rule: 10,
  trigger: 10,
  "event trigger": 10,
  publication: 10,
  "default privileges": 10,
  view: 12,
  "materialized view": 12,
  constraint: 14,
  index: 15,
  owner: 44,
  "owner schema": 44,
  function: 50,
  procedure: 50,
  aggregate: 50,
  table: 51,
  sequence: 52,
  "domain constraint": 53,
  domain: 54,
  type: 55,
  extension: 56,
  schema: 57,
};
const making: Record<Kind, number> = {
  schema: 16,
  extension: 17,
  type: 18,
  domain: 19,
  sequence: 20,
  function: 22,
  procedure: 22,
  aggregate: 23,
  table: 24,
  view: 30,
  "materialized view": 30,
  "domain constraint": 31,
  constraint: 32,
  index: 34,
  "row security": 36,
  policy: 38,
  trigger: 40,
  rule: 40,
  "event trigger": 40,
  publication: 42,
  owner: 44,
  "owner schema": 44,
  "default privileges": 46,
  grants: 48,
  "grants schema": 48,
  "grants type": 48,
  columns: 0,
};

const homesOf = [
  "table",
  "view",
  "materialized view",
  "sequence",
  "function",
  "procedure",
  "aggregate",
] as const;

/** Things that come and go with something that somebody added: nobody repairs them by themselves. */
function comesAlong({ expected, found }: Plan, thing: Thing): boolean {
  const { kind, label, name } = thing;
  const isNew = (other: string) => other in found && !(other in expected);
  switch (kind) {
    case "grants":
    case "owner":
    case "row security":
      return homesOf.some((home) => isNew(`${home} ${label}`));
    case "constraint":
    case "index":
    case "policy":
    case "trigger":
    case "rule":
      return isNew(`table ${label}`) || isNew(`view ${label}`) || isNew(`materialized view ${label}`);
    case "domain constraint":
      return isNew(`domain ${label}`);
    case "grants schema":
    case "owner schema":
      return isNew(`schema ${label}`);
    case "grants type":
      return isNew(`type ${label}`) || isNew(`domain ${label}`);
    case "sequence":
      return sequenceBody(found[name] ?? "{}").ownedBy !== undefined;
    default:
      return false;
  }
}

const catalogOf = (definitions: Definitions): Definitions =>
  Object.fromEntries(Object.entries(definitions).filter(([name]) => !name.startsWith("columns ")));

/**
 * Every difference in the order in which its repair can run. `emptied` = nothing is in the tables, so that what would
 * lose data is done, too.
 */
export function driftOf(
  expected: Definitions,
  found: Definitions,
  { emptied = false }: { emptied?: boolean } = {},
): Difference[] {
  const [want, there] = [catalogOf(expected), catalogOf(found)];
  const changes = allDifferences(want, there);
  const ours = new Set(catalogChanges(want, there).map(({ path }) => path));
  const removed = new Set(changes.filter(({ act }) => act === "remove").map(({ path }) => path));
  const plan: Plan = { expected, found, removed };
  const entries = changes
    .map(({ path, act }) => ({ thing: thingOf(path), act: act === "replace" ? "update" : act }))
    .filter(({ thing, act }) => act !== "remove" || !comesAlong(plan, thing));
  const left = leftTexts(
    plan,
    entries.map(({ thing }) => thing),
    emptied,
  );

  const findingsOf = (thing: Thing, act: Difference["act"]): Finding[] => {
    const { name } = thing;
    if (act === "create") return missing(plan, thing, expected[name] ?? "");
    if (act === "update") return updated(plan, thing, expected[name] ?? "", found[name] ?? "", emptied);
    const needed = left.find((text) => stays(thing, text));
    if (needed === undefined || emptied) return added(plan, thing, found[name] ?? "", emptied);
    return [
      {
        what: `${added(plan, thing, found[name] ?? "", emptied)[0]?.what ?? name} Other additions stand on it.`,
        sql: "",
      },
    ];
  };

  const placed = entries.map((entry) => ({ ...entry, place: placeOf(plan, entry.thing, entry.act) }));
  return inOrder(plan, placed).flatMap(({ thing, act }) =>
    findingsOf(thing, act).map(({ what, sql }) => ({
      path: thing.name,
      act,
      what,
      isOurs: ours.has(thing.name),
      sql,
    })),
  );
}

/** Texts of what somebody added and a repair leaves there. */
function leftTexts(
  { expected, found, removed }: Plan,
  entries: readonly Thing[],
  emptied: boolean,
): string[] {
  if (emptied) return [];
  const shown = new Set(entries.map(({ name }) => name));
  return Object.entries(found).flatMap(([name, body]) => {
    if (removed.has(name)) return name.startsWith("table ") || !shown.has(name) ? [`${name} ${body}`] : [];
    if (!name.startsWith("table ") || !(name in expected)) return [];
    // Of a table of ours only the columns that stay beside ours.
    const ours = bodyOf<TableBody>(expected[name] ?? "{}").columns;
    const others = Object.entries(bodyOf<TableBody>(body).columns).filter(([column]) => !(column in ours));
    return others.map(([, column]) => JSON.stringify(column));
  });
}

const dependable: readonly Kind[] = [
  "function",
  "procedure",
  "aggregate",
  "sequence",
  "type",
  "domain",
  "schema",
  "extension",
];

/** Whether something that stays needs a thing. */
function stays({ kind, label }: Thing, text: string): boolean {
  if (!dependable.includes(kind)) return false;
  if (kind === "schema") return text.includes(`${label}.`);
  // Its own list of rights names it, and goes with it.
  if (/^(grants|owner) /.test(text)) return false;
  return mentions(text, partsOf(label).own);
}

function placeOf(plan: Plan, thing: Thing, act: Difference["act"]): number {
  const { kind, label, name } = thing;
  const body = plan.expected[name] ?? "";
  if (act === "remove" && heirOf(plan, thing) === undefined) {
    // Foreign keys before the keys that they point to.
    const isKey = kind === "constraint" && !/^FOREIGN KEY/.test(plan.found[name] ?? "");
    return (removing[kind] ?? 10) + (isKey ? 0.5 : 0);
  }
  if (kind === "constraint") return /^(PRIMARY|UNIQUE)/.test(body) ? 32 : /^FOREIGN/.test(body) ? 33 : 32.5;
  if (kind === "sequence") {
    const { identity, ownedBy } = bodyOf<{ identity?: boolean; ownedBy?: string }>(body);
    return act === "update" || identity ? 26 : ownedBy === undefined ? 20 : 21;
  }
  if (kind === "function" || kind === "procedure") {
    // Its arguments or its result may be rows of a table or view that is missing, too.
    const head = `${label} ${/\n RETURNS ([^\n]*)/.exec(body)?.[1] ?? ""}`;
    const late = Object.keys(plan.expected).some(
      (other) =>
        /^(table|view|materialized view) /.test(other) &&
        !(other in plan.found) &&
        mentions(head, partsOf(thingOf(other).label).own),
    );
    return late ? 28 : act === "remove" ? 22 : 22.5;
  }
  return making[kind];
}

interface Placed {
  thing: Thing;
  act: Difference["act"];
  place: number;
}

/** By place; within one, each behind what it names, and the other way round where things are removed. */
function inOrder({ expected, found }: Plan, placed: readonly Placed[]): Placed[] {
  const places = [...new Set(placed.map(({ place }) => place))].sort((a, b) => a - b);
  return places.flatMap((place) => {
    const group = placed.filter((each) => each.place === place);
    const isRemoval = group.every(({ act }) => act === "remove");
    const text = ({ name }: Thing) => (isRemoval ? found[name] : expected[name]) ?? "";
    const sorted = dependencyOrder(
      group.map(({ thing }) => thing),
      text,
    );
    const by = new Map(group.map((each) => [each.thing, each]));
    const ordered = sorted.flatMap((thing) => by.get(thing) ?? []);
    return isRemoval ? ordered.toReversed() : ordered;
  });
}

/**
 * One script for one transaction that puts right what can be. Bodies of functions are not checked: what they name may
 * come later.
 */
export function repairSql(differences: readonly Difference[]): string {
  const steps = differences.filter(({ sql }) => sql !== "");
  if (steps.length === 0) return "";
  return [
    "select pg_catalog.set_config('check_function_bodies', 'off', true), pg_catalog.set_config('search_path', '', true);",
    ...steps.map(({ what, sql }) => `-- ${what.replaceAll("\n", " ")}\n${sql}`),
  ].join("\n");
}
