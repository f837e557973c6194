import { createSql, dropSql } from "./ddl.ts";
import { type Definitions, type Kind, mentions, partsOf, type Thing, thingOf } from "./definitions.ts";
import { grantSql } from "./rights.ts";

/** What a repair knows: how it should be, how it is, and which things it removes. */
export interface Plan {
  expected: Definitions;
  found: Definitions;
  removed: ReadonlySet<string>;
}

const readers: readonly Kind[] = ["policy", "trigger", "rule", "view", "materialized view"];
const isView = ({ kind }: Thing) => kind === "view" || kind === "materialized view";

/** Things in an order in which each stands behind those that it names. */
export function dependencyOrder(things: readonly Thing[], textOf: (thing: Thing) => string): Thing[] {
  const owns = new Map(things.map((thing) => [thing, partsOf(thing.label).own]));
  const done = new Set<Thing>();
  const ordered: Thing[] = [];
  const visit = (thing: Thing) => {
    if (done.has(thing)) return;
    done.add(thing);
    const text = textOf(thing);
    for (const [other, own] of owns)
      if (other !== thing && !done.has(other) && mentions(text, own)) visit(other);
    ordered.push(thing);
  };
  for (const thing of things) visit(thing);
  return ordered;
}

/** What reads a table, view or function, and so has to stand aside while that is changed. */
function readersOf(found: Definitions, label: string, kinds: readonly Kind[]): Thing[] {
  const all = Object.keys(found)
    .map(thingOf)
    .filter(({ kind }) => kinds.includes(kind));
  const victims = new Set<Thing>();
  const look = (target: string) => {
    const { own } = partsOf(target);
    for (const thing of all) {
      if (victims.has(thing) || (isView(thing) && thing.label === target)) continue;
      const isOn = thing.label === target && readers.includes(thing.kind);
      if (!isOn && !mentions(found[thing.name] ?? "", own)) continue;
      victims.add(thing);
      if (isView(thing)) look(thing.label);
    }
  };
  look(label);
  return [...victims];
}

/** Puts `action` between removing what reads `label` and making that again, as it should be. */
export function aside(plan: Plan, label: string, action: string, extraKinds: readonly Kind[] = []): string {
  const { expected, found, removed } = plan;
  const victims = readersOf(found, label, [...readers, ...extraKinds]);
  const views = dependencyOrder(victims.filter(isView), ({ name }) => found[name] ?? "");
  const homes = new Set(views.map((view) => view.label));
  // What stands on a view goes and comes with it.
  const parts = victims.filter((thing) => !isView(thing) && !homes.has(thing.label));
  const again = (thing: Thing) => {
    const body = expected[thing.name] ?? (removed.has(thing.name) ? undefined : found[thing.name]);
    return body === undefined ? "" : createSql(thing, body, { ...found, ...expected });
  };
  const lines = [
    ...parts.map(dropSql),
    ...views.toReversed().map(dropSql),
    action,
    ...views.flatMap((view) => [again(view), partsSql(plan, view.label)]),
    ...parts.map(again),
  ];
  return lines.filter((line) => line !== "").join("\n");
}

const onView: readonly Kind[] = ["index", "trigger", "rule", "grants"];

/** SQL that makes again what stood on a view: indexes, triggers, rules and rights. */
export function partsSql({ expected, found, removed }: Plan, label: string): string {
  return Object.keys(found)
    .map(thingOf)
    .filter((thing) => thing.label === label && onView.includes(thing.kind) && !removed.has(thing.name))
    .map((thing) => {
      const body = expected[thing.name] ?? found[thing.name] ?? "";
      return thing.kind === "grants"
        ? grantSql(thing, undefined, body, expected, found)
        : createSql(thing, body, { ...found, ...expected });
    })
    .join("\n");
}
