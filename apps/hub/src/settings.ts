import { Fault } from "@atoll/core/fault";
import { Secret } from "@atoll/core/secret";
import { environmentsOf } from "./environments/names.ts";
import { variablesOf } from "./environments/variables.ts";

/** Where each provider is and what opens it. Local cloud and real providers differ in nothing else. */
export interface ProviderSettings {
  supabase: {
    apiUrl: string;
    token: Secret;
    organization: string;
    /** How the schema is applied: SQL endpoint, direct connection, or pooler. */
    connection: "endpoint" | "direct" | "pooler";
    /** URL of a project by its ref, with `REF` in its place; undefined = `https://REF.supabase.co`. */
    projectUrl: string | undefined;
    /** Direct connection to a project's database, without password, with `REF`; undefined = `db.REF.supabase.co`. */
    databaseUrl: string | undefined;
  };
  github: { apiUrl: string; token: Secret; organization: string; template: string };
  vercel: { apiUrl: string; token: Secret; team: string; deployFrom: "git" | "files" };
  /** Absent = no account there: the kinds that choose this host are not offered. */
  netlify?: { apiUrl: string; token: Secret; account: string; installationId: number };
  n8n: { apiUrl: string; token: Secret };
  gitea: { apiUrl: string; token: Secret; repository: string };
  /** What clients' campaigns and posts are sent with; without a token those workflows are made, not published. */
  campaigns: { apiUrl: string; from: string; token?: Secret };
  social: { apiUrl: string; token?: Secret };
  bot: { apiUrl: string; token?: Secret };
  email: { from: string; support: string } & (
    | { by: "resend"; apiUrl: string; token: Secret }
    | { by: "smtp"; url: Secret }
  );
}

/** What a running local cloud tells about itself: base URL and its tokens by provider. */
export interface LocalCloud {
  url: string;
  /** Connection URL of a project's database, without password and with `REF` for its ref. */
  projectDatabase: string;
  /** False = no provider of it refuses for too many calls. */
  rateLimits?: boolean;
  /** Provider time passes so many times faster there. Default 1. */
  timeScale?: number;
  tokens: Record<"supabase" | "github" | "vercel" | "netlify" | "n8n" | "gitea" | "resend", string>;
}

/** How a variable's name is shown to whoever sets it. */
type Spell = (name: string) => string;

const tokens = [
  "SUPABASE_MANAGEMENT_TOKEN",
  "GITHUB_TOKEN",
  "VERCEL_TOKEN",
  "NETLIFY_TOKEN",
  "N8N_API_KEY",
  "GITEA_TOKEN",
  "RESEND_API_KEY",
  "SMTP_URL",
] as const;

/** True when no provider's token is set: then everything runs on the local cloud. */
export function runsLocally(env: NodeJS.ProcessEnv): boolean {
  const several = environmentsOf(env);
  const sets = several === undefined ? [env] : several.map((one) => variablesOf(env, several, one));
  return sets.every((set) => tokens.every((name) => !set[name]));
}

/** "hello@x.example" of "Atoll <hello@x.example>". */
function bareAddress(sender: string): string {
  return /<([^<>]+)>\s*$/.exec(sender)?.[1] ?? sender;
}

/** Keys that end in n8n: ones that may only send. */
function automations(
  env: NodeJS.ProcessEnv,
  mailUrl: string,
  spell: Spell,
): Pick<ProviderSettings, "campaigns" | "social" | "bot"> {
  const token = (name: string) => (env[name] ? { token: new Secret(spell(name), env[name]) } : {});
  return {
    campaigns: {
      apiUrl: mailUrl,
      from: env.CAMPAIGN_FROM ?? env.MAIL_FROM ?? "",
      ...token("CAMPAIGN_API_KEY"),
    },
    social: { apiUrl: env.SOCIAL_API_URL ?? "https://api.ayrshare.com/api", ...token("SOCIAL_API_KEY") },
    bot: { apiUrl: env.BOT_API_URL ?? "https://api.openai.com/v1", ...token("BOT_API_KEY") },
  };
}

function oneOf<T extends string>(
  env: NodeJS.ProcessEnv,
  name: string,
  allowed: readonly T[],
  fallback: T,
  spell: Spell,
): T {
  const value = env[name];
  if (value === undefined || value === "") return fallback;
  const found = allowed.find((each) => each === value);
  if (found !== undefined) return found;
  throw new Fault("rejected", {
    what: `${spell(name)} is "${value}".`,
    next: `Set it to one of: ${allowed.join(", ")}.`,
    field: spell(name),
  });
}

/** One of them set = all of them needed. */
const netlifyNames = ["NETLIFY_TOKEN", "NETLIFY_ACCOUNT", "NETLIFY_GITHUB_INSTALLATION_ID"];

function numberOf(text: string, spell: Spell): number {
  if (/^\d*$/.test(text)) return Number(text); // an empty one is named among the missing
  throw new Fault("rejected", {
    what: `${spell("NETLIFY_GITHUB_INSTALLATION_ID")} is "${text}".`,
    next: "Set it to the number at the end of the installation's address at GitHub (organisation settings, GitHub Apps, Netlify, Configure).",
    field: spell("NETLIFY_GITHUB_INSTALLATION_ID"),
  });
}

/** n8n and Gitea are told by the address of the server; their APIs are below it. */
const apiOf = (host: string) => `${host.replace(/\/+$/, "")}/api/v1`;

/** Settings for the real providers, and every variable that is missing. Names are written as `spell` says. */
export function realSettings(
  env: NodeJS.ProcessEnv,
  spell: Spell = (name) => name,
): { settings: ProviderSettings; missing: string[] } {
  const missing: string[] = [];
  const need = (name: string) => {
    const value = env[name];
    if (!value) missing.push(spell(name));
    return value ?? "";
  };
  const token = (name: string) => new Secret(spell(name), need(name));
  const settings: ProviderSettings = {
    supabase: {
      apiUrl: env.SUPABASE_API_URL ?? "https://api.supabase.com",
      token: token("SUPABASE_MANAGEMENT_TOKEN"),
      organization: need("SUPABASE_ORG_ID"),
      connection: oneOf(env, "SUPABASE_CONNECTION", ["endpoint", "direct", "pooler"], "endpoint", spell),
      projectUrl: env.SUPABASE_PROJECT_URL,
      databaseUrl: env.SUPABASE_DATABASE_URL,
    },
    github: {
      apiUrl: env.GITHUB_API_URL ?? "https://api.github.com",
      token: token("GITHUB_TOKEN"),
      organization: need("GITHUB_ORG"),
      template: need("GITHUB_TEMPLATE"),
    },
    vercel: {
      apiUrl: env.VERCEL_API_URL ?? "https://api.vercel.com",
      token: token("VERCEL_TOKEN"),
      team: need("VERCEL_TEAM_ID"),
      deployFrom: oneOf(env, "VERCEL_DEPLOY_FROM", ["git", "files"], "git", spell),
    },
    ...(netlifyNames.some((name) => env[name]) && {
      netlify: {
        apiUrl: env.NETLIFY_API_URL ?? "https://api.netlify.com/api/v1",
        token: token("NETLIFY_TOKEN"),
        account: need("NETLIFY_ACCOUNT"),
        installationId: numberOf(need("NETLIFY_GITHUB_INSTALLATION_ID"), spell),
      },
    }),
    n8n: { apiUrl: apiOf(need("N8N_HOST")), token: token("N8N_API_KEY") },
    gitea: {
      apiUrl: apiOf(need("GITEA_HOST")),
      token: token("GITEA_TOKEN"),
      repository: env.GITEA_REPOSITORY ?? "atoll/ops-hub",
    },
    ...automations(env, env.RESEND_API_URL ?? "https://api.resend.com", spell),
    email: {
      from: need("MAIL_FROM"),
      support: env.MAIL_SUPPORT ?? bareAddress(env.MAIL_FROM ?? ""),
      ...(env.SMTP_URL
        ? { by: "smtp", url: new Secret(spell("SMTP_URL"), env.SMTP_URL) }
        : {
            by: "resend",
            apiUrl: env.RESEND_API_URL ?? "https://api.resend.com",
            token: token("RESEND_API_KEY"),
          }),
    },
  };
  return { settings, missing };
}

/** Throws the fault that names all of these variables, where there are any. */
export function mustHaveAll(missing: readonly string[]): void {
  if (missing.length === 0) return;
  throw new Fault("rejected", {
    what: `${missing.length === 1 ? "A variable is" : `${missing.length} variables are`} missing in the environment: ${missing.join(", ")}.`,
    next: "Set them, or unset every provider token to run on the local cloud. docs/configuration.md says what each is.",
    field: missing.join(","),
  });
}

/** The same settings, pointing at a local cloud. Base URLs can still be overridden one by one. */
export function localSettings(
  env: NodeJS.ProcessEnv,
  cloud: LocalCloud,
  spell: Spell = (name) => name,
): ProviderSettings {
  // One that was started before an upgrade goes on running, and knows fewer providers than we do.
  const known: Partial<LocalCloud["tokens"]> = cloud.tokens;
  const token = (provider: keyof LocalCloud["tokens"]) => {
    const value = known[provider];
    if (value !== undefined) return new Secret(`${provider} token`, value);
    throw new Fault("rejected", {
      what: `The local cloud at ${cloud.url} is of an older version: it has no ${provider} yet.`,
      next: "End it with `atoll cloud stop` and try again. It keeps everything.",
    });
  };
  return {
    supabase: {
      apiUrl: env.SUPABASE_API_URL ?? `${cloud.url}/supabase`,
      token: token("supabase"),
      organization: env.SUPABASE_ORG_ID ?? "atoll-local",
      connection: oneOf(env, "SUPABASE_CONNECTION", ["endpoint", "direct", "pooler"], "endpoint", spell),
      projectUrl: `${cloud.url}/supabase/projects/REF`,
      databaseUrl: cloud.projectDatabase,
    },
    github: {
      apiUrl: env.GITHUB_API_URL ?? `${cloud.url}/github`,
      token: token("github"),
      organization: env.GITHUB_ORG ?? "atoll-clients",
      template: env.GITHUB_TEMPLATE ?? "atoll-templates/business-app",
    },
    vercel: {
      apiUrl: env.VERCEL_API_URL ?? `${cloud.url}/vercel`,
      token: token("vercel"),
      team: env.VERCEL_TEAM_ID ?? "team_atoll",
      deployFrom: oneOf(env, "VERCEL_DEPLOY_FROM", ["git", "files"], "git", spell),
    },
    netlify: {
      apiUrl: env.NETLIFY_API_URL ?? `${cloud.url}/netlify/api/v1`,
      token: token("netlify"),
      account: env.NETLIFY_ACCOUNT ?? "atoll",
      installationId: 4711,
    },
    n8n: { apiUrl: `${cloud.url}/n8n/api/v1`, token: token("n8n") },
    gitea: {
      apiUrl: `${cloud.url}/gitea/api/v1`,
      token: token("gitea"),
      repository: env.GITEA_REPOSITORY ?? "atoll/ops-hub",
    },
    ...automations(
      {
        CAMPAIGN_API_KEY: cloud.tokens.resend,
        CAMPAIGN_FROM: "campaigns@atoll.local",
        SOCIAL_API_KEY: "local-social-key",
        BOT_API_KEY: "local-bot-key",
        ...env,
      },
      env.RESEND_API_URL ?? `${cloud.url}/resend`,
      spell,
    ),
    email: {
      from: env.MAIL_FROM ?? "Atoll <hello@atoll.local>",
      support: env.MAIL_SUPPORT ?? "support@atoll.local",
      by: "resend",
      apiUrl: env.RESEND_API_URL ?? `${cloud.url}/resend`,
      token: token("resend"),
    },
  };
}

/** Provider settings from the environment; `cloud` is asked for only when no token is set. */
export async function providerSettings(
  env: NodeJS.ProcessEnv,
  cloud: () => Promise<LocalCloud>,
): Promise<ProviderSettings> {
  if (runsLocally(env)) return localSettings(env, await cloud());
  const { settings, missing } = realSettings(env);
  mustHaveAll(missing);
  return settings;
}
