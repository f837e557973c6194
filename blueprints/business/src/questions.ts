import {
  checked,
  clientName,
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

/** What is known of a client, checked. */
export interface Answers {
  /** As the client writes it: 1 to 120 characters, anything that can be printed. */
  name: string;
  slug: string;
  adminEmail: string;
  adminName?: string;
  region: Region;
  modules: ModuleName[];
  locale: Locale;
}

const fields = form({
  name: clientName().describe("The client's name, as the client writes it."),
  slug: slugText().optional().describe("Subdomain and stem of all names; made from the name when absent."),
  adminEmail: emailText().describe("Gets the first account and the welcome mail."),
  adminName: personText(120).optional().describe("Name of the first admin."),
  region: regionName()
    .optional()
    .describe("Where the database stands; near the language's people when absent."),
  modules: someOf("module", moduleNames).describe(
    "What the instance shows and which automations it gets; all when absent.",
  ),
  locale: oneOf("language", locales).default("en").describe("Language of pages and mails."),
});

/** What a new client is asked. */
export const questions: Questions<Answers> = {
  parse(given) {
    const { slug, adminName, region, ...rest } = checked(fields, given);
    return {
      ...rest,
      slug: slugOf(rest.name, slug),
      ...(adminName !== undefined && { adminName }),
      region: region ?? regionFor(rest.locale),
    };
  },
  schema: () => z.toJSONSchema(fields, { io: "input", unrepresentable: "any" }),
};
