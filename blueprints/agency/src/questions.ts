import {
  checked,
  clientName,
  currencyCode,
  emailText,
  form,
  oneOf,
  personText,
  regionName,
  slugOf,
  slugText,
  someOf,
} from "@atoll/blueprint-kit/asking";
import { type Locale, locales } from "@atoll/blueprint-kit/locales";
import { type Region, regionFor } from "@atoll/blueprint-kit/regions";
import type { Questions } from "@atoll/core/blueprint";
import { z } from "zod";
import { type ModuleName, moduleNames } from "./modules.ts";

/** What is known of an agency, checked. */
export interface Answers {
  /** As the agency writes it: 1 to 120 characters, anything that can be printed. */
  name: string;
  slug: string;
  adminEmail: string;
  adminName?: string;
  /** ISO 4217: what invoices are written in. */
  currency: string;
  region: Region;
  modules: ModuleName[];
  locale: Locale;
}

const currencies: Record<Locale, string> = { en: "EUR", fr: "EUR", id: "IDR" };

const fields = form({
  name: clientName().describe("The agency's name, as the agency writes it."),
  slug: slugText().optional().describe("Subdomain and stem of all names; made from the name when absent."),
  adminEmail: emailText().describe("Gets the first account and the welcome mail."),
  adminName: personText(120).optional().describe("Name of the first admin."),
  currency: currencyCode()
    .optional()
    .describe("Three letters, like EUR: what invoices are written in; the language's when absent."),
  region: regionName()
    .optional()
    .describe("Where the database stands; near the language's people when absent."),
  modules: someOf("module", moduleNames).describe(
    "What the instance shows and which automations it gets; all when absent.",
  ),
  locale: oneOf("language", locales).default("en").describe("Language of pages and mails."),
});

/** What a new agency is asked. */
export const questions: Questions<Answers> = {
  parse(given) {
    const { slug, adminName, region, currency, ...rest } = checked(fields, given);
    return {
      ...rest,
      slug: slugOf(rest.name, slug),
      ...(adminName !== undefined && { adminName }),
      currency: currency ?? currencies[rest.locale],
      region: region ?? regionFor(rest.locale),
    };
  },
  schema: () => z.toJSONSchema(fields, { io: "input", unrepresentable: "any" }),
};
