import type { AnyBlueprint } from "@atoll/core/blueprint";
import { randomIds } from "@atoll/core/ids";
import type { Action, Resource } from "@atoll/core/resource";
import { Secret } from "@atoll/core/secret";
import type { Host } from "../host.ts";
import type { Parts, Settings } from "../parts.ts";

const key = new Secret("secret key", "canary-secret-key");
/** What the providers say of each step. */
export const attrs = {
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
const settings: Settings = {
  template: "templates/business",
  webhookUrl: "https://n8n.test/webhook",
  opsRepository: "atoll/ops-hub",
  supportEmail: "help@atoll.test",
  mail: {
    apiUrl: "https://mail.test",
    from: "shop@mail.test",
    token: new Secret("mail token", "canary-mail"),
  },
  bot: { apiUrl: "https://bot.test/v1" },
  social: { apiUrl: "https://social.test/post", token: new Secret("social token", "canary-social") },
};

/** What each step wants, by its name. */
export type Wanted = Record<string, { name?: string; within?: string; key?: string; want: unknown }>;

/** Parts that are only asked what they are; `change` goes into the settings, `host` into every host. */
export const fakeParts = (change: Partial<Settings> = {}, host: Partial<Host> = {}) =>
  new Proxy({} as Parts, {
    get: (_, part) => {
      if (part === "settings") return { ...settings, ...change };
      const hosts = { site: nothing, environment: nothing, deployment: nothing, ...host };
      return part === "hosts" ? { vercel: hosts, netlify: hosts } : nothing;
    },
  });

/** What each step wants, with a step's needs filled in where these steps were not skipped. */
export function wantedBy(made: AnyBlueprint, given: object = {}): Wanted {
  const answers = made.questions.parse({ name: "Toko A", adminEmail: "owner@toko.test", ...given });
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
export function wantOf<T>(steps: Wanted, step: string): T {
  const found = steps[step];
  if (!found) throw new Error(`There is no step ${step}.`);
  return found.want as T;
}
