import { Fault } from "@atoll/core/fault";
import { environmentsOf } from "../environments/names.ts";
import { proxiesOf } from "../proxies.ts";
import { runsLocally } from "../settings.ts";
import { hostFrom } from "./host.ts";

/** What a resolver goes by. */
export interface ResolverSettings {
  /** Instances are at `{subdomain}.DOMAIN`; undefined = at hosts of their own only. */
  domain: string | undefined;
  /** Whose instances have a name below the domain, beside rows by hand; undefined or left out = everybody's. */
  environment?: string | undefined;
  /** Whether `?instance=` is heard: in development only. */
  byName: boolean;
  /** How many proxies of ours stand before it; 0 = `X-Forwarded-Host` is anybody's word. */
  proxies: number;
}

const developments = ["local", "development"];

/**
 * Settings from ATOLL_DOMAIN, ATOLL_RESOLVE_ENVIRONMENT, ATOLL_ENVIRONMENTS, ATOLL_ENVIRONMENT and ATOLL_TRUST_PROXY. Without a domain and without a provider's token
 * it is development on this machine, at `{subdomain}.localhost`. Throws a fault for a domain that is none.
 */
export function resolverSettings(env: NodeJS.ProcessEnv): ResolverSettings {
  const { ATOLL_DOMAIN: given, ATOLL_ENVIRONMENT: environment, NODE_ENV } = env;
  const isLocal = !given || given === "localhost";
  const byName =
    NODE_ENV !== "production" &&
    (environment ? developments.includes(environment) : isLocal && runsLocally(env));
  const domain = isLocal ? "localhost" : hostFrom(given);
  if (domain === undefined)
    throw new Fault("rejected", {
      what: `ATOLL_DOMAIN is "${given}".`,
      next: "Set it to the domain below which instances answer, as in toko.example, without scheme or port.",
      field: "ATOLL_DOMAIN",
    });
  return {
    domain: given || byName ? domain : undefined,
    environment: resolvedEnvironment(env),
    byName,
    proxies: proxiesOf(env),
  };
}

/** The environment that has the domain: as told, else the default one. */
function resolvedEnvironment(env: NodeJS.ProcessEnv): string | undefined {
  const all = environmentsOf(env);
  const told = env.ATOLL_RESOLVE_ENVIRONMENT || undefined;
  if (told !== undefined && all !== undefined && !all.some(({ name }) => name === told))
    throw new Fault("rejected", {
      what: `ATOLL_RESOLVE_ENVIRONMENT is "${told}", which ATOLL_ENVIRONMENTS does not name.`,
      next: `Use one of: ${all.map(({ name }) => name).join(", ")}.`,
      field: "ATOLL_RESOLVE_ENVIRONMENT",
    });
  return told ?? all?.[0]?.name;
}
