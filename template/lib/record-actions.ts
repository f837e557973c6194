"use server";

import { revalidatePath } from "next/cache";
import { clientConfig, moduleNames } from "./client-config";
import { checkFields } from "./fields";
import { member } from "./member";
import { modules } from "./modules";
import { words } from "./words";

/** What the form of a section shows after it was sent. */
export interface RecordState {
  saved?: boolean;
  message?: string;
  /** What is wrong with which field. */
  problems?: Record<string, string>;
  /** What had been typed, so that nothing has to be typed twice. */
  values?: Record<string, string>;
}

/** Adds a row to a section's table for the organization of whoever is signed in. */
export async function createRecord(
  moduleName: string,
  sectionId: string,
  _: RecordState,
  form: FormData,
): Promise<RecordState> {
  const [me, config, { list: text }] = await Promise.all([member(), clientConfig(), words()]);
  const name = moduleNames.find((each) => each === moduleName && config.modules[each]);
  const section = name && modules[name].find((each) => each.id === sectionId);
  if (!name || !section?.fields) return { message: text.notAllowed };

  const { row, values, problems } = checkFields(section.fields, form, text);
  if (Object.keys(problems).length > 0) return { problems, values };
  if (me.organizationId === null) return { message: text.noOrganization, values };

  const { error } = await me.database
    .from(section.table)
    .insert({ ...row, organization_id: me.organizationId });
  if (error) return { message: error.code === "42501" ? text.notAllowed : text.failed, values };
  revalidatePath(`/${name}/${sectionId}`);
  return { saved: true, message: text.saved };
}

/** Marks one of the own notifications as read; somebody else's is not touched. */
export async function markRead(form: FormData): Promise<void> {
  const me = await member();
  const id = form.get("id");
  if (typeof id !== "string") return;
  await me.database.from("notifications").update({ read: true }).eq("id", id).eq("user_id", me.id);
  revalidatePath("/", "layout");
}
