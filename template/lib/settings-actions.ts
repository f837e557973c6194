"use server";

import { revalidatePath } from "next/cache";
import { clientConfig } from "./client-config";
import { checkFields, refusalText } from "./fields";
import { member } from "./member";
import type { RecordState } from "./record-actions";
import { moduleSettings, pageSettings } from "./settings";
import { words } from "./words";

/** Changes one row of settings. */
export async function saveSettings(id: string, _: RecordState, form: FormData): Promise<RecordState> {
  const [me, config, { list: text }] = await Promise.all([member(), clientConfig(), words()]);
  const offered = [...pageSettings(me), ...config.modules.flatMap((name) => moduleSettings(me, name))];
  const settings = offered.find((each) => each.id === id);
  if (!settings) return { message: text.notAllowed };
  const checking = { text, locale: config.locale, currency: "", for: "change" } as const;
  const { row, values, problems } = checkFields(settings.fields, form, checking);
  if (Object.keys(problems).length > 0) return { problems, values };
  const { data, error } = await me.database
    .from(settings.table)
    .update(row)
    .eq("only_row", true)
    .select("only_row");
  if (error) return { message: refusalText(error, text), values };
  if (data.length === 0) return { message: text.notAllowed, values };
  revalidatePath("/", "layout");
  return { saved: true, message: text.saved, values };
}
