import type { CheckName } from "@atoll/contract/schemas/checklist";
import type { Finding } from "./line.ts";
import { planned } from "./planned.ts";
import type { Scene } from "./scene.ts";

const is =
  (...kinds: string[]) =>
  (kind: string) =>
    kinds.includes(kind);

/** A host's site, its variables and its deployment, whichever host it is. */
const isSite = (kind: string) => /^[a-z]+\.(deployment|environment)$/.test(kind) || hostProject.test(kind);
const hostProject = /^(?!supabase\.)[a-z]+\.(project|site)$/;
const isRowSecurity = (text: string) => /\.rowSecurity$/.test(text) || /row level security/.test(text);

const isProject = is("supabase.project", "supabase.database", "supabase.api-keys");
const named = [
  isProject,
  isSite,
  is(
    "postgres.schema",
    "supabase.auth-config",
    "supabase.user",
    "n8n.workflow",
    "gitea.folder",
    "email.send",
  ),
];

/** The lines that follow from the plan and the probes alone. */
export function byPlan(scene: Scene): Partial<Record<CheckName, Finding>> {
  const line = (isOne: (kind: string) => boolean, words: Parameters<typeof planned>[2]) =>
    planned(scene, isOne, words);
  return {
    project: line(isProject, {
      well: "The project is there, it is ours, its keys can be read and its database is up.",
      none: "This blueprint makes no Supabase project.",
    }),
    schema: line(is("postgres.schema"), {
      well: "Every migration of the blueprint is applied, and nothing was changed by hand.",
      none: "This blueprint has no schema.",
      about: (path) => !isRowSecurity(path),
      problem: (problem) => !isRowSecurity(problem),
    }),
    "row-security": line(is("postgres.schema"), {
      well: "No table of the public schema stands open.",
      none: "This blueprint has no schema.",
      about: isRowSecurity,
      problem: isRowSecurity,
    }),
    site: line(isSite, {
      well: "It is deployed with the newest code and variables, and it says that it is this instance.",
      none: "This blueprint deploys no site.",
    }),
    "auth-settings": line(is("supabase.auth-config"), {
      well: "Address, redirects, closed sign-up and password length are as wanted.",
      none: "This blueprint sets up no sign-in.",
    }),
    workflows: line(is("n8n.workflow"), {
      well: "All of them are there as wanted and take their triggers.",
      none: "None of the instance's modules has automations.",
    }),
    backup: line(is("gitea.folder"), {
      well: "The folder holds the configuration and every workflow as they are now.",
      none: "This blueprint keeps no backup of its own.",
    }),
    others: line((kind) => !named.some((isOne) => isOne(kind)), {
      well: "Repository, configuration and credentials are as wanted.",
      none: "This blueprint has no further steps.",
    }),
  };
}
