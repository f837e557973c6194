import { Fault } from "@atoll/core/fault";
import type { Migration } from "@atoll/fleet/migrations";
import { expect, test } from "vitest";
import { z } from "zod";
import { application } from "./application.ts";
import type { Host, HostName } from "./host.ts";
import type { BaseAnswers, Kind } from "./kind.ts";
import { fakeParts } from "./testing/wanted.ts";
import type { WelcomeWords } from "./welcome-mail.ts";

const answers = z.object({ name: z.string(), slug: z.string() }).loose();
const kind: Kind<BaseAnswers> = {
  name: "small",
  questions: { parse: (input) => answers.parse(input) as unknown as BaseAnswers, schema: () => ({}) },
  projectName: (slug, suffix) => `${slug}-${suffix}`,
  repositoryName: (slug) => slug,
  siteName: (slug) => slug,
  migrations: [] as Migration[],
  vault: () => [],
  modules: [],
  workflows: {},
  automations: { en: {}, fr: {}, id: {} },
  welcome: {} as Record<"en" | "fr" | "id", WelcomeWords>, // no mail is sent here
};

const hostOf = (name: HostName): Host => {
  const thing = (kind: string) => ({ kind: `${name}.${kind}` });
  return {
    site: thing("site"),
    environment: thing("environment"),
    deployment: thing("deployment"),
  } as unknown as Host; // the steps are only asked what they are
};
const both = { ...fakeParts(), settings: fakeParts().settings };
const partsWith = (...names: HostName[]) =>
  Object.assign(Object.create(fakeParts()), both, {
    hosts: Object.fromEntries(names.map((name) => [name, hostOf(name)])),
  });

const siteOf = (steps: readonly { step: string }[]) => {
  const found = steps.find(({ step }) => step === "site");
  if (!found || !("resource" in found)) throw new Error("There is no site.");
  return found.resource as Host["site"];
};
const recorded = (entries: Record<string, string>) => new Map(Object.entries(entries));

test("one word of the kind decides who serves it, and no other step changes", () => {
  const parts = partsWith("vercel", "netlify");
  const [first, second] = [application(parts, kind), application(parts, { ...kind, host: "netlify" })];
  expect([siteOf(first.steps).kind, siteOf(second.steps).kind]).toEqual(["vercel.site", "netlify.site"]);
  expect(second.steps.map(({ step, needs }) => [step, needs])).toEqual(
    first.steps.map(({ step, needs }) => [step, needs]),
  );
});

test("an instance stays where it was made when its kind chooses another host", () => {
  const moved = application(partsWith("vercel", "netlify"), { ...kind, host: "netlify" });
  const kindFor = (entries: Record<string, string>) => siteOf(moved.stepsFor?.(recorded(entries)) ?? []).kind;
  expect(kindFor({})).toBe("netlify.site");
  expect(kindFor({ project: "supabase.project" })).toBe("netlify.site");
  expect(kindFor({ site: "vercel.project" })).toBe("vercel.site");
  expect(kindFor({ environment: "vercel.environment" })).toBe("vercel.site");
  expect(kindFor({ site: "netlify.site" })).toBe("netlify.site");
});

test("a host without an account says so when it is used, in what and next", async () => {
  const lost = application(partsWith("vercel"), { ...kind, host: "netlify" });
  const site = siteOf(lost.steps);
  expect(site.kind).toBe("netlify.site");
  const fault = await site.observe({ instance: "i", name: "n" }).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(Fault);
  expect(fault).toMatchObject({
    kind: "sign-in-again",
    what: expect.stringContaining("netlify"),
    next: expect.stringContaining("docs/configuration.md"),
  });
});
