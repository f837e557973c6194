import type { Pool, PoolDrain, PoolSettings, PoolSize } from "@atoll/contract/schemas/pool";
import { Fault } from "@atoll/core/fault";
import { randomIds } from "@atoll/core/ids";
import { sql } from "kysely";
import type { Limits } from "../monitor/limits.ts";
import { inPool } from "../schema/pool.ts";
import { record } from "../store/audit.ts";
import { readSettings, writeSettings } from "../store/settings.ts";
import type { Store } from "../store/store.ts";
import { fillingOf } from "./filling.ts";
import { type Gated, openGate } from "./gate.ts";
import { tendAlone } from "./lock.ts";
import {
  endLostClaims,
  forgetRemoved,
  insertProject,
  lateFailures,
  listPool,
  type PoolRow,
  type Reason,
  throwAway,
} from "./rows.ts";
import { shownPool } from "./shown.ts";
import { type Blank, tend } from "./tend.ts";

/** Projects that are kept ready: for the hub's API and the command line. Throws `Fault`s. */
export interface PoolDesk {
  show(): Promise<Pool>;
  /** Wants so many at a place from now on; without an environment at the default one. */
  resize(size: PoolSize, by: string): Promise<Pool>;
  /** Wants none at these places any more, and has those removed that nobody claimed. */
  drain(which: PoolDrain, by: string): Promise<Pool>;
  /** Makes, looks at and removes what is due, once. */
  round(): Promise<void>;
}

/** What the pool needs of an environment. */
interface Place extends Gated {
  settings: { supabase: { organization: string } };
  accounts: Gated["accounts"] & { blank: Blank; regions(): Promise<readonly string[]> };
}

interface Options {
  databaseUrl: string;
  store(): Promise<Store>;
  environments: readonly Place[];
  limits: Pick<Limits, "isLow">;
  timeScale: number;
}

/** Until somebody says otherwise. */
const off: PoolSettings = { sizes: [], maxAgeDays: 30 };

const atOnce = 4;
/** So many that never came up within half an hour are enough. */
const failuresAtMost = 3;

const stoppedReason: Reason = {
  what: `${failuresAtMost} in a row did not come up there, so no more are made for half an hour.`,
  next: "Look at Supabase's status page and the organisation's limits; instances are made without the pool meanwhile.",
};

/** Opens the pool over all environments of this process. */
export function openPool({ databaseUrl, environments, limits, timeScale, ...options }: Options): PoolDesk {
  const settingsOf = async (store: Store) => {
    const { value } = await readSettings(store);
    return { settings: value.warmPool ?? off, prices: value.costs };
  };

  function placeNamed(name: string | undefined): Place {
    const found = name === undefined ? environments[0] : environments.find((each) => each.name === name);
    if (found !== undefined) return found;
    throw new Fault("rejected", {
      what: `There is no environment "${name}" here.`,
      next: `Choose one of: ${environments.map((each) => each.name).join(", ")}.`,
      field: "environment",
    });
  }

  async function mustBeOffered({ accounts }: Place, region: string): Promise<void> {
    const offered = await accounts.regions();
    if (offered.includes(region)) return;
    throw new Fault("rejected", {
      what: `Supabase offers no region "${region}" now.`,
      next: `Choose one of: ${[...offered].sort().join(", ")}.`,
      field: "region",
    });
  }

  async function show(): Promise<Pool> {
    const store = await options.store();
    const { settings, prices } = await settingsOf(store);
    const stopped = new Set<string>();
    for (const { environment, region } of settings.sizes)
      if ((await lateFailures(store, environment, region)) >= failuresAtMost)
        stopped.add(`${environment} ${region}`);
    return shownPool({
      rows: await listPool(store),
      settings,
      prices,
      stopped: (environment, region) => (stopped.has(`${environment} ${region}`) ? stoppedReason : undefined),
    });
  }

  /** Changes the settings as they are now; somebody who changes them at the same time loses nothing. */
  async function change(
    alter: (settings: PoolSettings) => PoolSettings,
    also: (tx: Parameters<typeof writeSettings>[0]) => Promise<void>,
  ): Promise<Pool> {
    const store = await options.store();
    for (let tries = 0; tries < 5; tries++) {
      const { value, version } = await readSettings(store);
      const done = await store.transaction().execute(async (tx) => {
        const written = { ...value, warmPool: alter(value.warmPool ?? off) };
        if (!(await writeSettings(tx, written, version))) return false;
        await also(tx);
        return true;
      });
      if (done) return show();
    }
    throw new Fault("try-again", {
      what: "Somebody else kept changing the settings.",
      next: "Say it again.",
    });
  }

  async function fill(store: Store, place: Place, settings: PoolSettings): Promise<PoolRow[]> {
    const { name, settings: at } = place;
    await endLostClaims(store, name);
    const { make, old, surplus } = fillingOf(await listPool(store, name), settings, name);
    for (const { id } of old)
      await throwAway(store, id, {
        what: `Nobody claimed it within ${settings.maxAgeDays} days.`,
        next: "Nothing: it is removed, and another one is made where one is wanted.",
      });
    for (const { id } of surplus) await throwAway(store, id);
    for (const region of make) {
      if ((await lateFailures(store, name, region)) >= failuresAtMost) continue;
      const id = randomIds.suffix();
      const owner = { environment: name, organization: at.supabase.organization };
      await insertProject(store, { ...owner, region }, id, `${poolStem}${id}-${randomIds.suffix()}`);
    }
    return listPool(store, name);
  }

  return {
    show,

    async resize({ environment, region, count, maxAgeDays }, by) {
      const place = placeNamed(environment);
      if (count > 0) await mustBeOffered(place, region);
      const { name } = place;
      const isOther = (each: { environment: string; region: string }) =>
        each.environment !== name || each.region !== region;
      return change(
        (settings) => ({
          maxAgeDays: maxAgeDays ?? settings.maxAgeDays,
          sizes: [
            ...settings.sizes.filter(isOther),
            ...(count > 0 ? [{ environment: name, region, count }] : []),
          ],
        }),
        (tx) =>
          record(tx, {
            actor: by,
            action: "pool.resize",
            subject: `pool/${name}/${region}`,
            details: { count, ...(maxAgeDays !== undefined && { maxAgeDays }) },
          }),
      );
    },

    async drain({ environment, region }, by) {
      const name = environment === undefined ? undefined : placeNamed(environment).name;
      const isMeant = (each: { environment: string; region: string }) =>
        (name === undefined || each.environment === name) && (region === undefined || each.region === region);
      return change(
        (settings) => ({ ...settings, sizes: settings.sizes.filter((each) => !isMeant(each)) }),
        async (tx) => {
          const { rows } = await sql`update atoll.pool_projects
            set state = 'removing', due_at = least(due_at, clock_timestamp()), failures = 0, fault = null
            where state in ('making', 'ready', 'failed')
              and (${name ?? null}::text is null or environment = ${name ?? null})
              and (${region ?? null}::text is null or region = ${region ?? null}) returning id`.execute(tx);
          await record(tx, {
            actor: by,
            action: "pool.drain",
            subject: `pool/${name ?? "*"}/${region ?? "*"}`,
            details: { projects: rows.length },
          });
        },
      );
    },

    async round() {
      const store = await options.store();
      const { settings } = await settingsOf(store);
      const { rows: standing } = await sql<{ environment: string }>`select distinct environment
        from atoll.pool_projects p where p.state in ('making', 'ready', 'failed', 'removing')
          or p.state = 'claimed' and not exists (select from atoll.resources r
            where r.kind = 'supabase.project' and r.provider_id = p.ref)`.execute(store);
      for (const place of environments) {
        const { name } = place;
        const isUsed = [...settings.sizes, ...standing].some(({ environment }) => environment === name);
        if (!isUsed) continue;
        await tendAlone(databaseUrl, name, async () => {
          const rows = await fill(store, place, settings);
          const mayCreate = openGate(place, limits);
          const tools = { store, timeScale, mayCreate, ...place.accounts.blank };
          await inPool(
            rows.filter(({ is_due }) => is_due),
            atOnce,
            (row) => tend(tools, row),
          );
        });
      }
      await forgetRemoved(store);
    },
  };
}

/** How the names of all projects of a pool begin; an unguessable suffix ends them. */
const poolStem = "atoll-pool-";
