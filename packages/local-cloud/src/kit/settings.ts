/** How long things take at the providers, in milliseconds of provider time. */
export interface Latencies {
  /** Provider time passes this many times faster than real time. */
  timeScale: number;
  /** Each call takes at least this long, from its arrival to its answer. */
  callMs: number;
  /** Supabase project from COMING_UP to ACTIVE_HEALTHY. */
  supabaseReadyMs: number;
  /** Until the API keys of a new project can be read. */
  keysMs: number;
  /** Until a repository made from a template has its content. */
  repositoryFillMs: number;
  /** A build at a host takes at least this long. */
  buildMs: number;
}

/** Named sets of latencies: "real" are the figures of PROVIDERS (medians), "local" is pleasant, "instant" is for tests. */
export const latencies: Record<string, Latencies> = {
  instant: { timeScale: 1, callMs: 0, supabaseReadyMs: 60, keysMs: 20, repositoryFillMs: 40, buildMs: 60 },
  local: {
    timeScale: 1,
    callMs: 15,
    supabaseReadyMs: 2500,
    keysMs: 500,
    repositoryFillMs: 800,
    buildMs: 500,
  },
  real: {
    timeScale: 1,
    callMs: 300,
    supabaseReadyMs: 75_000,
    keysMs: 5000,
    repositoryFillMs: 5000,
    buildMs: 45_000,
  },
};

/** What opens each emulator. Fixed words for a loopback address: they protect nothing and are documented. */
export const localTokens = {
  supabase: "sbp_local0000000000000000000000000000000000",
  github: "ghp_local000000000000000000000000000000",
  vercel: "vercel_local_token",
  netlify: "nfp_local000000000000000000000000000000",
  n8n: "n8n_api_local_key",
  gitea: "gitea0local0token0000000000000000000000",
  resend: "re_local_key",
} as const;

/** A cloud's tokens by provider. */
export type CloudTokens = Readonly<Record<keyof typeof localTokens, string>>;

/** The tokens of a cloud; with a suffix they open no other cloud that runs beside it. */
export function tokensWith(suffix: string): CloudTokens {
  const { supabase, github, vercel, netlify, n8n, gitea, resend } = localTokens;
  return {
    supabase: supabase + suffix,
    github: github + suffix,
    vercel: vercel + suffix,
    netlify: netlify + suffix,
    n8n: n8n + suffix,
    gitea: gitea + suffix,
    resend: resend + suffix,
  };
}

/** What a local cloud is started with. */
export interface CloudSettings {
  dataDir: string;
  port: number;
  /** First port for deployed sites; each takes the next free one. */
  sitePort: number;
  smtpPort: number;
  /** No clone, no build and no process for a deployment: a small responder answers for it. */
  light: boolean;
  rateLimits: boolean;
  /** Ends every token: for two clouds side by side whose tokens are not to be mixed up. Default "". */
  tokenSuffix?: string;
  /** Plan of the Supabase organisation: a free one has two active projects at most, and may pause them. Default "pro". */
  supabasePlan?: "free" | "pro";
  latencies: Latencies;
  /** Folder whose files fill the GitHub template repository. */
  templateDir: string;
  /** Where builds are kept between starts, and shared between local clouds. */
  buildCache: string;
}
