import type { Questions } from "@atoll/core/blueprint";
import { Fault } from "@atoll/core/fault";
import { slugFrom, slugProblem } from "@atoll/core/instance";
import { z } from "zod";
import { type Locale, locales, type ModuleName, moduleNames } from "./modules.ts";
import { nearestRegion, type Region, regionFor, regions } from "./regions.ts";

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

// Line ends, control characters, halves of characters, and marks that turn the reading direction of what follows.
const unprintable = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/u;

const printable = (typed: string) => !unprintable.test(typed);

// A way through folders is nobody's name. All else stays as the client writes it, and is escaped where it is shown.
const pathLike = /(^|[\\/])\.\.?([\\/]|$)/;

const orMissing = (problem: string) => ({
  error: ({ input }: { input?: unknown }) => (input === undefined ? "is missing" : problem),
});
const text = orMissing("has to be text");

const personText = (maxLength: number) =>
  z
    .string(text)
    .transform((typed) => typed.trim().normalize("NFC"))
    .refine((typed) => typed !== "", "is empty")
    .refine((typed) => [...typed].length <= maxLength, `has more than ${maxLength} characters`)
    .refine(printable, "holds line breaks or other characters that cannot be printed")
    .refine((typed) => /[\p{L}\p{N}]/u.test(typed), "holds no letter and no digit");

const oneOf = <T extends string>(what: string, allowed: readonly T[]) =>
  z.enum(allowed, { error: ({ input }) => `${shown(input)} is no ${what}: choose ${allowed.join(", ")}` });

/** What was typed, in quotes, short and on one line: it goes into a sentence that a person reads. */
function shown(input: unknown): string {
  const text = typeof input === "string" ? input : (JSON.stringify(input) ?? "nothing");
  const line = text.replace(/[\p{C}\u2028\u2029]/gu, "?");
  return `"${[...line].length > 40 ? `${[...line].slice(0, 40).join("")}…` : line}"`;
}

const region = z.enum(regions, {
  error: ({ input }) => {
    const nearest = typeof input === "string" ? nearestRegion(input) : undefined;
    return `${shown(input)} is not offered by Supabase${nearest ? `; the nearest that is offered is ${nearest}` : ""}`;
  },
});

const input = z.strictObject(
  {
    name: personText(120)
      .refine((typed) => !pathLike.test(typed), "reads like a path")
      .describe("The client's name, as the client writes it."),
    slug: z
      .string(text)
      .superRefine((slug, context) => {
        const problem = slugProblem(slug);
        if (problem) context.addIssue({ code: "custom", message: problem });
      })
      .optional()
      .describe("Subdomain and stem of all names; made from the name when absent."),
    adminEmail: z
      .string(text)
      .transform((typed) => typed.trim().toLowerCase())
      .refine((typed) => typed !== "", "is empty")
      .refine((typed) => typed.length <= 254, "has more than 254 characters")
      .refine((typed) => z.email().safeParse(typed).success, "is no email address")
      .describe("Gets the first account and the welcome mail."),
    adminName: personText(120).optional().describe("Name of the first admin."),
    region: region.optional().describe("Where the database stands; near the language's people when absent."),
    modules: z
      .array(oneOf("module", moduleNames), "has to be a list of modules")
      .min(1, "names no module")
      .default([...moduleNames])
      .describe("What the instance shows and which automations it gets; all when absent."),
    locale: oneOf("language", locales).default("en").describe("Language of pages and mails."),
  },
  { error: ({ code }) => (code === "invalid_type" ? "have to be fields with values" : undefined) },
);

function problemOf(issue: z.core.$ZodIssue): { field: string; problem: string } {
  if (issue.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    return { field: key, problem: `is no question here; there are ${Object.keys(input.shape).join(", ")}` };
  }
  const [field = "answers"] = issue.path;
  return { field: String(field), problem: issue.message };
}

function refuse(problems: { field: string; problem: string }[]): never {
  const [first] = problems;
  throw new Fault("rejected", {
    what: `${problems.map(({ field, problem }) => `${shown(field).slice(1, -1)} ${problem}`).join("; ")}.`,
    next: `Correct ${first?.field === "answers" ? "the answers" : shown(first?.field)} and try again; nothing has been made yet.`,
    field: first?.field ?? "answers",
  });
}

/** What a new client is asked. */
export const questions: Questions<Answers> = {
  parse(given) {
    const parsed = input.safeParse(given);
    if (!parsed.success) refuse(parsed.error.issues.map(problemOf));
    const { slug: chosen, adminName, region: place, modules, ...rest } = parsed.data;
    const slug = chosen ?? slugFrom(rest.name);
    const problem = slugProblem(slug);
    if (problem)
      refuse([{ field: "slug", problem: `made from the name (${shown(slug)}) ${problem}: give one` }]);
    return {
      ...rest,
      slug,
      ...(adminName !== undefined && { adminName }),
      region: place ?? regionFor(rest.locale),
      modules: moduleNames.filter((name) => modules.includes(name)),
    };
  },
  schema: () => z.toJSONSchema(input, { io: "input", unrepresentable: "any" }),
};
