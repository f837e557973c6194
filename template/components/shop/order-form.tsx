"use client";

import { useActionState } from "react";
import type { Messages } from "@/lib/messages/en";
import type { RecordState } from "@/lib/record-actions";
import { placeOrder } from "@/lib/shop/order-actions";
import { Submit } from "../submit";
import { ProductCard, type ShownProduct } from "./product-card";

interface Props {
  products: ShownProduct[];
  /** Whether the shop takes orders. */
  open: boolean;
  /** The order's own id: sent twice, it is placed once. */
  request: string;
  text: Messages["shop"];
}

/** The goods and, below them, who orders: one form, which works without scripts too. */
export function OrderForm({ products, open, request, text }: Props) {
  const [state, action] = useActionState<RecordState, FormData>(placeOrder, {});
  const typed = state.values ?? {};
  const field = (name: string) => ({ id: `order-${name}`, name, defaultValue: typed[name] ?? "" });
  return (
    <form action={action} className="order">
      <input type="hidden" name="request" value={request} />
      <h2>{text.goods}</h2>
      <ul className="goods">
        {products.map((product) => (
          <ProductCard key={product.id} product={product} open={open} typed={typed} text={text} />
        ))}
      </ul>
      {open ? (
        <section className="card" aria-labelledby="your-order">
          <h2 id="your-order">{text.order}</h2>
          <div className="form grid">
            <div className="field">
              <label htmlFor="order-name">{text.name}</label>
              <input {...field("name")} required maxLength={200} autoComplete="name" />
            </div>
            <div className="field">
              <label htmlFor="order-email">{text.email}</label>
              <input {...field("email")} type="email" required maxLength={320} autoComplete="email" />
            </div>
            <div className="field">
              <label htmlFor="order-phone">{`${text.phone} (${text.optional})`}</label>
              <input {...field("phone")} type="tel" maxLength={60} autoComplete="tel" />
            </div>
            <div className="field wide">
              <label htmlFor="order-address">{text.address}</label>
              <textarea
                {...field("address")}
                required
                rows={3}
                maxLength={1000}
                autoComplete="street-address"
              />
            </div>
            <div className="field wide">
              <label htmlFor="order-note">{`${text.note} (${text.optional})`}</label>
              <textarea {...field("note")} rows={2} maxLength={2000} />
            </div>
            <div className="form-end wide">
              <Submit label={text.submit} />
              <p className="problem" role="alert">
                {state.message}
              </p>
            </div>
          </div>
        </section>
      ) : (
        <p className="card">{text.closed}</p>
      )}
    </form>
  );
}
