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
import { coordinatePatterns, coordinatesFrom } from "./coordinates.ts";
import { type CommunityType, communityTypes, type ModuleName, moduleNames } from "./modules.ts";

/** What is known of a community, checked. */
export interface Answers {
  communityType: CommunityType;
  /** As the community writes it: 1 to 120 characters, anything that can be printed. */
  name: string;
  city: string;
  /** "latitude, longitude" in degrees; `coordinatesFrom` reads it. */
  mapCenter: string;
  slug: string;
  adminEmail: string;
  adminName?: string;
  /** Shown on the community's page. */
  contactEmail: string;
  botName: string;
  /** Whether it is listed to other communities of the hub. */
  federation: "yes" | "no";
  region: Region;
  modules: ModuleName[];
  locale: Locale;
}

// Typed as one text: forms and terminals have a field for it. A link may be long.
const mapCenter = z
  .string({ error: ({ input }) => (input === undefined ? "is missing" : "has to be text") })
  .max(2_000, "has more than 2000 characters")
  .refine((typed) => typed.trim() !== "", "is empty")
  .transform((typed, context) => {
    const point = typed.trim() === "" ? undefined : coordinatesFrom(typed);
    if (point) return `${point.latitude}, ${point.longitude}`;
    context.addIssue({
      code: "custom",
      message:
        "is no point on the map: give latitude and longitude in degrees, like 48.8566, 2.3522, or a link to the place on OpenStreetMap or Google Maps (a short link does not hold the place)",
    });
    return z.NEVER;
  })
  .meta({ anyOf: coordinatePatterns.map((pattern) => ({ pattern })) });

const fields = form({
  communityType: oneOf("type of community", communityTypes).default("municipality").describe("What it is."),
  name: clientName().describe("The community's name, as it writes it."),
  city: personText(120).describe("The town or place where it is."),
  mapCenter: mapCenter.describe(
    "Latitude and longitude of the map's centre in degrees, like 48.8566, 2.3522, or a link to the place on OpenStreetMap or Google Maps.",
  ),
  slug: slugText().optional().describe("Subdomain and stem of all names; made from the name when absent."),
  adminEmail: emailText().describe("Gets the first account and the welcome mail."),
  adminName: personText(120).optional().describe("Name of the first admin."),
  contactEmail: emailText().optional().describe("Shown on the page; the first admin's when absent."),
  botName: personText(80).default("Ophélia").describe("What the community's bot is called."),
  federation: oneOf("answer", ["yes", "no"])
    .default("no")
    .describe("Whether other communities of the hub may find this one."),
  region: regionName()
    .optional()
    .describe("Where the database stands; near the language's people when absent."),
  modules: someOf("module", moduleNames).describe(
    "What the instance shows and which automations it gets; all when absent.",
  ),
  locale: oneOf("language", locales).default("fr").describe("Language of pages and mails."),
});

/** What a new community is asked. */
export const questions: Questions<Answers> = {
  parse(given) {
    const { slug, adminName, region, contactEmail, ...rest } = checked(fields, given);
    return {
      ...rest,
      slug: slugOf(rest.name, slug),
      ...(adminName !== undefined && { adminName }),
      contactEmail: contactEmail ?? rest.adminEmail,
      region: region ?? regionFor(rest.locale),
    };
  },
  schema: () => z.toJSONSchema(fields, { io: "input", unrepresentable: "any" }),
};
