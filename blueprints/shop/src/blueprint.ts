import { application } from "@atoll/blueprint-kit/application";
import type { Parts } from "@atoll/blueprint-kit/parts";
import { teamOf } from "@atoll/blueprint-kit/team";
import { commonVault } from "@atoll/blueprint-kit/vault";
import type { AnyBlueprint } from "@atoll/core/blueprint";
import { migrations, seedFor } from "./migrations.ts";
import { moduleNames } from "./modules.ts";
import { type Answers, questions } from "./questions.ts";
import { automationWords, form, words } from "./words.ts";
import { workflows } from "./workflows.ts";

/** The application of a shop: catalog, orders and stock, with a public page where visitors order. */
export const shop = (parts: Parts): AnyBlueprint =>
  application<Answers>(parts, {
    name: "shop",
    questions,
    projectName: (slug, suffix) => `toko-${slug}-${suffix}`,
    repositoryName: (slug) => `toko-${slug}`,
    siteName: (slug) => `toko-${slug}`,
    migrations,
    seed: seedFor,
    vault: commonVault,
    team: teamOf("admin", "staff"),
    modules: moduleNames,
    workflows,
    automations: automationWords,
    welcome: words,
    form,
  });
