"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { type Asked, addressOf, asked, rawColumns } from "./asked";
import { clientConfig } from "./client-config";
import { currencyOf } from "./currency";
import { type Checking, checkFields, refusalText, uuid } from "./fields";
import { member } from "./member";
import { fieldsFor, findRecord } from "./records";
import type { Row } from "./sections";
import { words } from "./words";

/** What a form shows after it was sent. */
export interface RecordState {
  saved?: boolean;
  message?: string;
  /** What is wrong with which field. */
  problems?: Record<string, string>;
  /** What had been typed, so that nothing has to be typed twice. */
  values?: Record<string, string>;
}

/** Where a row is: what the address of its page is made of. */
export interface RecordAt {
  module: string;
  section: string;
  id: string;
}

async function checkingFor(what: Asked, kind: Checking["for"], row: Row, form: FormData): Promise<Checking> {
  const [{ list: text }, { locale }] = await Promise.all([words(), clientConfig()]);
  const money = what.section.fields?.some((field) => field.input === "money");
  const typed = form.get("currency");
  const currency =
    typeof typed === "string" ? typed.toUpperCase() : money ? await currencyOf(what.me, row) : "";
  return { text, locale, currency, for: kind };
}

/** What a new row has because of the row that it is added to; undefined where the two don't belong together. */
async function parentOf(parent: RecordAt | undefined, what: Asked): Promise<Row | undefined> {
  if (!parent) return {};
  const above = await asked(parent.module, parent.section);
  const child = above?.section.children?.find((each) => each.section === what.section.id);
  return above && child && uuid.test(parent.id) ? { [child.by]: parent.id } : undefined;
}

/** Adds a row to a section's table, below another row if there is one. */
export async function createRecord(
  module: string,
  sectionId: string,
  parent: RecordAt | undefined,
  _: RecordState,
  form: FormData,
): Promise<RecordState> {
  const [what, { list: text }] = await Promise.all([asked(module, sectionId), words()]);
  const above = what && (await parentOf(parent, what));
  if (!what?.section.add?.(what.me) || !above) return { message: text.notAllowed };
  const { me, section } = what;

  const fields = fieldsFor(me, section, "add", above);
  const { row, values, problems } = checkFields(fields, form, await checkingFor(what, "add", {}, form));
  if (Object.keys(problems).length > 0) return { problems, values };
  const whole: Row = { ...row, ...above };
  if (me.blueprint === "business") {
    if (me.organizationId === null) return { message: text.noOrganization, values };
    whole.organization_id = me.organizationId;
  }
  const insert = me.database
    .from(section.table)
    .insert({ ...whole, ...(await section.complete?.(me, whole)) });
  const { data, error } = await (section.opens ? insert.select(section.key ?? "id").single<Row>() : insert);
  if (error) return { message: refusalText(error, text), values };
  revalidatePath("/", "layout");
  const page = !parent && data ? addressOf(what.module, section, data) : undefined;
  if (page) redirect(page);
  return { saved: true, message: text.saved };
}

async function recordAsked({ module, section, id }: RecordAt): Promise<(Asked & { row: Row }) | undefined> {
  const what = await asked(module, section);
  if (!what || !uuid.test(id)) return undefined;
  const row = await findRecord(what.me.database, what.section, id, rawColumns(what.section));
  return row && { ...what, row };
}

/** Changes what a row's form shows. */
export async function changeRecord(at: RecordAt, _: RecordState, form: FormData): Promise<RecordState> {
  const [what, { list: text }] = await Promise.all([recordAsked(at), words()]);
  if (!what?.section.change?.(what.me, what.row)) return { message: text.notAllowed };
  const { me, section, row: before } = what;

  const fields = fieldsFor(me, section, "change", before);
  const checking = await checkingFor(what, "change", before, form);
  const { row, values, problems } = checkFields(fields, form, checking);
  if (Object.keys(problems).length > 0) return { problems, values };
  const key = section.key ?? "id";
  const { data, error } = await me.database.from(section.table).update(row).eq(key, at.id).select(key);
  if (error) return { message: refusalText(error, text), values };
  // Rows that a policy hides from changing are not an error to the database.
  if (data.length === 0) return { message: text.notAllowed, values };
  revalidatePath("/", "layout");
  return { saved: true, message: text.saved, values };
}

/** Brings a row into another state. */
export async function moveRecord(at: RecordAt, to: string): Promise<RecordState> {
  const [what, { list: text }] = await Promise.all([recordAsked(at), words()]);
  const state = what?.section.moves?.[String(what.row.status)]?.find((each) => each === to);
  if (!what?.section.move?.(what.me, what.row) || !state) return { message: text.notAllowed };
  const key = what.section.key ?? "id";
  const { data, error } = await what.me.database
    .from(what.section.table)
    .update({ status: state })
    .eq(key, at.id)
    .select(key);
  if (error) return { message: refusalText(error, text) };
  if (data.length === 0) return { message: text.notAllowed };
  revalidatePath("/", "layout");
  return { saved: true, message: text.saved };
}

/** Removes a row; from its own page people go back to the list. */
export async function removeRecord(at: RecordAt, leave: boolean): Promise<RecordState> {
  const [what, { list: text }] = await Promise.all([recordAsked(at), words()]);
  if (!what?.section.remove?.(what.me, what.row)) return { message: text.notAllowed };
  const key = what.section.key ?? "id";
  const { data, error } = await what.me.database.from(what.section.table).delete().eq(key, at.id).select(key);
  if (error) return { message: refusalText(error, text) };
  if (data.length === 0) return { message: text.notAllowed };
  revalidatePath("/", "layout");
  if (leave) redirect(`/${what.module}/${what.section.id}`);
  return { saved: true };
}

/** Marks one of the own notifications as read; somebody else's is not touched. */
export async function markRead(form: FormData): Promise<void> {
  const me = await member();
  const id = form.get("id");
  if (typeof id !== "string") return;
  await me.database.from("notifications").update({ read: true }).eq("id", id).eq("user_id", me.id);
  revalidatePath("/", "layout");
}
