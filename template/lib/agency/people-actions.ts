"use server";

import { revalidatePath } from "next/cache";
import { asked } from "../asked";
import { refusalText, uuid } from "../fields";
import type { RecordState } from "../record-actions";
import { words } from "../words";

/** Who may put people on a project, in an instance that has projects. */
async function leadAsked() {
  const what = await asked("projects", "projects");
  return what?.section.add?.(what.me) ? what.me : undefined;
}

/** Puts somebody of the agency on a project. */
export async function addToProject(project: string, _: RecordState, form: FormData): Promise<RecordState> {
  const [me, { list: text }] = await Promise.all([leadAsked(), words()]);
  const person = form.get("person");
  if (!me || !uuid.test(project)) return { message: text.notAllowed };
  if (typeof person !== "string" || !uuid.test(person)) return { message: text.badChoice };
  const { error } = await me.database
    .from("project_members")
    .insert({ project_id: project, user_id: person });
  if (error) return { message: refusalText(error, text) };
  revalidatePath("/", "layout");
  return { saved: true, message: text.saved };
}

/** Takes somebody off a project; their tasks there are nobody's then. */
export async function takeOffProject(project: string, person: string): Promise<RecordState> {
  const [me, { list: text }] = await Promise.all([leadAsked(), words()]);
  if (!me || !uuid.test(project) || !uuid.test(person)) return { message: text.notAllowed };
  const { data, error } = await me.database
    .from("project_members")
    .delete()
    .eq("project_id", project)
    .eq("user_id", person)
    .select("user_id");
  if (error) return { message: refusalText(error, text) };
  if (data.length === 0) return { message: text.notAllowed };
  revalidatePath("/", "layout");
  return { saved: true };
}
