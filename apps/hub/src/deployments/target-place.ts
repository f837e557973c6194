import type { Journal } from "@atoll/engine/journal";
import type { Accounts } from "../accounts.ts";
import { blueprintNamed } from "../blueprints/named.ts";
import { sitePlace } from "../domains/place.ts";
import type { Store } from "../store/store.ts";
import { keptOf } from "./pins.ts";
import type { TargetDesk } from "./template-target.ts";

interface Options {
  store(): Promise<Store>;
  accounts: Pick<Accounts, "sites" | "blueprints">;
  journal: Pick<Journal, "find" | "resources">;
}

/** Finds an instance's repository and site in the journal. A repository that a client brought is not ours to update. */
export const targetPlaces =
  ({ store, accounts, journal }: Options): TargetDesk["place"] =>
  async (slug) => {
    const [instance, things] = await Promise.all([journal.find(slug), journal.resources(slug)]);
    const { siteId, host } = sitePlace(accounts, { slug, url: instance?.url, things });
    const repository = things.find(({ kind }) => kind === "github.repository");
    const deployment = things.find(({ kind }) => kind.endsWith(".deployment"));
    const { fullName } = Object(repository?.attrs) as { fullName?: unknown }; // as its adapter gives it
    const isOurs = repository !== undefined && !repository.brought;
    return {
      repository: isOurs && typeof fullName === "string" ? fullName : undefined,
      siteId,
      deployments: host.deployments,
      kept: await keptOf(await store(), siteId),
      async problems() {
        if (instance === undefined || deployment === undefined) return [];
        const { steps } = blueprintNamed(accounts.blueprints, instance.blueprint);
        const step = steps.find((each) => each.step === deployment.step);
        if (step?.does !== "resource") return [];
        return (await step.resource.probe?.(deployment.attrs)) ?? [];
      },
    };
  };
