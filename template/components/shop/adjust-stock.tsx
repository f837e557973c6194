import type { Member } from "@/lib/member";
import { stockFields } from "@/lib/shop/stock";
import { adjustStock } from "@/lib/shop/stock-actions";
import { fill, words } from "@/lib/words";
import { RecordForm } from "../record-form";

/** How many there are, and the form that changes it. */
export async function AdjustStock({ me, variant }: { me: Member; variant: string }) {
  const [text, { data }] = await Promise.all([
    words(),
    me.database
      .from("stock_levels")
      .select("quantity")
      .eq("variant_id", variant)
      .maybeSingle<{ quantity: number }>(),
  ]);
  const { list, columns, values } = text;
  return (
    <section className="card" aria-labelledby="adjust">
      <h2 id="adjust">{text.shop.adjust}</h2>
      <p className="lead">
        {fill(text.shop.stockNow, { count: data?.quantity ?? 0 })} {text.shop.adjustHint}
      </p>
      <RecordForm
        send={adjustStock.bind(null, variant)}
        fields={stockFields}
        choices={{}}
        {...{ list, columns, values }}
      />
    </section>
  );
}
