import { Fault } from "@atoll/core/fault";
import type { Warm, WarmProjects } from "@atoll/supabase/project-pool";
import { sql } from "kysely";
import { record } from "../store/audit.ts";
import type { Store } from "../store/store.ts";

/** Whose pool it is: one environment's, in the organisation that its token works for. */
export interface PoolOwner {
  environment: string;
  organization: string;
}

/** The journal's word on who holds which project of the pool. Only there it is decided: two workers never both win. */
export function poolClaims(store: () => Promise<Store>, owner: PoolOwner): WarmProjects {
  const { environment, organization } = owner;

  /** What stands in the way of the database passes: the step looks again. */
  async function asked<T>(work: (store: Store) => Promise<T>): Promise<T> {
    try {
      return await work(await store());
    } catch (error) {
      throw new Fault(
        "try-again",
        {
          what: "The warm pool's own table could not be read.",
          next: "Nothing: it is tried again. If it goes on, look at the hub's database.",
        },
        { cause: error },
      );
    }
  }

  async function held(on: Store, instance: string): Promise<Warm | undefined> {
    const { rows } = await sql<Warm>`select ref, name from atoll.pool_projects
      where instance_id = ${instance} and state = 'claimed'`.execute(on);
    return rows[0];
  }

  return {
    claimed: (instance) => asked((on) => held(on, instance)),

    claim: ({ instance, region, size }) =>
      asked(async (on) => {
        const before = await held(on, instance);
        if (before !== undefined) return before;
        return on.transaction().execute(async (tx) => {
          // Only for a creation that stands in the journal: a worker that slept through its instance's end takes none.
          const { rows } = await sql<Warm>`update atoll.pool_projects p
            set state = 'claimed', instance_id = ${instance}, claimed_at = clock_timestamp(), fault = null
            where p.id = (
              select f.id from atoll.pool_projects f
               where f.environment = ${environment} and f.organization = ${organization} and f.region = ${region}
                 and f.instance_size is not distinct from ${size ?? null} and f.state = 'ready'
               order by f.ready_at for update skip locked limit 1)
              and exists (select from atoll.intents i where i.instance_id = ${instance}
                and i.kind = 'supabase.project' and i.does = 'create' and i.outcome is null and i.undone_at is null)
            returning p.ref, p.name`.execute(tx);
          const [taken] = rows;
          if (taken === undefined) return undefined;
          await record(tx, {
            actor: "hub",
            action: "pool.claim",
            subject: `pool/${taken.ref}`,
            details: { environment, region, instance },
          });
          return taken;
        });
      }),

    discard: (ref, why) =>
      asked(async (on) => {
        const fault = { what: why, next: "Nothing: it is removed, and another one is made." };
        await sql`update atoll.pool_projects set state = 'removing', fault = ${JSON.stringify(fault)},
            failures = 0, due_at = clock_timestamp()
          where ref = ${ref} and state = 'claimed' and not exists (
            select from atoll.resources r where r.kind = 'supabase.project' and r.provider_id = ref)`.execute(
          on,
        );
      }),

    removed: (ref) =>
      asked(async (on) => {
        await sql`update atoll.pool_projects set state = 'removed', ended_at = clock_timestamp()
          where ref = ${ref} and state = 'claimed'`.execute(on);
      }),
  };
}
