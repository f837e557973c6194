import type { ModuleName } from "./client-config";
import type { Member } from "./member";
import type { Settings } from "./sections";

const shop: Settings = {
  id: "shop",
  table: "shop_settings",
  select: "name, description, currency, contact_email, contact_phone, address, takes_orders, hold_hours",
  fields: [
    { name: "name", input: "text", required: true },
    { name: "currency", input: "currency", required: true, max: 3 },
    { name: "contact_email", input: "email", max: 320 },
    { name: "contact_phone", input: "tel", max: 60 },
    { name: "hold_hours", input: "count", required: true, most: 720 },
    { name: "takes_orders", input: "check" },
    { name: "address", input: "long", max: 1000 },
    { name: "description", input: "long", max: 2000 },
  ],
};

const company: Settings = {
  id: "company",
  table: "company_settings",
  select:
    "name, legal_name, currency, contact_email, address, tax_number, bank_account, invoice_prefix, payment_days",
  fields: [
    { name: "name", input: "text", required: true },
    { name: "legal_name", input: "text" },
    { name: "contact_email", input: "email", max: 320 },
    { name: "currency", input: "currency", required: true, max: 3 },
    { name: "tax_number", input: "text", max: 60 },
    { name: "bank_account", input: "text", max: 60 },
    { name: "invoice_prefix", input: "text", max: 12, empty: "" },
    { name: "payment_days", input: "count", required: true, most: 365 },
    { name: "address", input: "long", max: 1000 },
  ],
};

const bot: Settings = {
  id: "bot",
  table: "bot_settings",
  select: "is_enabled, greeting",
  fields: [
    { name: "is_enabled", input: "check" },
    { name: "greeting", input: "long", max: 1000, empty: "" },
  ],
};

const botPrivate: Settings = {
  id: "botPrivate",
  table: "bot_private",
  select: "model, instructions, has_channel_token",
  fields: [
    { name: "model", input: "text", required: true, max: 100 },
    { name: "channel_token", input: "secret", max: 1000 },
    { name: "instructions", input: "long", max: 20_000, empty: "" },
  ],
};

/** The settings on a module's own page, for whoever may change them. */
export function moduleSettings(me: Member, module: ModuleName): readonly Settings[] {
  return me.blueprint === "community" && module === "bot" && me.role === "admin" ? [bot, botPrivate] : [];
}

/** The settings of the whole instance, for whoever may change them. */
export function pageSettings(me: Member): readonly Settings[] {
  if (me.role !== "admin") return [];
  return { business: [], shop: [shop], agency: [company], community: [], own: [] }[me.blueprint];
}
