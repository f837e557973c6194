import type { Settings } from "@atoll/blueprint-kit/parts";
import { attrs, fakeParts, wantedBy, wantOf } from "@atoll/blueprint-kit/testing/wanted";
import { expect, test } from "vitest";
import { business } from "./blueprint.ts";
import { moduleNames } from "./modules.ts";

const wanted = (given: object = {}, change: Partial<Settings> = {}) =>
  wantedBy(business(fakeParts(change)), given);

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
  const { steps } = business(fakeParts());
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
  expect(Object.keys(wantOf<{ files: object }>(steps, "backup").files).toSorted()).toEqual([
    "client-config.json",
    "origin.json",
    "workflows/crm.json",
  ]);
  expect(Object.keys(wanted({ modules: ["accommodation"] })).join()).not.toMatch(/workflow|credential/);
});

test("without keys to send and publish with, those workflows are made and wait", () => {
  const steps = wanted(
    {},
    { mail: { apiUrl: "https://mail.test", from: "a@b.test" }, social: { apiUrl: "https://s.test" } },
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
  const steps = wantedBy(business(fakeParts({}, { filesOf })));
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
