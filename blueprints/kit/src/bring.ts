import type { Questions } from "@atoll/core/blueprint";
import { Fault } from "@atoll/core/fault";
import { Secret } from "@atoll/core/secret";
import { readConnection } from "@atoll/fleet/connection-string";
import { z } from "zod";
import { problemsIn, refuse } from "./asking.ts";

/** A Supabase project that a client has already. */
export interface BroughtProject {
  /** Where its own APIs answer: "https://REF.supabase.co". */
  url: string;
  /** For browsers: "sb_publishable_…", or the older anon key. */
  publishableKey: string;
  /** Opens everything: "sb_secret_…", or the older service_role key. */
  secretKey: Secret;
  /** "postgresql://USER:PASSWORD@HOST:PORT/DATABASE": needed where our own token does not see the project. */
  databaseUrl?: Secret;
}

/** What a client brings instead of having it made: changed as agreed, never removed. */
export interface Bring {
  supabase?: BroughtProject;
  /** `owner/name` on GitHub. */
  repository?: string;
  /** Name or id of a project at the host of the site. */
  site?: string;
  /** Somebody agreed to what the plan says will be changed in it. */
  consent?: boolean;
}

const text = {
  error: ({ input }: { input?: unknown }) => (input === undefined ? "is missing" : "has to be text"),
};
const matching = (pattern: RegExp, problem: string) =>
  z.string(text).regex(pattern, { error: problem, abort: true }).max(2_000, "has more than 2000 characters");

/** A secret as it is typed, or the handle that it became when it was accepted before. */
const secretText = (
  name: string,
  pattern: RegExp,
  problem: string,
  isReadable: (text: string) => boolean = () => true,
) =>
  z
    .unknown()
    .transform((given, context) => {
      if (given instanceof Secret) return given;
      const typed = matching(pattern, problem).refine(isReadable, problem).safeParse(given);
      if (typed.success) return new Secret(name, typed.data);
      for (const { message } of typed.error.issues) context.addIssue({ code: "custom", message });
      return z.NEVER;
    })
    .meta({ type: "string", pattern: pattern.source, maxLength: 2_000, writeOnly: true });

const jwt = String.raw`eyJ[\w-]+\.[\w-]+\.[\w-]+`;
// What is not encrypted goes to this machine only. Credentials would end up in plans and events.
const projectUrl =
  /^(?:https:\/\/[A-Za-z0-9.-]+|http:\/\/(?:localhost|127\.0\.0\.1))(?::\d{1,5})?(?:\/[A-Za-z0-9._~/-]*)?$/;

/** Host in small letters, no slash at the end. */
function tidyUrl(given: string): string {
  const { origin, pathname } = new URL(given);
  return `${origin}${pathname}`.replace(/\/+$/, "");
}

const project = z.strictObject({
  url: matching(projectUrl, "is no address of a project, like https://abcdefghijklmnopqrst.supabase.co")
    .refine((url) => URL.canParse(url), "is no address of a project: its host or port cannot be")
    .transform(tidyUrl)
    .describe("Where the project's own APIs answer, like https://abcdefghijklmnopqrst.supabase.co."),
  publishableKey: matching(
    new RegExp(`^(?:sb_publishable_[A-Za-z0-9_-]+|${jwt})$`),
    "is no publishable key: it begins with sb_publishable_ (or is the older anon key)",
  )
    // Every visitor's browser gets it.
    .refine((key) => roleOf(key) !== "service_role", "is a secret key: browsers would get it")
    .describe("The project's publishable key (sb_publishable_…) or its older anon key."),
  secretKey: secretText(
    "secret key",
    new RegExp(`^(?:sb_secret_[A-Za-z0-9_-]+|${jwt})$`),
    "is no secret key: it begins with sb_secret_ (or is the older service_role key)",
  ).describe("The project's secret key (sb_secret_…) or its older service_role key."),
  databaseUrl: secretText(
    "database connection",
    /^postgres(?:ql)?:\/\/[^\s:/?#@]+:[^\s/?#@]+@[^\s/?#@]+\/[^\s/?#]+(?:\?[^\s#]*)?$/,
    "is no connection string, like postgresql://postgres:PASSWORD@db.REF.supabase.co:5432/postgres (percent-encode the password: # as %23, ? as %3F, % as %25, @ as %40, / as %2F)",
    (text) => readConnection(text) !== undefined,
  )
    .optional()
    .describe(
      "Connection string of the database with its password; needed where Atoll's token does not see the project.",
    ),
});

const fields = z.strictObject(
  {
    supabase: project.optional().describe("A Supabase project to use instead of making one."),
    repository: matching(/^[A-Za-z0-9-]{1,39}\/[A-Za-z0-9._-]{1,100}$/, "is no repository, like owner/name")
      .optional()
      .describe("A GitHub repository to use instead of making one, as owner/name."),
    site: matching(/^[A-Za-z0-9._-]{1,100}$/, "is no project's name or id")
      .optional()
      .describe("A project at the site's host to use instead of making one, by name or id."),
    consent: z
      .boolean("has to be true or false")
      .optional()
      .describe(
        "True = agreed that what is brought is changed as the plan says. Without it nothing is made.",
      ),
  },
  { error: ({ code }) => (code === "invalid_type" ? "has to name what is brought" : undefined) },
);

/** The role that a key of the old kind carries; undefined for the new kinds. */
function roleOf(key: string): string | undefined {
  try {
    const { role } = JSON.parse(Buffer.from(key.split(".")[1] ?? "", "base64url").toString("utf8"));
    return typeof role === "string" ? role : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The same questions, and which things somebody brings instead of having them made. */
export function withBring<A extends object>(questions: Questions<A>): Questions<A & { bring?: Bring }> {
  return {
    parse(given) {
      if (!isObject(given) || given.bring === undefined) return questions.parse(given);
      const { bring, ...rest } = given;
      const brought = fields.safeParse(bring);
      const wrong = brought.success ? [] : problemsIn(brought.error, Object.keys(fields.shape), "bring");
      let answers: A;
      try {
        answers = questions.parse(rest);
      } catch (error) {
        // All that is wrong is named at once.
        if (error instanceof Fault && wrong.length > 0) refuse([...error.problems, ...wrong]);
        throw error;
      }
      if (!brought.success) return refuse(wrong);
      const { supabase, repository, site } = brought.data;
      if (supabase === undefined && repository === undefined && site === undefined) return answers;
      return { ...answers, bring: brought.data };
    },
    schema() {
      const { properties = {}, ...schema }: { properties?: object } = { ...questions.schema() };
      const { $schema: _, ...bring } = z.toJSONSchema(fields, { io: "input", unrepresentable: "any" });
      const described = {
        ...bring,
        description: "Things that the client has already. They are changed as agreed, and never removed.",
      };
      return { ...schema, properties: { ...properties, bring: described } };
    },
  };
}

/**
 * New answers of an instance with what its client brought: it need not be said again, and cannot become something else.
 * Keys may be new ones, and of the connection the password.
 */
export function carryBring(given: unknown, before: { bring?: Bring }): unknown {
  if (!isObject(given)) return given;
  const said = isObject(given.bring) ? given.bring : {};
  if (before.bring === undefined) {
    if (given.bring === undefined) return given;
    throw fixed("bring", "Nothing was brought when this instance was made.");
  }
  const { supabase, repository, site } = before.bring;
  const project = isObject(said.supabase) ? said.supabase : undefined;
  if (project?.url !== undefined && !isSameUrl(project.url, supabase?.url))
    throw fixed("bring.supabase.url", "The instance stands in another project.");
  if (!isSameDatabase(project?.databaseUrl, supabase?.databaseUrl))
    throw fixed(
      "bring.supabase.databaseUrl",
      "The instance stands in another database: only the password may be new.",
    );
  if (said.repository !== undefined && said.repository !== repository)
    throw fixed("bring.repository", "The instance stands in another repository.");
  if (said.site !== undefined && said.site !== site)
    throw fixed("bring.site", "The instance stands at another site.");
  return {
    ...given,
    bring: { ...before.bring, ...(supabase && { supabase: { ...supabase, ...project } }) },
  };
}

const isSameUrl = (said: unknown, before: string | undefined) =>
  said === before || (typeof said === "string" && URL.canParse(said) && tidyUrl(said) === before);

/** What cannot be read is refused by its own question; where there was no connection, one may be added. */
function isSameDatabase(said: unknown, before: Secret | undefined): boolean {
  const place = (given: unknown) => {
    const found = readConnection(given instanceof Secret ? given.expose() : String(given));
    return found && `${found.user}@${found.host}:${found.port}/${found.database}`;
  };
  if (said === undefined || before === undefined) return true;
  const now = place(said);
  return now === undefined || now === place(before);
}

const fixed = (field: string, what: string) =>
  new Fault("rejected", {
    what,
    next: "Leave it out, or make a new instance that brings it.",
    field,
  });
