import { is, type Section } from "../sections";
import { shopOf } from "../shop/shop";
import { slugFrom } from "../shop/slug";

const staff = is("admin", "staff");
const admin = is("admin");

const products: Section = {
  id: "products",
  table: "products",
  select: "id, name, description, image_url, status, created_at, category_id:categories(name)",
  title: ["name"],
  columns: [
    { name: "name", shown: "text" },
    { name: "category_id", shown: "link" },
    { name: "status", shown: "badge" },
    { name: "created_at", shown: "date" },
  ],
  more: [
    { name: "description", shown: "long" },
    { name: "image_url", shown: "url" },
  ],
  fields: [
    { name: "name", input: "text", required: true },
    { name: "category_id", input: "row", from: "categories" },
    { name: "description", input: "long", max: 10_000 },
    { name: "image_url", input: "url", max: 2000 },
  ],
  states: ["draft", "published", "archived"],
  opens: true,
  children: [{ module: "catalog", section: "variants", by: "product_id" }],
  moves: { draft: ["published", "archived"], published: ["draft", "archived"], archived: ["draft"] },
  complete: async (_, row) => ({ slug: slugFrom(String(row.name)) }),
  see: staff,
  add: staff,
  change: staff,
  move: staff,
  remove: admin,
};

const variants: Section = {
  id: "variants",
  table: "product_variants",
  select:
    "id, name, sku, price_minor, currency, is_active, in_stock, position, product_id:products(name), created_at",
  title: ["name", "sku"],
  columns: [
    { name: "sku", shown: "text" },
    { name: "name", shown: "text" },
    { name: "price_minor", shown: "minor" },
    { name: "is_active", shown: "flag" },
    { name: "in_stock", shown: "flag" },
  ],
  more: [{ name: "product_id", shown: "link" }],
  fields: [
    { name: "sku", input: "text", required: true, max: 60 },
    { name: "price_minor", input: "money", required: true },
    { name: "currency", input: "currency", required: true, max: 3, only: "change" },
    { name: "name", input: "text", empty: "" },
    { name: "position", input: "count", most: 32_767, empty: 0 },
    { name: "is_active", input: "check", initial: "true" },
  ],
  order: { by: "position", ascending: true },
  within: true,
  opens: true,
  children: [{ module: "stock", section: "movements", by: "variant_id" }],
  // A variant is sold in the shop's currency.
  complete: async (me) => ({ currency: (await shopOf(me.database)).currency }),
  see: staff,
  add: staff,
  change: staff,
  remove: admin,
};

const categories: Section = {
  id: "categories",
  table: "categories",
  select: "id, name, position, created_at",
  title: ["name"],
  columns: [
    { name: "name", shown: "text" },
    { name: "position", shown: "number" },
  ],
  fields: [
    { name: "name", input: "text", required: true },
    { name: "position", input: "count", most: 32_767, empty: 0 },
  ],
  order: { by: "position", ascending: true },
  opens: true,
  complete: async (_, row) => ({ slug: slugFrom(String(row.name)) }),
  see: staff,
  add: staff,
  change: staff,
  remove: admin,
};

const orders: Section = {
  id: "orders",
  table: "orders",
  select:
    "id, number, name, email, phone, address, note, status, currency, total_minor, paid_at, cancelled_at, confirmed_at, created_at",
  title: ["number", "name"],
  columns: [
    { name: "number", shown: "text" },
    { name: "name", shown: "text" },
    { name: "total_minor", shown: "minor" },
    { name: "status", shown: "badge" },
    { name: "created_at", shown: "date" },
  ],
  more: [
    { name: "email", shown: "email" },
    { name: "phone", shown: "phone" },
    { name: "address", shown: "long" },
    { name: "note", shown: "long" },
    { name: "paid_at", shown: "date" },
    { name: "cancelled_at", shown: "date" },
    { name: "confirmed_at", shown: "date" },
  ],
  fields: [
    { name: "name", input: "text", required: true },
    { name: "phone", input: "tel", max: 60 },
    { name: "address", input: "long", required: true, max: 1000 },
    { name: "note", input: "long", max: 2000 },
  ],
  states: ["placed", "paid", "sent", "done", "cancelled"],
  opens: true,
  children: [{ module: "orders", section: "order_lines", by: "order_id" }],
  moves: { placed: ["paid", "cancelled"], paid: ["sent", "done", "cancelled"], sent: ["done"] },
  see: staff,
  change: staff,
  move: staff,
};

const orderLines: Section = {
  id: "order_lines",
  table: "order_lines",
  select:
    "id, sku, product_name, variant_name, quantity, unit_price_minor, amount_minor, created_at, order_id:orders(currency)",
  title: ["product_name"],
  columns: [
    { name: "sku", shown: "text" },
    { name: "product_name", shown: "text" },
    { name: "variant_name", shown: "text" },
    { name: "quantity", shown: "number" },
    { name: "unit_price_minor", shown: "minor" },
    { name: "amount_minor", shown: "minor" },
  ],
  order: { by: "sku", ascending: true },
  within: true,
  see: staff,
};

const levelColumns: Section["columns"] = [
  { name: "variant_id", shown: "link" },
  { name: "quantity", shown: "number" },
  { name: "low_at", shown: "number" },
  { name: "is_low", shown: "flag" },
];
const levelSelect =
  "variant_id, quantity, low_at, is_low, created_at, variant:product_variants(sku, name, product:products(name))";

const levels: Section = {
  id: "levels",
  table: "stock_levels",
  key: "variant_id",
  select: levelSelect,
  title: ["variant_id"],
  columns: levelColumns,
  fields: [{ name: "low_at", input: "count", required: true, most: 1_000_000 }],
  order: { by: "quantity", ascending: true },
  opens: true,
  children: [{ module: "stock", section: "movements", by: "variant_id" }],
  see: staff,
  change: staff,
};

const low: Section = {
  ...levels,
  id: "low",
  where: { column: "is_low", value: true },
};

const movements: Section = {
  id: "movements",
  table: "stock_movements",
  select:
    "id, quantity, reason, note, stock_after, created_at, variant_id, variant:product_variants(sku, name, product:products(name))",
  title: ["variant_id"],
  columns: [
    { name: "variant_id", shown: "link" },
    { name: "quantity", shown: "number" },
    { name: "reason", shown: "badge" },
    { name: "stock_after", shown: "number" },
    { name: "note", shown: "text" },
    { name: "created_at", shown: "date" },
  ],
  see: staff,
};

const customers: Section = {
  id: "customers",
  table: "customers",
  select: "id, name, email, phone, notes, created_at",
  title: ["name"],
  columns: [
    { name: "name", shown: "text" },
    { name: "email", shown: "email" },
    { name: "phone", shown: "phone" },
    { name: "created_at", shown: "date" },
  ],
  more: [{ name: "notes", shown: "long" }],
  fields: [
    { name: "name", input: "text", required: true },
    { name: "phone", input: "tel", max: 60 },
    { name: "notes", input: "long" },
  ],
  opens: true,
  children: [{ module: "orders", section: "orders", by: "customer_id" }],
  see: staff,
  change: staff,
  remove: admin,
};

/** What each module of a shop shows to the shop's people. */
export const shop = {
  catalog: [products, categories, variants],
  orders: [orders, orderLines],
  stock: [low, levels, movements],
  customers: [customers],
} satisfies Record<string, readonly Section[]>;
