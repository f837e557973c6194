import type { Metadata } from "next";
import { cookies } from "next/headers";
import Link from "next/link";
import { notFound } from "next/navigation";
import { Badge } from "@/components/cell";
import { PublicFrame } from "@/components/public-frame";
import { clientConfig } from "@/lib/client-config";
import { uuid } from "@/lib/fields";
import { moneyText } from "@/lib/money";
import { orderCookie } from "@/lib/shop/order-cookie";
import { shopOf } from "@/lib/shop/shop";
import { supabase } from "@/lib/supabase";
import { fill, words } from "@/lib/words";

interface Props {
  params: Promise<{ number: string }>;
}

interface Order {
  number: number;
  status: string;
  currency: string;
  total_minor: number;
  lines: { name: string; variant: string; quantity: number; amount_minor: number }[];
}

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await words()).shop.thanks };
}

/** The order by its number, for the browser in which it was placed. */
async function orderOf(number: string): Promise<Order | undefined> {
  const token = (await cookies()).get(orderCookie(number))?.value ?? "";
  if (!uuid.test(token)) return undefined;
  const { data, error } = await (await supabase())
    .rpc("order_status", { p_number: Number(number), p_token: token })
    .maybeSingle<Order>();
  if (error) throw new Error(`The order could not be read: ${error.message}`);
  return data ?? undefined;
}

/** Thanks for an order, and says how far it is. */
export default async function OrderPage({ params }: Props) {
  const [{ number }, { blueprint, locale }] = await Promise.all([params, clientConfig()]);
  if (blueprint !== "shop" || !/^\d{1,15}$/.test(number)) notFound();
  const [{ shop: text, values }, shop, order] = await Promise.all([
    words(),
    supabase().then(shopOf),
    orderOf(number),
  ]);
  return (
    <PublicFrame name={shop.name} door={text.staff}>
      {order ? (
        <section className="card" aria-labelledby="thanks">
          <h2 id="thanks">{text.thanks}</h2>
          <p>{fill(text.thanksLead, { number: order.number })}</p>
          <ul className="articles">
            {order.lines.map((line) => (
              <li key={`${line.name} ${line.variant}`}>
                <span>{[`${line.quantity} ×`, line.name, line.variant].filter(Boolean).join(" ")}</span>
                <span className="number">{moneyText(line.amount_minor, order.currency, locale)}</span>
              </li>
            ))}
            <li>
              <strong>{text.total}</strong>
              <strong className="number">{moneyText(order.total_minor, order.currency, locale)}</strong>
            </li>
          </ul>
          <p>
            {text.state}: <Badge state={order.status} words={values} />
          </p>
        </section>
      ) : (
        <p className="card">{text.unknownOrder}</p>
      )}
      <p>
        <Link href="/">{text.back}</Link>
      </p>
    </PublicFrame>
  );
}
