import type { Settings } from "@atoll/contract/schemas/settings";
import type { Transaction } from "kysely";
import { usualRetention } from "../backups/retention.ts";
import { usualPolicies } from "../operations/archive-policy.ts";
import type { Store } from "./store.ts";
import type { Tables } from "./tables.ts";

/** List prices in US dollars a month, to be edited: providers' pages are the source, the hub only adds up. */
const defaults: Settings = {
  confirmEmail: true,
  alertTo: [],
  archivePolicy: usualPolicies,
  backups: usualRetention,
  // Supabase's own page: 8 GB of disk belong to each project, a further one costs 0.125 a month.
  usagePrices: [
    {
      per: "database-gb",
      label: "Supabase database, above 8 GB",
      price: 0.125,
      included: 8,
      currency: "USD",
    },
  ],
  costs: [
    { kind: "supabase.project", label: "Supabase compute (Micro)", monthly: 10, currency: "USD" },
    { kind: "vercel.project", label: "Vercel project (within the plan)", monthly: 0, currency: "USD" },
    { kind: "netlify.site", label: "Netlify site (within the plan)", monthly: 0, currency: "USD" },
    { kind: "github.repository", label: "GitHub repository", monthly: 0, currency: "USD" },
    { kind: "n8n.workflow", label: "n8n workflow (self-hosted)", monthly: 0, currency: "USD" },
  ],
};

export interface StoredSettings {
  value: Settings;
  version: number;
}

/** The hub's settings; the defaults until somebody changes them. */
export async function readSettings(store: Store): Promise<StoredSettings> {
  const row = await store.selectFrom("hub_settings").select(["value", "version"]).executeTakeFirst();
  if (row === undefined) return { value: defaults, version: 0 };
  return { value: { ...defaults, ...(row.value as Partial<Settings>) }, version: row.version }; // checked when written
}

/** Writes settings if nobody else did since `version`; false = somebody did. */
export async function writeSettings(
  tx: Transaction<Tables>,
  value: Settings,
  version: number,
): Promise<boolean> {
  if (version === 0) {
    const made = await tx
      .insertInto("hub_settings")
      .values({ value: JSON.stringify(value) })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return made.numInsertedOrUpdatedRows === 1n;
  }
  const changed = await tx
    .updateTable("hub_settings")
    .set({ value: JSON.stringify(value), version: version + 1 })
    .where("version", "=", version)
    .executeTakeFirst();
  return changed.numUpdatedRows === 1n;
}
