import type { Field, Section } from "./modules";
import type { Supabase } from "./supabase";

/** A row as the Data API gives it: what stands in it depends on the section that asked. */
export type Row = Record<string, unknown>;

/** Rows on one page of a list. */
export const pageSize = 25;

/** One page of a section, newest first, and how many there are in all. Pages count from 1. */
export async function listRecords(
  database: Supabase,
  section: Section,
  page: number,
  size: number = pageSize,
): Promise<{ rows: Row[]; total: number }> {
  const from = (page - 1) * size;
  const { data, error, count } = await database
    .from(section.table)
    .select(section.select, { count: "exact" })
    .order("created_at", { ascending: false })
    .order("id")
    .range(from, from + size - 1)
    .returns<Row[]>();
  if (error?.code === "PGRST103") return { rows: [], total: count ?? 0 }; // a page beyond the last one
  if (error) throw new Error(`${section.table} could not be read: ${error.message}`);
  return { rows: data ?? [], total: count ?? 0 };
}

/** What a field can be set to when it points to rows of another table: at most 200, by name. */
export async function choicesOf(
  database: Supabase,
  field: Field,
): Promise<{ value: string; label: string }[]> {
  if (field.choices) return field.choices.map((value) => ({ value, label: value }));
  if (!field.from) return [];
  const names = field.from === "companies" ? "name" : "first_name, last_name";
  const { data, error } = await database
    .from(field.from)
    .select(`id, ${names}`)
    .order(names.split(",")[0] ?? "id")
    .limit(200)
    .returns<Row[]>();
  if (error) throw new Error(`${field.from} could not be read: ${error.message}`);
  return (data ?? []).map((row) => ({ value: String(row.id), label: nameOf(row) }));
}

/** The name of a row that was read along with another one. */
export function nameOf(row: unknown): string {
  if (typeof row !== "object" || row === null) return "";
  const { name, first_name, last_name } = row as Row; // any object: its keys are only looked at
  return [name, first_name, last_name].filter((part) => typeof part === "string").join(" ");
}
