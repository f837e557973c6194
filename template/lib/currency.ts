import { companyOf } from "./agency/company";
import type { Member } from "./member";
import type { Row } from "./sections";
import { shopOf } from "./shop/shop";

/** The currency in which a row's money is typed: its own, or the one that new rows get. */
export async function currencyOf(me: Member, row: Row): Promise<string> {
  if (typeof row.currency === "string") return row.currency;
  if (me.blueprint === "shop") return (await shopOf(me.database)).currency;
  if (me.blueprint === "agency") return (await companyOf(me.database)).currency;
  return "EUR";
}
