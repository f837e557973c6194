"use server";

import { revalidatePath } from "next/cache";
import { asked } from "../asked";
import { refusalText, uuid } from "../fields";
import type { RecordState } from "../record-actions";
import { fill, words } from "../words";

/** Gives a draft its number and day; from then on it cannot change. */
export async function issueInvoice(id: string): Promise<RecordState> {
  const [what, { list, agency: text }] = await Promise.all([asked("invoices", "invoices"), words()]);
  if (!what?.section.add?.(what.me) || !uuid.test(id)) return { message: list.notAllowed };
  const { database } = what.me;
  const { count } = await database
    .from("invoice_lines")
    .select("id", { count: "exact", head: true })
    .eq("invoice_id", id);
  if (count === 0) return { message: text.needsLine };
  const { data, error } = await database.rpc("issue_invoice", { p_invoice_id: id });
  if (error) return { message: refusalText(error, list) };
  revalidatePath("/", "layout");
  return { saved: true, message: fill(text.issued, { number: String(data) }) };
}
