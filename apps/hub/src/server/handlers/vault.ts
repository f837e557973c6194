import type { vaultRoutes } from "@atoll/contract/routes/vault";
import type { Handlers, Hub } from "../context.ts";
import { notFound } from "../refusal.ts";

async function mustBe(hub: Hub, slug: string): Promise<void> {
  if ((await hub.runtime.journal.find(slug)) === undefined) throw notFound(`instance "${slug}"`);
}

/** The vault of an instance: what is in it, what changes it, and who wins when both sides did. */
export const vaultHandlers: Handlers<keyof typeof vaultRoutes> = {
  async readVault({ params }, { hub }) {
    await mustBe(hub, params.slug);
    return { items: await hub.runtime.vaults.read(params.slug) };
  },

  async setVaultKey({ params, body }, { hub, actor }) {
    await mustBe(hub, params.slug);
    return hub.runtime.vaults.set(params.slug, params.key, body, actor);
  },

  async removeVaultKey({ params, query }, { hub, actor }) {
    await mustBe(hub, params.slug);
    await hub.runtime.vaults.remove(params.slug, params.key, query.seen, actor);
    return undefined;
  },

  async settleVaultKey({ params, body }, { hub, actor }) {
    await mustBe(hub, params.slug);
    return hub.runtime.vaults.settle(params.slug, params.key, body, actor);
  },

  async showFiles({ params }, { hub }) {
    await mustBe(hub, params.slug);
    const files = await hub.runtime.files(params.slug);
    return { files: Object.entries(files).map(([path, text]) => ({ path, text })) };
  },
};
