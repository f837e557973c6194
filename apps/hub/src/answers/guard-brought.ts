import type { BroughtProject } from "@atoll/blueprint-kit/bring";
import { Fault } from "@atoll/core/fault";
import type { Resource } from "@atoll/core/resource";
import { isInside, leadsInside } from "./private-address.ts";

/** Host of an address; of one that cannot be read the adapter says so. */
const hostOf = (text: string): string | undefined => URL.parse(text)?.hostname || undefined;

/**
 * A brought project that is not looked at where its address, or its database's, leads to this machine or an inner
 * network: who brings one could have the hub call what only the hub reaches. On the local cloud, where Supabase itself
 * is such an address (`apiUrl`), everything may be brought.
 */
export function guarded<In, Attrs>(
  project: Resource<In, Attrs>,
  { url, databaseUrl }: BroughtProject,
  apiUrl: string,
): Resource<In, Attrs> {
  if (isInside(hostOf(apiUrl) ?? "")) return project;
  const places = { url, ...(databaseUrl && { databaseUrl: databaseUrl.expose() }) };
  async function mustBeOutside(): Promise<void> {
    for (const [name, place] of Object.entries(places)) {
      const host = hostOf(place);
      if (host === undefined || !(await leadsInside(host))) continue;
      throw new Fault("rejected", {
        what: "The address leads to this machine or an inner network, which cannot be brought.",
        next: "Give the project's public address.",
        field: `bring.supabase.${name}`,
      });
    }
  }
  return {
    ...project,
    async observe(at) {
      await mustBeOutside();
      return project.observe(at);
    },
  };
}
