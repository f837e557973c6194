import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { runsLocally } from "../settings.ts";
import { examine } from "./doctor.ts";
import { mustBeApart } from "./hold.ts";
import { variableUnder } from "./known-variables.ts";
import { environmentsOf } from "./names.ts";
import { readEnvironments } from "./settings.ts";
import { foreignVariables, workerEnv } from "./variables.ts";

const account = {
  SUPABASE_MANAGEMENT_TOKEN: "sbp",
  SUPABASE_ORG_ID: "acme",
  GITHUB_TOKEN: "ghp",
  GITHUB_ORG: "acme",
  GITHUB_TEMPLATE: "acme/template",
  VERCEL_TOKEN: "vca",
  VERCEL_TEAM_ID: "team_a",
  N8N_HOST: "https://n8n.example",
  N8N_API_KEY: "n8n",
  GITEA_HOST: "https://gitea.example",
  GITEA_TOKEN: "gta",
  MAIL_FROM: "Atoll <hello@example.com>",
  RESEND_API_KEY: "re",
};
const staging = Object.fromEntries(
  Object.entries(account).map(([name, value]) => [`STAGING_${name}`, `${value}-staging`]),
);
staging.STAGING_MAIL_FROM = "Atoll staging <hello@staging.example>";
const names = { ATOLL_ENVIRONMENTS: "production, staging" };
const read = (env: NodeJS.ProcessEnv, only?: string) =>
  readEnvironments({ env, only, cloudOf: () => Promise.reject(new Error("no cloud is wanted here")) });
const faultOf = async (work: () => unknown) => {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error("It was not refused.");
};

test("each environment reads its own variables, the default also those without a prefix", async () => {
  const [production, other] = await read({ ...names, ...account, ...staging, PRODUCTION_GITHUB_ORG: "big" });
  expect(production.settings.github).toMatchObject({ organization: "big", template: "acme/template" });
  expect(other?.name).toBe("staging");
  expect(other?.settings.github.token.expose()).toBe("ghp-staging");
  expect(other?.settings.github.token.name).toBe("STAGING_GITHUB_TOKEN");
});

test("nothing that opens or names an account is inherited; how things are done is", async () => {
  const unprefixed = {
    ...account,
    SUPABASE_API_URL: "https://p.example",
    SUPABASE_PROJECT_URL: "https://REF.p.example",
    SUPABASE_DATABASE_URL: "postgresql://postgres@REF.p.example/postgres",
    GITHUB_API_URL: "https://p.example",
    VERCEL_API_URL: "https://p.example",
    RESEND_API_URL: "https://p.example",
    GITEA_REPOSITORY: "p/p",
    MAIL_SUPPORT: "p@p.example",
    CAMPAIGN_FROM: "p@p.example",
    CAMPAIGN_API_KEY: "p-key",
    SOCIAL_API_URL: "https://p.example",
    SOCIAL_API_KEY: "p-key",
    BOT_API_URL: "https://p.example",
    BOT_API_KEY: "p-key",
    SMTP_URL: "smtp://p:p@p.example",
    NETLIFY_TOKEN: "p-key",
    NETLIFY_ACCOUNT: "p",
    NETLIFY_GITHUB_INSTALLATION_ID: "1",
    SUPABASE_CONNECTION: "pooler",
    VERCEL_DEPLOY_FROM: "files",
  };
  const [, other] = await read({ ...names, ...unprefixed, ...staging });
  expect(JSON.stringify(other?.settings)).not.toMatch(/p\.example|p-key|"p\/p"/);
  expect(other?.settings.netlify).toBeUndefined();
  expect(other?.settings.email).toMatchObject({ by: "resend", support: "hello@staging.example" });
  for (const each of ["campaigns", "social", "bot"] as const)
    expect(other?.settings[each].token).toBeUndefined();
  expect(other?.settings.supabase.connection).toBe("pooler");
  expect(other?.settings.vercel.deployFrom).toBe("files");
});

test("every variable that is missing in any environment is named at once, with its prefix", async () => {
  const { GITHUB_TOKEN: _, ...rest } = account;
  const { STAGING_N8N_HOST: __, STAGING_VERCEL_TEAM_ID: ___, ...some } = staging;
  const fault = await faultOf(() => read({ ...names, ...rest, ...some }));
  expect(fault).toMatchObject({
    field: "PRODUCTION_GITHUB_TOKEN,STAGING_VERCEL_TEAM_ID,STAGING_N8N_HOST",
  });
  // Who works with one environment needs the variables of that one only.
  expect((await read({ ...names, ...staging }, "staging"))[0].name).toBe("staging");
  expect(await faultOf(() => read({ ...names, ...staging }, "test"))).toMatchObject({
    field: "environment",
    next: "Use one of: production, staging.",
  });
});

test("one environment with tokens and one without is no reason to run the other one on a local cloud", async () => {
  expect(runsLocally({ ...names, ...staging })).toBe(false);
  expect(runsLocally({ ...names })).toBe(true);
  expect(await faultOf(() => read({ ...names, ...staging }))).toMatchObject({
    field: expect.stringContaining("PRODUCTION_SUPABASE_MANAGEMENT_TOKEN"),
  });
});

test("a value that cannot be is named as it was set", async () => {
  const own = { ...names, ...account, ...staging, STAGING_SUPABASE_CONNECTION: "odd" };
  expect(await faultOf(() => read(own))).toMatchObject({ field: "STAGING_SUPABASE_CONNECTION" });
  const shared = { ...names, ...account, ...staging, SUPABASE_CONNECTION: "odd" };
  expect(await faultOf(() => read(shared))).toMatchObject({ field: "SUPABASE_CONNECTION" });
});

describe("names", () => {
  test("are taken in their order; a dash becomes a line in the prefix", () => {
    expect(environmentsOf({ ATOLL_ENVIRONMENTS: "live, eu-west" })).toEqual([
      { name: "live", prefix: "LIVE_", isDefault: true },
      { name: "eu-west", prefix: "EU_WEST_", isDefault: false },
    ]);
    expect(environmentsOf({})).toBeUndefined();
    expect(environmentsOf({ ATOLL_ENVIRONMENTS: "  " })).toBeUndefined();
  });

  test.each([
    ["Production", "no name"],
    ["production,", "no name"],
    ["a".repeat(32), "no name"],
    ["9lives", "no name"],
    ["pro\nduction", "no name"],
    ["production;staging", "no name"],
    ["live,live", "twice"],
    ["live,my-github", "GITHUB_"],
    ["atoll", "ATOLL_"],
    ["database", "DATABASE_URL"],
    ["live,node", "NODE_"],
    ["http", "HTTP_PROXY"],
    ["log", "LOG_LEVEL"],
    ["smtp", "SMTP_"],
    ["mail", "MAIL_"],
    ["ssl-cert", "SSL_CERT_FILE"],
    ["bring", "BRING_"],
  ])("%j is refused", async (given, why) => {
    expect(await faultOf(() => environmentsOf({ ATOLL_ENVIRONMENTS: given }))).toMatchObject({
      field: "ATOLL_ENVIRONMENTS",
      what: expect.stringContaining(why),
    });
  });

  test("are held against every variable that the sources read", () => {
    const root = fileURLToPath(new URL("../../../../", import.meta.url));
    const read = globSync(
      ["apps/{hub,cli}/src/**/*.ts", "packages/*/src/**/*.ts", "packages/providers/*/src/**/*.ts"],
      {
        cwd: root,
      },
    ).flatMap((file) =>
      [...readFileSync(path.join(root, file), "utf8").matchAll(/\benv\.([A-Z][A-Z0-9]*_)[A-Z0-9_]+/g)].map(
        ([, prefix = ""]) => prefix,
      ),
    );
    expect(read.length).toBeGreaterThan(20);
    expect([...new Set(read)].filter((prefix) => variableUnder(prefix) === undefined)).toEqual([]);
  });

  test("one and several at once is refused", async () => {
    const both = { ...names, ATOLL_ENVIRONMENT: "production" };
    expect(await faultOf(() => environmentsOf(both))).toMatchObject({ field: "ATOLL_ENVIRONMENTS" });
  });
});

describe("what a worker's process is given", () => {
  const house = { PATH: "/bin", DATABASE_URL: "postgres://x", ATOLL_SECRET_KEY: "k", ATOLL_HOME: "/h" };
  const env = {
    ...house,
    ATOLL_ENVIRONMENTS: "production,staging,staging-eu",
    ...account,
    ...staging,
    STAGING_EU_GITHUB_TOKEN: "eu",
    PRODUCTION_SMTP_URL: "smtp://x",
    ATOLL_API_KEY: "atoll_key",
    OIDC_CLIENT_SECRET: "oidc",
    AWS_SECRET_ACCESS_KEY: "somebody's",
    SUPABASE_CONNECTION: "pooler",
  };
  const all = environmentsOf(env) ?? [];

  test("is the house's variables and its own, nobody else's", () => {
    const one = all.find(({ name }) => name === "staging");
    if (one === undefined) throw new Error("There is no staging.");
    expect(workerEnv(env, all, one)).toEqual({
      ...house,
      ...staging,
      ATOLL_ENVIRONMENTS: "production,staging,staging-eu",
      SUPABASE_CONNECTION: "pooler",
    });
  });

  test("others' variables are found where somebody gave them all the same", () => {
    expect(foreignVariables({ STAGING_EU_GITHUB_TOKEN: "x", ...staging, PATH: "" }, all, "staging")).toEqual([
      "STAGING_EU_GITHUB_TOKEN",
    ]);
  });
});

test("advice names a variable as its environment spells it", async () => {
  const all = await read({ ...names, ...account, ...staging });
  const finding = {
    provider: "netlify",
    ok: false,
    subject: "Netlify",
    what: "No installation is named.",
    next: "Set NETLIFY_GITHUB_INSTALLATION_ID or STAGING_NETLIFY_TOKEN; leave N8N_PUBLIC_API_DISABLED.",
  };
  const told = all.map((one) => examine(one, { doctor: async () => [finding] }, [one]));
  expect((await Promise.all(told)).map(([found]) => found?.next)).toEqual([
    "Set PRODUCTION_NETLIFY_GITHUB_INSTALLATION_ID or STAGING_NETLIFY_TOKEN; leave N8N_PUBLIC_API_DISABLED.",
    "Set STAGING_NETLIFY_GITHUB_INSTALLATION_ID or STAGING_NETLIFY_TOKEN; leave N8N_PUBLIC_API_DISABLED.",
  ]);
});

test.each([
  ["GITHUB_ORG", "Acme"],
  ["GITEA_HOST", "https://GITEA.example:443/"],
  ["N8N_HOST", "https://N8N.Example"],
  ["N8N_HOST", "https://n8n.example:443//"],
  ["N8N_HOST", "http://n8n.example./"],
  ["VERCEL_TEAM_ID", "TEAM_A"],
])("%s=%s is the account of another environment, however it is written", async (name, written) => {
  mustBeApart(await read({ ...names, ...account, ...staging }));
  const both = await read({ ...names, ...account, ...staging, [`STAGING_${name}`]: written });
  expect(await faultOf(() => mustBeApart(both))).toMatchObject({ field: "ATOLL_ENVIRONMENTS" });
});
