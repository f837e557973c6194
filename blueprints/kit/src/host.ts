import { Fault } from "@atoll/core/fault";
import type { Resource } from "@atoll/core/resource";
import type { Secret } from "@atoll/core/secret";

/** Who can serve an application: the words by which a kind chooses. Kinds of their things begin with them. */
export const hostNames = ["vercel", "netlify"] as const;
export type HostName = (typeof hostNames)[number];

/** The host of a kind that does not choose. */
export const firstHost: HostName = "vercel";

/** What a site should be. */
interface SiteIn {
  framework: string;
  /** `owner/repo` on GitHub, with its id and default branch; absent = deployments bring their files. */
  repository?: string;
  repoId?: number;
  branch?: string;
}

interface SiteAttrs {
  /** The host's id of the site. */
  projectId: string;
}

interface EnvironmentIn {
  variables: Record<string, { value: string | Secret }>;
}

interface EnvironmentAttrs {
  /** When one of ours was set last, in milliseconds since 1970. */
  updatedAt: number;
}

/** A file of a deployment, its path relative to the repository's root. */
interface SourceFile {
  path: string;
  data: Uint8Array<ArrayBuffer>;
}

/** Where a deployment's code comes from. A host that builds from Git only is never offered files. */
type Source =
  | { type: "git"; org: string; repo: string; repoId: number; ref: string }
  | { type: "files"; version: string; files(): Promise<SourceFile[]> };

/** What the newest production deployment should be made of. */
export interface DeploymentIn {
  source: Source;
  environmentUpdatedAt: number;
  sourceUpdatedAt?: number;
}

interface DeploymentAttrs {
  /** Where visitors find it, with scheme, without a slash at the end. */
  url: string;
}

/** One host of applications, in the words that steps speak. Every host's adapter fits, or does not compile. */
export interface Host {
  site: Resource<SiteIn, SiteAttrs>;
  environment: Resource<EnvironmentIn, EnvironmentAttrs>;
  deployment: Resource<DeploymentIn, DeploymentAttrs>;
  /** Absent = the host clones the repository itself. Else: gives the files of `owner/repo` at a commit. */
  filesOf?(repository: string, commitSha: string): Promise<SourceFile[]>;
}

/** The hosts for which there are accounts. */
export type Hosts = Readonly<Partial<Record<HostName, Host>>>;

/** What it means that there is no account at a host, in what and next. */
export const hostMissing = (name: HostName) => ({
  what: `It is served by ${name}, and there is no account at ${name}.`,
  next: `Set ${name.toUpperCase()}_TOKEN and the other variables of ${name} (docs/configuration.md, "Providers"), then try again.`,
});

/** The host by name. One without an account says so at its first use, so that everything else goes on. */
export function hostNamed(hosts: Hosts, name: HostName): Host {
  const missing = async (): Promise<never> => {
    throw new Fault("sign-in-again", hostMissing(name));
  };
  const nothing = (kind: string): Resource<never, never> => ({
    kind: `${name}.${kind}`,
    lostCreate: "find-by-name",
    removal: "own",
    observe: missing,
    compare: () => [],
    apply: missing,
    remove: missing,
  });
  return (
    hosts[name] ?? {
      site: nothing("site"),
      environment: nothing("environment"),
      deployment: nothing("deployment"),
    }
  );
}
