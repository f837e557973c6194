import { application } from "@atoll/blueprint-kit/application";
import type { OwnStep } from "@atoll/blueprint-kit/own-step";
import type { Parts } from "@atoll/blueprint-kit/parts";
import { commonVault } from "@atoll/blueprint-kit/vault";
import type { AnyBlueprint } from "@atoll/core/blueprint";
import { readMigrations } from "@atoll/fleet/migrations";
import { pages } from "./pages.ts";
import { type Answers, modules, questions } from "./questions.ts";
import { automations, formWords, welcome } from "./words.ts";

// Steps of this kind alone: a file of its own each, and one line here.
const steps: { step: OwnStep }[] = await Promise.all([
  // in the order in which they are shown
  import("./steps/processing-register.ts"),
]);

/** A practice: patients, appointments and treatments, with notes that only those who treat can read. */
export const blueprint = (parts: Parts): AnyBlueprint =>
  application<Answers>(parts, {
    name: "clinic",
    questions,
    projectName: (slug, suffix) => `clinic-${slug}-${suffix}`,
    repositoryName: (slug) => `clinic-${slug}`,
    siteName: (slug) => `clinic-${slug}`,
    migrations: readMigrations(new URL("migrations/", import.meta.url)),
    vault: (answers) => [
      ...commonVault(answers),
      { key: "SPECIALTY", value: answers.specialty, type: "text" },
      { key: "KEEP_YEARS", value: answers.keepYears, type: "number" },
    ],
    modules,
    workflows: { appointments: { file: new URL("workflows/appointments.json", import.meta.url) } },
    automations,
    welcome,
    form: formWords,
    pages,
    steps: steps.map(({ step }) => step),
  });

/** A clinic that a rehearsal imagines. */
export const sample = (slug: string) => ({
  name: `Cabinet ${slug}`,
  slug,
  adminEmail: `owner@${slug}.example`,
  specialty: "dental",
  locale: "fr",
});
