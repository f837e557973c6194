import { uuid } from "../fields";

/** What a visitor's order form holds; everything is text as it was typed. */
export interface TypedOrder {
  requestId: string;
  name: string;
  email: string;
  phone: string;
  address: string;
  note: string;
  lines: { variant_id: string; quantity: number }[];
}

/** Reads the order form. Fields of articles are called `article-ID`; those left empty or at 0 are not ordered. */
export function orderFrom(form: FormData): TypedOrder {
  const text = (name: string) => {
    const value = form.get(name);
    return typeof value === "string" ? value.replaceAll("\0", "").replaceAll("\r\n", "\n").trim() : "";
  };
  const lines = [...form.entries()].flatMap(([name, value]) => {
    const [, id = ""] = /^article-(.+)$/.exec(name) ?? [];
    if (!uuid.test(id) || typeof value !== "string" || value === "" || value === "0") return [];
    return [{ variant_id: id, quantity: /^\d{1,4}$/.test(value) ? Number(value) : 0 }];
  });
  return {
    requestId: text("request"),
    name: text("name"),
    email: text("email"),
    phone: text("phone"),
    address: text("address"),
    note: text("note"),
    lines,
  };
}

/** What the shop's database calls the ways in which an order can be wrong, by the words in which it says so. */
export const orderProblems = [
  "shop_closed",
  "name_invalid",
  "email_invalid",
  "address_invalid",
  "text_too_long",
  "lines_invalid",
  "not_for_sale",
  "out_of_stock",
] as const;
