import { writeFileSync } from "node:fs";
import path from "node:path";
import { testDatabase } from "@atoll/postgres/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { atollIn } from "../support/atoll.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { things } from "../support/things.ts";

// Every way that docs/configuration.md offers, with all variables set as for the real providers.
const databaseUrl = await testDatabase();
let cloud: TestCloud;
let common: NodeJS.ProcessEnv;
let smtpUrl = "";

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits", "--smtp-port", "0"]);
  smtpUrl = ((await (await fetch(cloud.url)).json()) as { smtp: string }).smtp;
  common = {
    DATABASE_URL: databaseUrl,
    ATOLL_SECRET_KEY: Buffer.alloc(32, 5).toString("base64"),
    NODE_ENV: "production",
    SUPABASE_MANAGEMENT_TOKEN: cloud.tokens.supabase,
    SUPABASE_ORG_ID: "atoll-local",
    SUPABASE_API_URL: `${cloud.url}/supabase`,
    SUPABASE_PROJECT_URL: `${cloud.url}/supabase/projects/REF`,
    SUPABASE_DATABASE_URL: cloud.projectDatabase,
    GITHUB_TOKEN: cloud.tokens.github,
    GITHUB_ORG: "atoll-clients",
    GITHUB_TEMPLATE: "atoll-templates/business-app",
    GITHUB_API_URL: `${cloud.url}/github`,
    VERCEL_TOKEN: cloud.tokens.vercel,
    VERCEL_TEAM_ID: "team_atoll",
    VERCEL_API_URL: `${cloud.url}/vercel`,
    NETLIFY_API_URL: `${cloud.url}/netlify/api/v1`,
    N8N_HOST: `${cloud.url}/n8n`,
    N8N_API_KEY: cloud.tokens.n8n,
    GITEA_HOST: `${cloud.url}/gitea`,
    GITEA_TOKEN: cloud.tokens.gitea,
    MAIL_FROM: "Atoll <hello@atoll.example>",
  };
});
afterAll(() => cloud?.stop());

const resend = () => ({ RESEND_API_KEY: cloud.tokens.resend, RESEND_API_URL: `${cloud.url}/resend` });
const ways: { how: string; env: () => NodeJS.ProcessEnv }[] = [
  { how: "SQL endpoint, Git, Resend", env: resend },
  {
    how: "direct connection, uploaded files, SMTP",
    env: () => ({
      SUPABASE_CONNECTION: "direct",
      VERCEL_DEPLOY_FROM: "files",
      SMTP_URL: smtpUrl,
    }),
  },
  { how: "pooler, Git, Resend", env: () => ({ ...resend(), SUPABASE_CONNECTION: "pooler" }) },
];

test.each(ways)(
  "$how: up, again without a write, drift, destroy",
  async ({ how, env }) => {
    const atoll = atollIn(
      () => cloud.home,
      () => ({ ...common, ...env() }),
    );
    const before = await things(cloud);
    const slug = `ways-${ways.findIndex((each) => each.how === how)}`;
    const up = await atoll("up", slug, "--name", "Toko W", "--admin-email", `${slug}@example.org`);
    expect(up.json(), up.out + up.err).toMatchObject({ state: "succeeded" });
    const mails = (await (await fetch(`${cloud.url}/mailbox/api?search=${slug}`)).json()) as { by: string }[];
    expect(mails.map((each) => each.by)).toEqual([how.includes("SMTP") ? "smtp" : "resend"]);
    await cloud.clearLog();
    expect((await atoll("up", slug)).json()).toMatchObject({ state: "succeeded" });
    expect((await atoll("drift", slug)).json()).toMatchObject({ items: [] });
    expect(await cloud.log({ writes: true })).toEqual([]);
    expect((await atoll("destroy", slug, "--confirm", slug, "--now")).json()).toMatchObject({
      state: "succeeded",
    });
    expect(await things(cloud)).toEqual(before);
  },
  120_000,
);

test("other accounts under the same environment's name are refused before anything is looked at", async () => {
  await cloud.clearLog();
  const atoll = atollIn(
    () => cloud.home,
    () => ({ ...common, ...resend(), GITHUB_ORG: "somebody-else" }),
  );
  expect((await atoll("status")).json()).toMatchObject({
    error: { field: "ATOLL_ENVIRONMENT", what: expect.stringContaining("github"), next: expect.any(String) },
  });
  expect(await cloud.log()).toEqual([]);
});

const netlify = () => ({
  NETLIFY_TOKEN: cloud.tokens.netlify,
  NETLIFY_ACCOUNT: "atoll",
  NETLIFY_GITHUB_INSTALLATION_ID: "4711",
});
const atollWith = (more: () => NodeJS.ProcessEnv) =>
  atollIn(
    () => cloud.home,
    () => ({ ...common, ...resend(), ...more() }),
  );
const community = (slug: string) => {
  const file = path.join(cloud.home, `${slug}.json`);
  const answers = { name: "Ville W", city: "Ville W", mapCenter: "48.9, 2.3", communityType: "municipality" };
  writeFileSync(file, JSON.stringify({ ...answers, slug, adminEmail: `${slug}@example.org` }));
  return ["--blueprint", "community", "--file", file];
};

test("without an account at a host its kinds are refused by name, and doctor says so", async () => {
  const atoll = atollWith(() => ({}));
  const { findings } = (await atoll("doctor")).json() as { findings: { subject: string; next: string }[] };
  const remark = findings.find(({ subject }) => subject.includes("community"));
  expect(remark?.next).toContain("NETLIFY_TOKEN");
  await cloud.clearLog();
  expect((await atoll("up", ...community("ways-none"))).json()).toMatchObject({
    error: { field: "blueprint", next: expect.stringContaining("NETLIFY_TOKEN") },
  });
  expect(await cloud.log({ writes: true })).toEqual([]);
});

test("one variable of Netlify asks for the others", async () => {
  const { out } = await atollWith(() => ({ NETLIFY_ACCOUNT: "atoll" }))("status");
  const { error } = JSON.parse(out) as { error: { what: string } };
  expect(error.what).toContain("NETLIFY_TOKEN");
  expect(error.what).toContain("NETLIFY_GITHUB_INSTALLATION_ID");
});

test("an account at Netlify may come later, and serves communities from then on", async () => {
  const before = await things(cloud);
  const atoll = atollWith(netlify);
  const up = await atoll("up", ...community("ways-host"));
  expect(up.json(), up.out + up.err).toMatchObject({ state: "succeeded" });
  expect(await cloud.inventory()).toMatchObject({ netlify: { sites: [{ name: "ophelia-ways-host" }] } });
  expect((await atoll("destroy", "ways-host", "--confirm", "ways-host", "--now")).json()).toMatchObject({
    state: "succeeded",
  });
  expect(await things(cloud)).toEqual(before);
}, 120_000);

test("every missing variable is named at once, and nothing is made", async () => {
  const { code, out } = await atollIn(
    () => cloud.home,
    () => ({ DATABASE_URL: databaseUrl, GITHUB_TOKEN: "x" }),
  )("up", "--name", "Toko W", "--admin-email", "a@b.example");
  expect(code).not.toBe(0);
  const { error } = JSON.parse(out) as { error: { what: string; next: string } };
  for (const name of [
    "SUPABASE_MANAGEMENT_TOKEN",
    "SUPABASE_ORG_ID",
    "GITHUB_ORG",
    "VERCEL_TOKEN",
    "N8N_HOST",
    "GITEA_TOKEN",
    "MAIL_FROM",
  ])
    expect(error.what).toContain(name);
  expect(error.next).not.toBe("");
});
