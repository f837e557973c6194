import { originKey } from "@atoll/blueprint-kit/origin";
import type { Parts } from "@atoll/blueprint-kit/parts";
import { ownedFolders, readText } from "@atoll/gitea/owned";
import { ownedRepositories } from "@atoll/github/owned";
import { ownedCredentials, ownedWorkflows } from "@atoll/n8n/owned";
import { ownedSites } from "@atoll/netlify/owned";
import type { Http } from "@atoll/provider-kit/http";
import type { Owned } from "@atoll/provider-kit/owned";
import type { SupabaseApi } from "@atoll/supabase/api";
import { type OwnedProject, ownedProjects } from "@atoll/supabase/owned";
import { ownedProjects as ownedSitesOfVercel } from "@atoll/vercel/owned";
import type { ProviderSettings } from "../settings.ts";

/** Things of one kind that carry our mark, with how one of them is removed. */
interface OwnedKind extends Owned {
  /** Already gone is success. */
  remove(id: string): Promise<void>;
}

/** What carries our mark in one set of accounts. */
export interface OwnedThings {
  kinds: readonly OwnedKind[];
  /** Projects with what their databases say, the row of their origin among it. */
  projects: {
    list(): Promise<OwnedProject[]>;
    look(id: string): Promise<OwnedProject | undefined>;
  };
  /** A file of the operations repository, by its path; undefined where there is none. */
  operationsFile(path: string): Promise<string | undefined>;
}

interface Clients {
  supabase: SupabaseApi;
  github: Http;
  vercel: Http;
  netlify: { api: Http; at: { account: string } } | undefined;
  n8n: Http;
  gitea: Http;
}

/** Everything that can be listed by our mark in the accounts that these clients open. */
export function ownedThings(clients: Clients, settings: ProviderSettings, parts: Parts): OwnedThings {
  const { supabase, github, vercel, netlify, n8n, gitea } = clients;
  const projects = ownedProjects(supabase, [originKey]);
  const of = (owned: Owned, resource: { remove(id: string): Promise<void> } | undefined): OwnedKind[] =>
    resource === undefined ? [] : [{ ...owned, remove: (id) => resource.remove(id) }];
  return {
    kinds: [
      ...of(projects, parts.project),
      ...of(ownedRepositories(github, settings.github.organization), parts.repository),
      ...of(ownedSitesOfVercel(vercel), parts.hosts.vercel?.site),
      ...(netlify ? of(ownedSites(netlify.api, netlify.at.account), parts.hosts.netlify?.site) : []),
      // Workflows first: they use the credentials.
      ...of(ownedWorkflows(n8n), parts.workflow),
      ...of(ownedCredentials(n8n), parts.credential),
      ...of(ownedFolders(gitea, settings.gitea.repository), parts.folder),
    ],
    projects,
    operationsFile: (path) => readText(gitea, settings.gitea.repository, path),
  };
}
