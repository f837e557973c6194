import { application } from "@atoll/blueprint-kit/application";
import type { Parts } from "@atoll/blueprint-kit/parts";
import { teamOf } from "@atoll/blueprint-kit/team";
import type { AnyBlueprint } from "@atoll/core/blueprint";
import { migrations, vaultOf } from "./migrations.ts";
import { moduleNames } from "./modules.ts";
import { type Answers, questions } from "./questions.ts";
import { automationWords, form, words } from "./words.ts";
import { workflows } from "./workflows.ts";

/** The application of a community: a public page with a map, places and announcements, and a bot. */
export const community = (parts: Parts): AnyBlueprint =>
  application<Answers>(parts, {
    name: "community",
    questions,
    projectName: (slug, suffix) => `ophelia-${slug}-${suffix}`,
    repositoryName: (slug) => `ophelia-${slug}`,
    siteName: (slug) => `ophelia-${slug}`,
    host: "netlify",
    migrations,
    vault: vaultOf,
    secretColumns: {
      "public.bot_private": ["channel_token"],
      "public.federation_peers": ["shared_secret"],
    },
    team: teamOf("admin", "moderator", "member"),
    modules: moduleNames,
    workflows,
    automations: automationWords,
    welcome: words,
    form,
  });
