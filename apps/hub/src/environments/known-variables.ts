/** Every variable of a provider, without an environment's prefix. */
const providerVariables: readonly string[] = [
  ...["SUPABASE_MANAGEMENT_TOKEN", "SUPABASE_ORG_ID", "SUPABASE_CONNECTION", "SUPABASE_API_URL"],
  ...["SUPABASE_PROJECT_URL", "SUPABASE_DATABASE_URL"],
  ...["GITHUB_TOKEN", "GITHUB_ORG", "GITHUB_TEMPLATE", "GITHUB_API_URL"],
  ...["VERCEL_TOKEN", "VERCEL_TEAM_ID", "VERCEL_DEPLOY_FROM", "VERCEL_API_URL"],
  ...["NETLIFY_TOKEN", "NETLIFY_ACCOUNT", "NETLIFY_GITHUB_INSTALLATION_ID", "NETLIFY_API_URL"],
  ...["N8N_HOST", "N8N_API_KEY", "GITEA_HOST", "GITEA_TOKEN", "GITEA_REPOSITORY"],
  ...["RESEND_API_KEY", "RESEND_API_URL", "SMTP_URL", "MAIL_FROM", "MAIL_SUPPORT"],
  ...["CAMPAIGN_FROM", "CAMPAIGN_API_KEY", "SOCIAL_API_URL", "SOCIAL_API_KEY", "BOT_API_URL", "BOT_API_KEY"],
];

/**
 * What a process needs to find its database, its key and the network, `*` for any end: none of it opens a provider's
 * account. A worker is started with these.
 */
const houseVariables: readonly string[] = [
  ...["ATOLL_*", "DATABASE_URL", "PG*", "LOG_LEVEL", "NODE_ENV", "NODE_OPTIONS", "NODE_EXTRA_CA_CERTS"],
  ...["SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"],
  ...["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_*", "TZ", "TMPDIR"],
];

/** Read by the hub, the command line or what they stand on, and given to no worker. */
const otherVariables: readonly string[] = [
  ...["HOST", "PORT", "OIDC_*", "BRING_*", "NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "NODE_*", "NPM_*"],
  ...["DBOS_*", "BETTER_AUTH_*", "AUTH_SECRET", "OTEL_*", "GIT_*", "NEXT_*", "UV_*", "XDG_*"],
];

/** Opens a hub from the command line: nothing for a worker. */
const notForWorkers = new Set(["ATOLL_API_KEY", "ATOLL_URL"]);

const fits = (pattern: string, name: string) =>
  pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

/** Whether a worker is started with this variable, in whichever case it is written. */
export function isOfHouse(variable: string): boolean {
  const name = variable.toUpperCase();
  return !notForWorkers.has(name) && houseVariables.some((pattern) => fits(pattern, name));
}

/** A variable that begins with this prefix and is read without it: an environment of that name would take it away. */
export function variableUnder(prefix: string): string | undefined {
  return [...houseVariables, ...otherVariables, ...providerVariables].find((pattern) =>
    pattern.endsWith("*")
      ? prefix.startsWith(pattern.slice(0, -1)) || pattern.startsWith(prefix)
      : pattern.startsWith(prefix),
  );
}

/** The words that providers' variables begin with, in small letters: "supabase", "github", ... */
export const providerWords: readonly string[] = [
  ...new Set(
    [...providerVariables, "ATOLL_HOME"].map((name) => name.slice(0, name.indexOf("_")).toLowerCase()),
  ),
];

const named = new RegExp(`\\b(?:${providerVariables.join("|")})\\b`, "g");

/** A sentence with the variables in it written as an environment spells them: "Set STAGING_GITHUB_ORG". */
export const spelled = (sentence: string, spell: (variable: string) => string): string =>
  sentence.replaceAll(named, (variable) => spell(variable));
