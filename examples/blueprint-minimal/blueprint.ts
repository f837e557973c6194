import { application } from "@atoll/blueprint-kit/application";
import type { BaseAnswers } from "@atoll/blueprint-kit/kind";
import type { OwnStep } from "@atoll/blueprint-kit/own-step";
import type { Parts } from "@atoll/blueprint-kit/parts";
import { commonVault } from "@atoll/blueprint-kit/vault";
import type { AnyBlueprint } from "@atoll/core/blueprint";
import { readMigrations } from "@atoll/fleet/migrations";
import { pages } from "./pages.ts";
import { modules, questions } from "./questions.ts";
import { automations, formWords, welcome } from "./words.ts";

// Steps of this kind alone: a file of its own each, and one line here.
const steps: { step: OwnStep }[] = await Promise.all([
  // import("./steps/my-step.ts"),
]);

/** Built by the hub with the adapters of its accounts. */
export const blueprint = (parts: Parts): AnyBlueprint =>
  application<BaseAnswers>(parts, {
    name: "minimal",
    questions,
    projectName: (slug, suffix) => `minimal-${slug}-${suffix}`,
    repositoryName: (slug) => `minimal-${slug}`,
    siteName: (slug) => `minimal-${slug}`,
    migrations: readMigrations(new URL("migrations/", import.meta.url)),
    vault: commonVault,
    modules,
    workflows: { records: { file: new URL("workflows/records.json", import.meta.url) } },
    automations,
    welcome,
    form: formWords,
    pages,
    steps: steps.map(({ step }) => step),
  });

/** A client that a rehearsal imagines. */
export const sample = (slug: string) => ({
  name: `Client ${slug}`,
  slug,
  adminEmail: `owner@${slug}.example`,
  locale: "en",
});
