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

/** The application of an agency: clients, projects, tasks, files and invoices, for four roles that see different things. */
export const agency = (parts: Parts): AnyBlueprint =>
  application<Answers>(parts, {
    name: "agency",
    questions,
    projectName: (slug, suffix) => `tlp-${slug}-${suffix}`,
    repositoryName: (slug) => `tlp-${slug}`,
    siteName: (slug) => `tlp-${slug}`,
    migrations,
    seed: seedFor,
    vault: commonVault,
    // A client's person sees what is done for their client, and nothing without one.
    team: {
      ...teamOf("admin", "manager", "member", "client"),
      of: {
        roles: ["client"],
        key: "client_id",
        table: { schema: "public", name: "clients", label: "name" },
      },
    },
    modules: moduleNames,
    workflows,
    automations: automationWords,
    welcome: words,
    form,
  });
