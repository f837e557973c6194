"use server";

import { revalidatePath } from "next/cache";
import { clientConfig } from "../client-config";
import { checkFields, refusalText, uuid } from "../fields";
import { member } from "../member";
import type { RecordState } from "../record-actions";
import { words } from "../words";
import { stockFields } from "./stock";

/** Notes goods that came, were counted, broke or came back. */
export async function adjustStock(variant: string, _: RecordState, form: FormData): Promise<RecordState> {
  const [me, { locale }, { list: text, shop }] = await Promise.all([member(), clientConfig(), words()]);
  if (me.blueprint !== "shop" || me.role === "" || !uuid.test(variant)) return { message: text.notAllowed };
  const checking = { text, locale, currency: "", for: "add" } as const;
  const { row, values, problems } = checkFields(stockFields, form, checking);
  if (Object.keys(problems).length > 0) return { problems, values };
  const { error } = await me.database.rpc("adjust_stock", {
    p_variant_id: variant,
    p_quantity: row.quantity,
    p_reason: row.reason,
    p_note: row.note ?? null,
  });
  if (error?.message === "out_of_stock") return { message: shop.notSoMany, values };
  if (error) return { message: refusalText(error, text), values };
  revalidatePath("/", "layout");
  return { saved: true, message: text.saved };
}
