import { randomUUID } from "node:crypto";
import { clientConfig } from "@/lib/client-config";
import { moneyText } from "@/lib/money";
import { productsOf, shopOf } from "@/lib/shop/shop";
import { supabase } from "@/lib/supabase";
import { words } from "@/lib/words";
import { Contact } from "../contact";
import { PublicFrame } from "../public-frame";
import { OrderForm } from "./order-form";

/** What visitors see of a shop: what is for sale, and the form to order it. */
export async function ShopPage() {
  const [database, config, { shop: text }] = await Promise.all([supabase(), clientConfig(), words()]);
  const shop = await shopOf(database);
  const products = await productsOf(database, shop.currency);
  const shown = products.map(({ id, name, description, image_url, category, variants }) => ({
    id,
    name,
    description,
    image: image_url,
    category: category?.name ?? null,
    articles: variants.map((each) => ({
      id: each.id,
      name: each.name,
      price: moneyText(each.price_minor, each.currency, config.locale),
      inStock: each.in_stock,
    })),
  }));
  const { contact_email, contact_phone, address } = shop;
  return (
    <PublicFrame
      name={shop.name}
      lead={shop.description ?? text.lead}
      door={text.staff}
      contact={<Contact label={text.contact} email={contact_email} phone={contact_phone} address={address} />}
    >
      {shown.length === 0 ? (
        <div className="empty">
          <strong>{text.nothing}</strong>
          <p>{text.nothingLead}</p>
        </div>
      ) : (
        <OrderForm products={shown} open={shop.takes_orders} request={randomUUID()} text={text} />
      )}
    </PublicFrame>
  );
}
