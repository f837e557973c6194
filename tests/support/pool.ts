import type { AnyBlueprint } from "@atoll/core/blueprint";
import { prepareDatabase } from "@atoll/engine/migrate";
import { type Accounts, connect } from "@atoll/hub/accounts";
import { poolClaims } from "@atoll/hub/pool/claims";
import { openPool, type PoolDesk } from "@atoll/hub/pool/open";
import { type LocalCloud, providerSettings } from "@atoll/hub/settings";
import { openLater } from "@atoll/hub/store/later";
import type { WarmProjects } from "@atoll/supabase/project-pool";

const stepsOfData = ["project", "database", "schema"];

/** The same blueprint with its project and what stands in that: what a pool has to do with. */
export function onlyData(blueprint: AnyBlueprint): AnyBlueprint {
  const steps = blueprint.steps.filter(({ step }) => stepsOfData.includes(step));
  return { ...blueprint, steps, stepsFor: () => steps };
}

/** A warm pool on a test's local cloud. */
interface TestPool {
  desk: PoolDesk;
  claims: WarmProjects;
  accounts: Accounts;
  /** The `business` blueprint, whose projects come from the pool. */
  business: AnyBlueprint;
  organization: string;
  /** Goes round until nothing is being made or removed. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a pool; `wrap` changes what claims are asked by, `room` is how many projects the plan has left. */
export async function openTestPool(
  databaseUrl: string,
  cloud: LocalCloud,
  { wrap = (claims) => claims, room }: { wrap?: (claims: WarmProjects) => WarmProjects; room?: number } = {},
): Promise<TestPool> {
  await prepareDatabase(databaseUrl);
  const later = openLater(databaseUrl);
  const settings = await providerSettings({}, async () => cloud);
  const { organization } = settings.supabase;
  const claims = poolClaims(later.store, { environment: "local", organization });
  const accounts = connect(settings, { pool: wrap(claims) });
  const [business] = accounts.blueprints;
  if (business === undefined) throw new Error("There is no blueprint.");
  const desk = openPool({
    databaseUrl,
    store: later.store,
    environments: [
      {
        name: "local",
        settings,
        accounts: { ...accounts, ...(room !== undefined && { roomLeft: async () => room }) },
      },
    ],
    limits: { isLow: () => false },
    timeScale: 50,
  });
  return {
    desk,
    claims,
    accounts,
    business,
    organization,
    async settle() {
      for (let rounds = 0; rounds < 100; rounds++) {
        await desk.round();
        const { items, places } = await desk.show();
        const isMoving = items.some(({ state }) => state === "making" || state === "removing");
        const isShort = places.some(({ wanted, ready, failed }) => wanted > ready + failed);
        if (!isMoving && !isShort) return;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error(`The pool did not settle: ${JSON.stringify(await desk.show())}`);
    },
    close: later.close,
  };
}
