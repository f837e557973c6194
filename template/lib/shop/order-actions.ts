"use server";

import { revalidatePath } from "next/cache";
import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { clientConfig } from "../client-config";
import { uuid } from "../fields";
import type { RecordState } from "../record-actions";
import { supabase } from "../supabase";
import { fill, words } from "../words";
import { orderFrom, orderProblems } from "./order";
import { orderCookie } from "./order-cookie";

interface Placed {
  number: number;
  token: string;
}

/** Places a visitor's order and leads to the page that thanks for it. Sent twice, it is placed once. */
export async function placeOrder(_: RecordState, form: FormData): Promise<RecordState> {
  const [{ blueprint }, { shop: text, list }] = await Promise.all([clientConfig(), words()]);
  if (blueprint !== "shop") return { message: list.notAllowed };
  const order = orderFrom(form);
  const values = Object.fromEntries(
    [...form.entries()].filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
  if (order.lines.length === 0) return { message: text.nothingChosen, values };
  if (order.lines.length > 50) return { message: text.problems.lines_invalid, values };
  if (!uuid.test(order.requestId)) return { message: list.failed, values };

  const { data, error } = await (await supabase())
    .rpc("place_order", {
      p_request_id: order.requestId,
      p_name: order.name,
      p_email: order.email,
      p_address: order.address,
      p_lines: order.lines,
      p_phone: order.phone || null,
      p_note: order.note || null,
    })
    .single<Placed>();
  if (error) {
    const known = orderProblems.find((each) => each === error.message);
    const message = known ? fill(text.problems[known], { article: error.details ?? "" }) : list.failed;
    return { message, values };
  }
  // With the number the token opens the order, so it stands in no address.
  (await cookies()).set(orderCookie(data.number), data.token, {
    httpOnly: true,
    sameSite: "lax",
    secure: (await headers()).get("x-forwarded-proto") === "https",
    path: `/order/${data.number}`,
    maxAge: 90 * 24 * 3600,
  });
  // Going back shows the page anew: the next order has an id of its own.
  revalidatePath("/", "layout");
  redirect(`/order/${data.number}`);
}
