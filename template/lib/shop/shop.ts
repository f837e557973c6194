import { cache } from "react";
import type { Supabase } from "../supabase";

/** What anybody may know of the shop. */
export interface Shop {
  name: string;
  description: string | null;
  currency: string;
  contact_email: string | null;
  contact_phone: string | null;
  address: string | null;
  takes_orders: boolean;
}

/** The shop's settings. */
export const shopOf = cache(async (database: Supabase): Promise<Shop> => {
  const { data, error } = await database
    .from("shop_settings")
    .select("name, description, currency, contact_email, contact_phone, address, takes_orders")
    .single<Shop>();
  if (error) throw new Error(`shop_settings could not be read: ${error.message}`);
  return data;
});

/** One article as a visitor sees it. */
export interface Article {
  id: string;
  name: string;
  price_minor: number;
  currency: string;
  in_stock: boolean;
  is_active: boolean;
  position: number;
}

/** One product on the shop page. */
export interface Product {
  id: string;
  name: string;
  description: string | null;
  image_url: string | null;
  category: { name: string; position: number } | null;
  variants: Article[];
}

/** What is for sale: published products with their active articles in the shop's currency; at most 500. */
export async function productsOf(database: Supabase, currency: string): Promise<Product[]> {
  // Asked for by state: the shop's own people would be given drafts too.
  const { data, error } = await database
    .from("products")
    .select(
      "id, name, description, image_url, category:categories(name, position), variants:product_variants(id, name, price_minor, currency, in_stock, is_active, position)",
    )
    .eq("status", "published")
    .order("name")
    .limit(500)
    .returns<Product[]>();
  if (error) throw new Error(`products could not be read: ${error.message}`);
  const sold = (data ?? []).map((product) => ({
    ...product,
    variants: product.variants
      .filter((each) => each.is_active && each.currency === currency)
      .sort((a, b) => a.position - b.position),
  }));
  const position = (product: Product) => product.category?.position ?? Number.MAX_SAFE_INTEGER;
  return sold.filter((product) => product.variants.length > 0).sort((a, b) => position(a) - position(b));
}
