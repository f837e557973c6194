import { Fault } from "@atoll/core/fault";
import type { Brought, Resource } from "@atoll/core/resource";
import type { Migration } from "@atoll/fleet/migrations";
import type { Bring } from "./bring.ts";
import { clientConfigPath, isClientConfig } from "./client-config.ts";
import { type Host, type HostName, hostNamed } from "./host.ts";
import type { Adopting, Parts } from "./parts.ts";

/** What an instance sets in the environment of its site. */
const siteVariables = [
  "NEXT_PUBLIC_SUPABASE_URL",
  "NEXT_PUBLIC_SUPABASE_ANON_KEY",
  "SUPABASE_PROJECT_REF",
  "CLIENT_NAME",
] as const;
export type SiteVariable = (typeof siteVariables)[number];

const inBrought = <R extends Resource<never, unknown>>(resource: R, brought: Brought): R => ({
  ...resource,
  brought,
});

/** The parts of an instance for which a client brings things: those take the place of what would be made. */
export function partsFor(
  parts: Parts,
  bring: Bring,
  hostName: HostName,
  migrations: readonly Migration[],
): Parts {
  const { adopting } = parts;
  if (adopting === undefined) throw new Error("These parts cannot take what a client brings.");
  const consent = bring.consent === true;
  const { supabase, repository, site } = bring;
  return {
    ...parts,
    ...(supabase && adopting.supabase(supabase, { migrations, consent })),
    ...(repository !== undefined && {
      repository: adopting.repository(repository, {
        consent,
        file: { path: clientConfigPath, isOurs: isClientConfig },
      }),
      file: inBrought(parts.file, {
        field: "bring.repository",
        changes: "is written on the default branch",
        remains: `${clientConfigPath}, as part of the repository's history`,
      }),
    }),
    ...(site !== undefined && {
      hosts: { ...parts.hosts, [hostName]: withSite(parts, adopting, { ...bring, site }, hostName) },
    }),
  };
}

function withSite(
  parts: Parts,
  adopting: Adopting,
  { site, repository, consent }: Bring & { site: string },
  hostName: HostName,
): Host {
  const host = hostNamed(parts.hosts, hostName);
  const adopt = adopting.sites[hostName];
  const options = { variables: siteVariables, consent: consent === true };
  return {
    ...host,
    ...(adopt
      ? adopt(site, { ...options, ...(repository !== undefined && { repository }) })
      : { site: nowhere(host.site, hostName) }),
    deployment: inBrought(host.deployment, {
      field: "bring.site",
      changes: "takes the place of what the site serves now",
      remains: "the newest deployment, which goes on serving",
    }),
  };
}

/** A host at which nobody can bring a site says so before anything is made. */
function nowhere(site: Host["site"], hostName: HostName): Host["site"] {
  const refuse = async (): Promise<never> => {
    throw new Fault("rejected", {
      what: `A site at ${hostName} cannot be brought; it is made there.`,
      next: "Leave bring.site out.",
      field: "bring.site",
    });
  };
  return { ...site, observe: refuse, apply: refuse };
}
