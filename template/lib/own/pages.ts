import type { Locale, ModuleName } from "../client-config";
import { type Column, type Field, is, type Section } from "../sections";
import { addressName, columnName, isObject, type Json, listOf, oneOf, words } from "./reading";

/** Words of pages that only the file describes, in one language, under the same keys as the application's own. */
export type OwnWords = Record<
  "modules" | "about" | "sections" | "columns" | "values",
  Record<string, string>
>;

/** Pages of a kind of application that this template does not know: its file describes them. */
export interface OwnPages {
  modules: readonly ModuleName[];
  sections: ReadonlyMap<string, readonly Section[]>;
  words: Record<Locale, OwnWords>;
}

// Addresses of the application itself.
const taken = new Set([
  "admin",
  "api",
  "change-password",
  "download",
  "notifications",
  "order",
  "settings",
  "sign-in",
]);

const shown = [
  "text",
  "long",
  "email",
  "phone",
  "url",
  "number",
  "day",
  "date",
  "badge",
  "flag",
  "link",
] as const;
const inputs = [
  "text",
  "long",
  "email",
  "tel",
  "url",
  "count",
  "day",
  "moment",
  "choice",
  "row",
  "check",
] as const;

/** What a row of another section is called: its table and the column that names a row. */
type Target = { table: string; title: string };

function targetOf(id: unknown, all: Json): Target | undefined {
  const section = typeof id === "string" && Object.hasOwn(all, id) ? all[id] : undefined;
  if (!isObject(section)) return undefined;
  const [table, title] = [columnName(section.table), columnName(section.title)];
  return table && title ? { table, title } : undefined;
}

function columnFrom(given: unknown, all: Json): { column: Column; select: string } | undefined {
  if (!isObject(given)) return undefined;
  const name = columnName(given.name);
  const kind = oneOf(shown, given.shown);
  if (!name || !kind) return undefined;
  const column = { name: name as Column["name"], shown: kind }; // its word comes from the file, too
  if (kind !== "link") return { column, select: name };
  const to = targetOf(given.from, all);
  return to && { column, select: `${name}:${to.table}(name:${to.title})` };
}

function fieldFrom(given: unknown, all: Json): Field | undefined {
  if (!isObject(given)) return undefined;
  const name = columnName(given.name);
  const input = oneOf(inputs, given.input);
  if (!name || !input) return undefined;
  const to = input === "row" ? targetOf(given.from, all) : undefined;
  const choices = input === "choice" ? listOf(columnName, given.choices) : [];
  if ((input === "row" && !to) || (input === "choice" && choices.length === 0)) return undefined;
  const { max, required } = given;
  return {
    name: name as Field["name"], // its word comes from the file, too
    input,
    ...(required === true && { required }),
    ...(choices.length > 0 && { choices }),
    ...(to && { source: { table: to.table, names: to.title } }),
    ...(typeof max === "number" && Number.isSafeInteger(max) && max > 0 && { max: Math.min(max, 20_000) }),
  };
}

function sectionFrom(id: string, given: unknown, all: Json): Section | undefined {
  if (!isObject(given) || !addressName(id)) return undefined;
  const named = targetOf(id, all);
  const columns = listOf((each) => columnFrom(each, all), given.columns);
  if (!named || columns.length === 0) return undefined;
  const fields = listOf((each) => fieldFrom(each, all), given.fields);
  const roles = (value: unknown) => is(...listOf(columnName, value));
  const write = fields.length > 0 ? roles(given.write) : () => false;
  const order = isObject(given.order) ? given.order : {};
  const by = columnName(order.by);
  const plain = ["id", "created_at", named.title];
  return {
    id: id as Section["id"], // its word comes from the file, too
    table: named.table,
    title: [named.title as Section["title"][number]],
    // A column that is shown by the name of its row is read under its own name only once.
    select: [...new Set([...plain, ...columns.map(({ select }) => select)])].join(", "),
    columns: columns.map(({ column }) => column),
    fields,
    opens: true,
    ...(by && { order: { by, ascending: order.ascending === true } }),
    see: roles(given.see),
    add: write,
    change: write,
    remove: write,
  };
}

/**
 * Reads the description of pages; what is not understood is left out. Names become parts of addresses and of queries,
 * so they are letters, digits and `_`; which rows somebody sees is decided by the database, under their own rights.
 */
export function ownPagesFrom(given: unknown, switches: Json): OwnPages | undefined {
  if (!isObject(given) || !isObject(given.modules) || !isObject(given.sections)) return undefined;
  const all = given.sections;
  const modules = Object.entries(given.modules).filter(([name]) => addressName(name) && !taken.has(name));
  const sections = modules.map(([name, module]) => {
    const ids = isObject(module) ? listOf(addressName, module.sections) : [];
    const found = ids.map((id) => (Object.hasOwn(all, id) ? sectionFrom(id, all[id], all) : undefined));
    return [name, found.filter((each) => each !== undefined)] as const;
  });
  const on = modules.filter(([name]) => Object.hasOwn(switches, name) && switches[name] === true);
  const label = (part: "label" | "about", of: unknown) =>
    Object.fromEntries(
      Object.entries(isObject(of) ? of : {}).map(([key, each]) => [
        key,
        isObject(each) ? each[part] : undefined,
      ]),
    );
  const wordsIn = (locale: Locale): OwnWords => ({
    modules: words(label("label", given.modules), locale),
    about: words(label("about", given.modules), locale),
    sections: words(label("label", all), locale),
    columns: words(given.columns, locale),
    values: words(given.values, locale),
  });
  return {
    modules: on.map(([name]) => name as ModuleName), // sections and words of these names stand beside
    sections: new Map(sections),
    words: { en: wordsIn("en"), fr: wordsIn("fr"), id: wordsIn("id") },
  };
}
