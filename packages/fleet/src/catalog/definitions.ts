import { sqlIdentifier } from "../quote.ts";

/**
 * What stands behind a catalog: each name of it with the text whose MD5 the catalog holds. Beside those it has
 * "columns public.deals" for each table, the order of its columns, which counts for nothing but a new table.
 */
export type Definitions = Record<string, string>;

/** A column, domain or attribute as its definition tells it; what is absent is as usual. */
export interface Column {
  type: string;
  collation?: string;
  default?: string;
  /** Expression of a generated column. */
  generated?: string;
  virtual?: true;
  identity?: "always" | "by default";
  /** NOT NULL. */
  required?: true;
}

/** Definition of a table or composite type. */
export interface TableBody {
  columns: Record<string, Column>;
  unlogged?: true;
  options?: string[];
  replicaIdentity?: string;
  partitionBy?: string;
  partitionFor?: string;
  parents?: string;
}

const kinds = [
  "row security",
  "materialized view",
  "domain constraint",
  "default privileges",
  "event trigger",
  "grants schema",
  "grants type",
  "grants",
  "owner schema",
  "owner",
  "table",
  "view",
  "sequence",
  "constraint",
  "index",
  "type",
  "domain",
  "policy",
  "trigger",
  "rule",
  "function",
  "procedure",
  "aggregate",
  "extension",
  "publication",
  "schema",
  "columns",
] as const;

/** What a name of the catalog begins with. */
export type Kind = (typeof kinds)[number];

/** A name of the catalog, taken apart. */
export interface Thing {
  name: string;
  kind: Kind;
  /** Where it lives, or itself where it lives nowhere else, as SQL: `public.deals`, `public.twice(n integer)`. */
  label: string;
  /** Its own plain name where it lives in a table, domain or publication; else "". */
  part: string;
}

const identifier = '(?:"(?:[^"]|"")*"|[^".: (]+)';
const withPart = new RegExp(`^(${identifier}(?:\\.${identifier})?): ([^]*)$`);
const parted: readonly Kind[] = [
  "constraint",
  "domain constraint",
  "index",
  "policy",
  "trigger",
  "rule",
  "publication",
];

/** Takes a name apart; throws for one that no catalog holds. */
export function thingOf(name: string): Thing {
  const kind = kinds.find((each) => name.startsWith(`${each} `));
  if (kind === undefined) throw new Error(`"${name}" is no name of a catalog.`);
  const rest = name.slice(kind.length + 1);
  const [, label, part] = (parted.includes(kind) ? withPart.exec(rest) : null) ?? [];
  return label === undefined || part === undefined
    ? { name, kind, label: rest, part: "" }
    : { name, kind, label, part };
}

const qualified = new RegExp(`^(${identifier})\\.(${identifier})`);

/** Schema and plain own name of a label ("public" and "twice" of `public.twice(n integer)`); the schema as SQL. */
export function partsOf(label: string): { schema: string; own: string } {
  const [, schema, own] = qualified.exec(label) ?? [];
  if (schema === undefined || own === undefined) return { schema: label, own: plain(label) };
  return { schema, own: plain(own) };
}

const plain = (sql: string) => (sql.startsWith('"') ? sql.slice(1, -1).replaceAll('""', '"') : sql);

/** A name as SQL, without quotes where it plainly needs none. Keywords that may not stand bare stay quoted. */
export const ident = (name: string): string =>
  /^(?!current_|session_|system_)[a-z_][a-z0-9_]*_[a-z0-9_]*$/.test(name) ? name : sqlIdentifier(name);

/** Definitions are JSON where they have parts; what the query wrote is read back here and nowhere else. */
export function bodyOf<T>(body: string): T {
  return JSON.parse(body) as T;
}

/** Whether a text names something: as a whole word, quoted or not. */
export function mentions(text: string, own: string): boolean {
  for (let at = text.indexOf(own); at !== -1; at = text.indexOf(own, at + 1))
    if (!/\w/.test(text[at - 1] ?? " ") && !/\w/.test(text[at + own.length] ?? " ")) return true;
  return false;
}
