import { randomIds } from "@atoll/core/ids";
import type { Action, Resource } from "@atoll/core/resource";
import { Secret } from "@atoll/core/secret";
import { expect, test } from "vitest";
import { business } from "./blueprint.ts";
import { moduleNames } from "./modules.ts";
import type { BusinessParts, BusinessSettings } from "./parts.ts";
import { questions } from "./questions.ts";

const key = new Secret("secret key", "canary-secret-key");
const attrs = {
  project: { ref: "abcdefghijklmnopqrst", url: "https://abcdefghijklmnopqrst.supabase.co" },
  "api-keys": { publishable: "sb_publishable_x", secret: key },
  repository: {
    fullName: "org/client-toko-a",
    owner: "org",
    repo: "client-toko-a",
    repoId: 7,
    defaultBranch: "main",
  },
  "client-config": { commitSha: "abc", committedAt: 5 },
  site: { projectId: "prj_1" },
  environment: { updatedAt: 6 },
  deployment: { url: "https://toko-a.example.com" },
  "database-credential": { credentialId: "db", name: "toko-a database" },
  "mail-credential": { credentialId: "mail", name: "toko-a mail" },
  "social-credential": { credentialId: "social", name: "toko-a social" },
};

// The steps are only asked what they want: nothing is ever made here.
const nothing = { kind: "test" } as unknown as Resource<never, never> & Action<never, never>;
const settings: BusinessSettings = {
  template: "templates/business",
  webhookUrl: "https://n8n.test/webhook",
  supportEmail: "help@atoll.test",
  campaigns: {
    apiUrl: "https://mail.test",
    from: "shop@mail.test",
    token: new Secret("mail token", "canary-mail"),
  },
  social: { apiUrl: "https://social.test/post", token: new Secret("social token", "canary-social") },
};

type Wanted = Record<string, { name?: string; within?: string; key?: string; want: unknown }>;

const parts = (change: Partial<BusinessSettings> = {}) =>
  new Proxy({} as BusinessParts, {
    get: (_, part) => (part === "settings" ? { ...settings, ...change } : nothing),
  });

/** What each step wants, with a step's needs filled in where these steps were not skipped. */
function wanted(given: object = {}, change: Partial<BusinessSettings> = {}): Wanted {
  const made = business(parts(change));
  const answers = questions.parse({ name: "Toko A", adminEmail: "owner@toko.test", ...given });
  const secrets = Object.fromEntries(
    Object.entries(made.secrets(randomIds)).map(([name, value]) => [
      name,
      new Secret(name, `canary-${value}`),
    ]),
  );
  const instance = { id: "i".repeat(20), slug: answers.slug, answers, chosen: made.chosen(randomIds) };
  const known = { instance, secrets };
  const outputs: Record<string, unknown> = {};
  const result: Wanted = {};
  for (const step of made.steps) {
    if (!step.when(known)) continue;
    const needs = Object.fromEntries(step.needs.map((need) => [need, outputs[need]]));
    const want = step.want({ ...known, needs });
    const definition = step.step.endsWith("-workflow") ? { definition: want.workflow } : {};
    outputs[step.step] = { ...(attrs as Record<string, object>)[step.step], ...definition }; // one entry for each step
    result[step.step] =
      step.does === "action"
        ? { key: step.key({ ...known, needs }), want }
        : { name: step.name(known), within: step.within?.({ ...known, needs }), want };
  }
  return result;
}

/** What one step wants, which has to be there. `T` says what the test reads of it. */
function wantOf<T>(steps: Wanted, step: string): T {
  const found = steps[step];
  if (!found) throw new Error(`There is no step ${step}.`);
  return found.want as T;
}

test("with all modules there is a step for everything, the mail last", () => {
  expect(Object.keys(wanted())).toEqual([
    "project",
    "api-keys",
    "database",
    "schema",
    "admin",
    "repository",
    "client-config",
    "site",
    "environment",
    "deployment",
    "auth-config",
    "database-credential",
    "mail-credential",
    "social-credential",
    "crm-workflow",
    "email-workflow",
    "social-workflow",
    "content-workflow",
    "backup",
    "welcome",
  ]);
});

test("the site waits for the keys, not for the database", () => {
  const { steps } = business(parts());
  const needed = (step: string): string[] => {
    const direct = [...(steps.find((each) => each.step === step)?.needs ?? [])];
    return [...direct, ...direct.flatMap(needed)];
  };
  expect(needed("deployment")).toContain("api-keys");
  expect(needed("deployment")).not.toContain("database");
  for (const step of ["schema", "admin", "auth-config", "welcome"])
    expect(needed(step)).toContain("database");
  const last = new Set([...needed("welcome"), "welcome"]);
  expect(steps.map(({ step }) => step).filter((step) => !last.has(step))).toEqual([]);
});

test("a module that was not chosen brings no workflow, no credential and no backup of one", () => {
  const steps = wanted({ modules: ["crm", "accommodation"] });
  expect(Object.keys(steps).filter((step) => /workflow|credential/.test(step))).toEqual([
    "database-credential",
    "crm-workflow",
  ]);
  expect(steps.backup?.want).toMatchObject({
    files: { "client-config.json": expect.any(String), "workflows/crm.json": expect.any(String) },
  });
  expect(Object.keys(wantOf<{ files: object }>(steps, "backup").files)).toHaveLength(2);
  expect(Object.keys(wanted({ modules: ["accommodation"] })).join()).not.toMatch(/workflow|credential/);
});

test("without keys to send and publish with, those workflows are made and wait", () => {
  const steps = wanted(
    {},
    { campaigns: { apiUrl: "https://mail.test", from: "a@b.test" }, social: { apiUrl: "https://s.test" } },
  );
  expect(steps["mail-credential"] ?? steps["social-credential"]).toBeUndefined();
  expect(steps["email-workflow"]?.want).toMatchObject({ active: false });
  expect(steps["crm-workflow"]?.want).toMatchObject({ active: true });
});

test("names are the client's, and the project's cannot be guessed", () => {
  const [one, two] = [wanted(), wanted()];
  expect(one.project?.name).toMatch(/^client-toko-a-prod-[a-z0-9]{12}$/);
  expect(one.project?.name).not.toBe(two.project?.name);
  expect(one.backup?.name).toBe("client-backups/toko-a");
  expect(one.welcome?.key).toBe(`welcome/${"i".repeat(20)}`);
});

test("the site gets no key that opens the database, and knows where it belongs", () => {
  const { variables } = wantOf<{ variables: object }>(wanted({ name: "O'Neill & Söns" }), "environment");
  expect(variables).toEqual({
    NEXT_PUBLIC_SUPABASE_URL: { value: attrs.project.url },
    NEXT_PUBLIC_SUPABASE_ANON_KEY: { value: "sb_publishable_x" },
    SUPABASE_PROJECT_REF: { value: attrs.project.ref },
    CLIENT_NAME: { value: "O'Neill & Söns" },
  });
});

test("sign-up is closed, and mails lead to this site only", () => {
  expect(wanted()["auth-config"]?.want).toEqual({
    siteUrl: "https://toko-a.example.com",
    redirectUrls: ["https://toko-a.example.com/**"],
    disableSignup: true,
    passwordMinLength: 8,
  });
});

test("code comes by Git, or as files of the very commit that holds the client's configuration", async () => {
  expect(wanted().deployment?.want).toEqual({
    source: { type: "git", org: "org", repo: "client-toko-a", repoId: 7, ref: "main" },
    environmentUpdatedAt: 6,
    sourceUpdatedAt: 5,
  });
  const filesOf = async (repository: string, commitSha: string) => [
    { path: `${repository}@${commitSha}`, data: Buffer.from("") },
  ];
  const steps = wanted({}, { filesOf });
  expect(steps.site?.want).toEqual({ framework: "nextjs" });
  const { source } = wantOf<{ source: { version: string; files(): Promise<{ path: string }[]> } }>(
    steps,
    "deployment",
  );
  expect(source.version).toBe("abc");
  expect((await source.files())[0]?.path).toBe("org/client-toko-a@abc");
});

test("the client's configuration says which modules there are", () => {
  const steps = wanted({ name: 'A"\\</script>', slug: "toko-a", modules: ["email"], locale: "fr" });
  const { content } = wantOf<{ content: string }>(steps, "client-config");
  expect(JSON.parse(content)).toMatchObject({
    client: { id: "i".repeat(20), slug: "toko-a", name: 'A"\\</script>' },
    modules: Object.fromEntries(moduleNames.map((name) => [name, name === "email"])),
    locale: "fr",
    automations: { email: [expect.stringContaining("cinq minutes"), expect.any(String)] },
  });
});

test("secrets stand in clear in the welcome mail's one-time password and nowhere else", () => {
  const steps = wanted();
  const { welcome: _, ...others } = steps;
  expect(JSON.stringify(others)).not.toContain("canary");
  const { to, text, html } = wantOf<Record<"to" | "text" | "html", string>>(steps, "welcome");
  expect(to).toBe("owner@toko.test");
  for (const body of [text, html]) expect(body.match(/canary/g)).toHaveLength(1);
});
