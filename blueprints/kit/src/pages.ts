import { type Locale, locales } from "./locales.ts";

/** One text in every language. */
type Words = Readonly<Record<Locale, string>>;

/** How a value is shown. `link` = the name of the row that it points to. */
type Shown =
  | "text"
  | "long"
  | "email"
  | "phone"
  | "url"
  | "number"
  | "day"
  | "date"
  | "badge"
  | "flag"
  | "link";

/** How a value is typed. `row` = one of another section's rows; `moment` = day and time. */
type Input =
  | "text"
  | "long"
  | "email"
  | "tel"
  | "url"
  | "count"
  | "day"
  | "moment"
  | "choice"
  | "row"
  | "check";

/** One table as the application shows it. The database decides who sees and changes what; this only offers it. */
interface PageSection {
  label: Words;
  table: string;
  /** The column that names a row. */
  title: string;
  columns: readonly { name: string; shown: Shown; from?: string }[];
  /** Without any it can only be read here. */
  fields?: readonly {
    name: string;
    input: Input;
    required?: boolean;
    /** For `choice`: values that the column takes; `values` has their words. */
    choices?: readonly string[];
    /** For `row`: the section whose rows can be chosen. */
    from?: string;
    max?: number;
  }[];
  order?: { by: string; ascending: boolean };
  /** Roles that are shown it, and roles that are offered its forms. */
  see: readonly string[];
  write?: readonly string[];
}

/** Pages of a kind that the application's template does not know: they stand in `client-config.json`. */
export interface Pages {
  modules: Readonly<Record<string, { label: Words; about: Words; sections: readonly string[] }>>;
  sections: Readonly<Record<string, PageSection>>;
  /** What columns are called, in lists and in forms. */
  columns: Readonly<Record<string, Words>>;
  /** What values of choices and badges are called. */
  values: Readonly<Record<string, Words>>;
}

const name = /^[a-z][a-z0-9_]{0,62}$/;
const address = /^[a-z][a-z0-9_-]{0,62}$/;

/** What is wrong with a description of pages, one sentence each; the template would leave such parts out. */
export function problemsOfPages(pages: Pages, modules: readonly string[]): string[] {
  const problems: string[] = [];
  const words = (where: string, text: Words | undefined) => {
    for (const locale of locales)
      if (!text?.[locale]?.trim()) problems.push(`${where} has no word in ${locale}.`);
  };
  const sectionIds = new Set(Object.keys(pages.sections));
  for (const module of modules)
    if (pages.modules[module] === undefined) problems.push(`Module "${module}" has no pages.`);
  for (const [id, { label, about, sections }] of Object.entries(pages.modules)) {
    if (!address.test(id)) problems.push(`"${id}" is no name for a module.`);
    words(`Module "${id}"`, label);
    words(`What module "${id}" is about`, about);
    for (const each of sections)
      if (!sectionIds.has(each))
        problems.push(`Module "${id}" names a section "${each}", which is not there.`);
  }
  for (const [id, section] of Object.entries(pages.sections)) {
    if (!address.test(id)) problems.push(`"${id}" is no name for a section.`);
    words(`Section "${id}"`, section.label);
    const { table, title, columns, fields = [], order } = section;
    for (const each of [table, title, ...(order ? [order.by] : [])])
      if (!name.test(each)) problems.push(`Section "${id}": "${each}" is no name of a table or column.`);
    for (const { name: column, ...rest } of [...columns, ...fields]) {
      if (!name.test(column)) problems.push(`Section "${id}": "${column}" is no name of a column.`);
      words(`Column "${column}"`, pages.columns[column]);
      const { from } = rest;
      if (from !== undefined && !sectionIds.has(from))
        problems.push(`Section "${id}": "${column}" points to "${from}", which is not there.`);
      for (const choice of "choices" in rest ? (rest.choices ?? []) : [])
        words(`Value "${choice}"`, pages.values[choice]);
    }
  }
  return [...new Set(problems)];
}
