import type { Questions } from "@atoll/core/blueprint";
import { z } from "zod";
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
} from "./asking.ts";
import type { BaseAnswers } from "./kind.ts";
import { type Locale, locales } from "./locales.ts";
import { regionFor } from "./regions.ts";

/** A whole number within bounds, typed as a number or as text. */
export const wholeNumber = (least: number, most: number) => {
  const problem = `is no whole number from ${least} to ${most}`;
  return z.coerce.number(problem).int(problem).min(least, problem).max(most, problem);
};

/** The questions that every application asks, with the modules among which can be chosen. */
const baseFields = <M extends string>(modules: readonly M[], locale: Locale) => ({
  name: clientName().describe("The client's name, as they write it."),
  slug: slugText().optional().describe("Subdomain and stem of all names; made from the name when absent."),
  adminEmail: emailText().describe("Gets the first account and the welcome mail."),
  adminName: personText(120).optional().describe("Name of the first admin."),
  region: regionName()
    .optional()
    .describe("Where the database stands; near the language's people when absent."),
  modules: someOf("module", modules).describe(
    "What the instance shows and which automations it gets; all when absent.",
  ),
  locale: oneOf("language", locales).default(locale).describe("Language of pages and mails."),
});

/**
 * The base questions with more of one's own (`more` by name, as zod schemas). Answers come out checked, with slug and
 * region filled in.
 */
export function questionsWith<M extends string, More extends z.ZodRawShape>(
  modules: readonly M[],
  locale: Locale,
  more: More,
): Questions<BaseAnswers & z.output<z.ZodObject<More>>> {
  const base = form(baseFields(modules, locale));
  const own = form(more);
  const all = form({ ...baseFields(modules, locale), ...more });
  return {
    parse(given) {
      const answers: Record<string, unknown> = checked(all, given);
      const pick = (fields: z.ZodObject) =>
        Object.fromEntries(Object.entries(answers).filter(([key]) => key in fields.shape));
      // Checked as a whole a line above: here only divided, so that the types are those of each part.
      const { slug, adminName, region, ...rest } = pick(base) as z.output<typeof base>;
      const common: BaseAnswers = {
        ...rest,
        slug: slugOf(rest.name, slug),
        ...(adminName !== undefined && { adminName }),
        region: region ?? regionFor(rest.locale),
      };
      return { ...(pick(own) as z.output<z.ZodObject<More>>), ...common };
    },
    schema: () => z.toJSONSchema(all, { io: "input", unrepresentable: "any" }),
  };
}
