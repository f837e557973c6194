import type { InstanceDeployments } from "@atoll/contract/schemas/deployments";
import type { Journal } from "@atoll/engine/journal";
import type { Accounts } from "../accounts.ts";
import { sitePlace } from "../domains/place.ts";
import type { Store } from "../store/store.ts";
import { keptOf } from "./pins.ts";

interface Options {
  store(): Promise<Store>;
  journal: Pick<Journal, "find" | "resources">;
  /** The accounts of the environment that holds an instance. */
  accounts(slug: string): Promise<Pick<Accounts, "sites">>;
}

/** Deployments of instances' sites. */
export interface OpenDeployments {
  /** Asked of the host. Throws a fault where the instance has no site. */
  list(slug: string): Promise<InstanceDeployments>;
}

/** Opens what a hub tells of deployments. */
export function openDeployments({ store, journal, accounts }: Options): OpenDeployments {
  return {
    async list(slug) {
      const [instance, things, held] = await Promise.all([
        journal.find(slug),
        journal.resources(slug),
        accounts(slug),
      ]);
      const { host, siteId } = sitePlace(held, { slug, url: instance?.url, things });
      const [all, kept] = await Promise.all([host.deployments.list(siteId), keptOf(await store(), siteId)]);
      return {
        host: host.name,
        items: all.map(({ createdAt, ...each }) => ({
          ...each,
          createdAt: new Date(createdAt).toISOString(),
          isKept: each.id === kept,
        })),
      };
    },
  };
}
