import type { hostRoutes } from "@atoll/contract/routes/hosts";
import { addHost, hostsOf, type OwnAddresses, removeHost } from "../../resolver/hosts.ts";
import type { Handlers, Hub } from "../context.ts";

const ownOf = ({ resolver, baseUrl }: Hub): OwnAddresses => ({ domain: resolver.settings.domain, baseUrl });

const deedOf = (does: "add" | "remove", slug: string) => (host: string | undefined) =>
  host === undefined ? undefined : { action: `host.${does}`, subject: `instance/${slug}`, details: { host } };

/** Hosts that lead to instances. */
export const hostHandlers: Handlers<keyof typeof hostRoutes> = {
  listHosts: ({ params }, { hub }) => hostsOf(hub.store, params.slug, ownOf(hub)),

  async addHost({ params: { slug, host } }, { hub, act }) {
    await act(deedOf("add", slug), (tx) => addHost(tx, slug, host, ownOf(hub)));
    return hostsOf(hub.store, slug, ownOf(hub));
  },

  async removeHost({ params: { slug, host } }, { hub, act }) {
    await act(deedOf("remove", slug), (tx) => removeHost(tx, slug, host));
    return hostsOf(hub.store, slug, ownOf(hub));
  },
};
