import type { CloudContext, GitHost } from "../kit/context.ts";
import type { Dns } from "../kit/dns.ts";
import type { Collection } from "../kit/store.ts";
import type { Fronts } from "../sites/fronts.ts";
import { account, type OwnContext, type Scope } from "./facts.ts";

/** A value of a variable in one context. */
export interface Value {
  id: string;
  value: string;
  context: OwnContext | "all" | "branch";
  /** The branch, for the context "branch". */
  context_parameter?: string;
}

/** An environment variable of a site. */
export interface Variable {
  key: string;
  scopes: Scope[];
  values: Value[];
  secret: boolean;
  updatedAt: number;
}

/** A site as the emulator keeps it. */
export interface Site {
  id: string;
  /** Another customer's: nobody here sees it, but it has its name. */
  elsewhere?: boolean;
  name: string;
  customDomain?: string;
  /** Further domains. */
  aliases?: string[];
  repository?: {
    path: string;
    id: number;
    branch: string;
    cmd: string;
    dir: string;
    installationId?: number;
    stopped: boolean;
  };
  variables: Variable[];
  /** Serves nothing, for this reason. */
  disabled?: string;
  /** Where its production site answers; chosen when it is made. */
  port: number;
  /** The deploy that visitors get. */
  publishedId?: string;
  /** Newer deploys are not published by themselves. */
  locked?: boolean;
  createdAt: number;
  updatedAt: number;
}

export type State = "new" | "enqueued" | "building" | "processing" | "ready" | "error";

/** A deploy of a site's production branch, or a preview of a pull request, as the emulator keeps it. */
export interface Deploy {
  id: string;
  buildId: string;
  siteId: string;
  name: string;
  title?: string;
  state: State;
  branch: string;
  commit: { org: string; repo: string; ref: string; sha: string };
  cmd: string;
  /** Number of the pull request that it is a preview of. */
  review?: number;
  /** Where a preview answers. */
  port?: number;
  /** The values of its context when it was made: later changes hold for later deploys. */
  environment: Record<string, string>;
  error?: string;
  createdAt: number;
  publishedAt?: number;
}

/** What the routes work with. */
export interface World {
  context: CloudContext;
  dns: Dns;
  sites: Collection<Site>;
  deploys: Collection<Deploy>;
  fronts: Fronts;
  /** Takes a new deploy through its states. */
  begin(deploy: Deploy): void;
  /** Removes what a deploy left on disk, and ends its process. */
  drop(id: string): Promise<void>;
  github(): GitHost | undefined;
}

/** The site that a path names: by its id, its netlify.app address or its own domain. */
export function siteOf({ sites }: World, asked: string): Site | undefined {
  return sites
    .values()
    .find(
      (site) =>
        !site.elsewhere &&
        (site.id === asked || `${site.name}.netlify.app` === asked || site.customDomain === asked),
    );
}

/** A site's own domains, the primary one first. */
export const domainsOf = ({ customDomain, aliases = [] }: Site): string[] => [
  ...(customDomain === undefined ? [] : [customDomain]),
  ...aliases,
];

/** Whether a path names the one team, by its id or its slug. */
export const isAccount = (asked: string) => asked === account.id || asked === account.slug;

/** A site's deploys, previews too, newest first. */
export function deploysOf({ deploys }: World, siteId: string): Deploy[] {
  return deploys
    .values()
    .filter((deploy) => deploy.siteId === siteId)
    .toReversed()
    .sort((a, b) => b.createdAt - a.createdAt);
}
