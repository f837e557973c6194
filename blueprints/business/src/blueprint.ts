import { application } from "@atoll/blueprint-kit/application";
import type { Parts } from "@atoll/blueprint-kit/parts";
import { teamOf } from "@atoll/blueprint-kit/team";
import { commonVault } from "@atoll/blueprint-kit/vault";
import type { AnyBlueprint } from "@atoll/core/blueprint";
import { migrations, seedFor } from "./migrations.ts";
import { moduleNames } from "./modules.ts";
import { type Answers, questions } from "./questions.ts";
import { automations, words } from "./words.ts";
import { workflows } from "./workflows.ts";

/** The application of a business: CRM, email, social media and content for one client. */
export const business = (parts: Parts): AnyBlueprint =>
  application<Answers>(parts, {
    name: "business",
    questions,
    projectName: (slug, suffix) => `client-${slug}-prod-${suffix}`,
    repositoryName: (slug) => `client-${slug}`,
    siteName: (slug) => slug,
    migrations,
    seed: seedFor,
    vault: commonVault,
    team: teamOf("admin", "member"),
    modules: moduleNames,
    workflows,
    automations,
    welcome: words,
  });
