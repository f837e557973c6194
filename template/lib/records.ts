import { colleaguesOf } from "./agency/company";
import type { Member } from "./member";
import type { Field, FormField, Row, Section, SourceName } from "./sections";
import type { Supabase } from "./supabase";

/** Rows on one page of a list. */
export const pageSize = 25;

/** Which rows of a section: those where this column has this value. */
export interface Where {
  column: string;
  /** `null` = where there is none. */
  value: string | boolean | null;
}

/** One page of a section and how many rows there are in all. Pages count from 1. */
export async function listRecords(
  database: Supabase,
  section: Section,
  page: number,
  size: number = pageSize,
  among: readonly Where[] = [],
): Promise<{ rows: Row[]; total: number }> {
  const from = (page - 1) * size;
  const { by, ascending } = section.order ?? { by: "created_at", ascending: false };
  let query = database.from(section.table).select(section.select, { count: "exact" });
  for (const { column, value } of [...(section.where ? [section.where] : []), ...among]) {
    query = value === null ? query.is(column, null) : query.eq(column, value);
  }
  const { data, error, count } = await query
    .order(by, { ascending })
    .order(section.key ?? "id")
    .range(from, from + size - 1)
    .returns<Row[]>();
  if (error?.code === "PGRST103") return { rows: [], total: count ?? 0 }; // a page beyond the last one
  if (error) throw new Error(`${section.table} could not be read: ${error.message}`);
  return { rows: data ?? [], total: count ?? 0 };
}

/** One row as the section shows it, or undefined. */
export async function findRecord(
  database: Supabase,
  section: Section,
  id: string,
  select: string = section.select,
): Promise<Row | undefined> {
  const { data, error } = await database
    .from(section.table)
    .select(select)
    .eq(section.key ?? "id", id)
    .maybeSingle<Row>();
  if (error) throw new Error(`${section.table} could not be read: ${error.message}`);
  return data ?? undefined;
}

export interface Choice {
  value: string;
  label: string;
}

type PlainSource = Exclude<SourceName, "projectPeople">;
const sources: Record<PlainSource, { table: string; names: string; by?: string }> = {
  companies: { table: "companies", names: "name" },
  contacts: { table: "contacts", names: "first_name, last_name" },
  categories: { table: "categories", names: "name" },
  clients: { table: "clients", names: "name" },
  projects: { table: "projects", names: "name" },
  projectsOfClient: { table: "projects", names: "name", by: "client_id" },
  places: { table: "places", names: "name" },
};

/** Who works on a project, by name. */
export async function peopleOn(database: Supabase, projectId: string): Promise<Choice[]> {
  const { data, error } = await database
    .from("project_members")
    .select("user_id")
    .eq("project_id", projectId);
  if (error) throw new Error(`project_members could not be read: ${error.message}`);
  const names = await colleaguesOf(database);
  return (data ?? []).map(({ user_id }) => ({ value: String(user_id), label: names.get(user_id) ?? "–" }));
}

/** What a field can be set to when it points to rows of another table: at most 200, by name. */
async function choicesOf(database: Supabase, field: Field, row: Row): Promise<Choice[]> {
  if (field.source) return choicesIn(database, field.source);
  if (!field.from) return [];
  if (field.from === "projectPeople") return peopleOn(database, String(row.project_id));
  const { table, names, by } = sources[field.from];
  let query = database.from(table).select(`id, ${names}`);
  if (by) query = query.eq(by, String(row[by]));
  const { data, error } = await query
    .order(names.split(",")[0] ?? "id")
    .limit(200)
    .returns<Row[]>();
  if (error) throw new Error(`${table} could not be read: ${error.message}`);
  return (data ?? []).map((each) => ({ value: String(each.id), label: nameOf(each) }));
}

/** Rows of a table that only the file names, by the column that names a row. */
async function choicesIn(database: Supabase, source: { table: string; names: string }): Promise<Choice[]> {
  const { table, names } = source;
  const { data, error } = await database
    .from(table)
    .select(`id, name:${names}`)
    .order(names)
    .limit(200)
    .returns<Row[]>();
  if (error) throw new Error(`${table} could not be read: ${error.message}`);
  return (data ?? []).map((each) => ({ value: String(each.id), label: String(each.name ?? "–") }));
}

/** The fields that somebody is offered for a row that is added (`row`: what it has already) or changed. */
export function fieldsFor(me: Member, section: Section, kind: "add" | "change", row: Row): readonly Field[] {
  return (section.fields ?? []).filter(
    (field) =>
      (field.only ?? kind) === kind &&
      (field.who?.(me) ?? true) &&
      (!field.needs || row[field.needs] != null) &&
      !(kind === "add" && row[field.name] != null),
  );
}

/** What the browser needs to show the fields, and what their lists offer. */
export async function formOf(
  database: Supabase,
  fields: readonly Field[],
  row: Row,
): Promise<{ fields: FormField[]; choices: Record<string, Choice[]> }> {
  const options = await Promise.all(
    fields
      .filter((field) => field.from || field.source)
      .map(async (field) => [field.name, await choicesOf(database, field, row)] as const),
  );
  const plain = fields.map(({ who: _, from: __, source: _____, needs: ___, only: ____, ...field }) => field);
  return { fields: plain, choices: Object.fromEntries(options) };
}

/** The name of a row that was read along with another one. */
export function nameOf(row: unknown): string {
  if (typeof row !== "object" || row === null) return "";
  const { product, name, first_name, last_name, sku } = row as Row; // any object: its keys are only looked at
  return [nameOf(product), name, first_name, last_name, sku && `(${sku})`]
    .filter((part) => typeof part === "string" && part !== "")
    .join(" ");
}

/** What a row is called in short lists. */
export function titleOf(section: Section, row: Row): string {
  const parts = section.title.map(
    // A row that was read along stands under the column's name, or under that name without its end.
    (column) => nameOf(row[column.replace(/_id$/, "")]) || nameOf(row[column]) || row[column],
  );
  return parts
    .filter((part) => (typeof part === "string" && part !== "") || typeof part === "number")
    .join(" ");
}
