import type { AnyBlueprint } from "@atoll/core/blueprint";
import { startEngine } from "@atoll/engine/engine";
import { type Journal, openJournal } from "@atoll/engine/journal";
import { type Accounts, connect } from "../accounts.ts";
import type { ArchiveStorage } from "../backups/storage.ts";
import { isMadeOfBackup } from "../backups/welcome.ts";
import type { OutsideBlueprint } from "../blueprints/load.ts";
import { wantedBehind } from "../deployments/pins.ts";
import { targetPlaces } from "../deployments/target-place.ts";
import { type TemplateDesk, templateUpdates } from "../deployments/template-part.ts";
import type { TargetDesk } from "../deployments/template-target.ts";
import { domainsOfProject, domainsOfSite } from "../domains/rows.ts";
import type { ExportSettings } from "../exports/settings.ts";
import type { Limits } from "../monitor/limits.ts";
import type { OperationDesk } from "../operations/desk.ts";
import { operationsOf } from "../operations/operations.ts";
import { poolClaims } from "../pool/claims.ts";
import { forRun, type Quotas } from "../quotas/open.ts";
import { hubIdOf } from "../rebuild/hub-id.ts";
import type { OwnAddresses } from "../resolver/hosts.ts";
import type { Databases } from "../schema/databases.ts";
import { databasesOf } from "../schema/environment.ts";
import type { Kind } from "../schema/kind.ts";
import type { Rehearsals } from "../schema/rehearsals.ts";
import { type RolloutDesk, rollouts } from "../schema/rollout-part.ts";
import type { Scratch } from "../schema/scratch.ts";
import type { Store } from "../store/store.ts";
import type { Desk } from "./journal.ts";
import { spelled } from "./known-variables.ts";
import type { Environment, Environments } from "./settings.ts";

/** An environment with its accounts opened and a journal on them. */
export interface OpenEnvironment extends Environment, Desk {
  accounts: Accounts;
  databases: Databases;
  /** Repository and site of one of its instances. */
  place: TargetDesk["place"];
}

interface OpenOptions {
  databaseUrl: string;
  key: Uint8Array;
  olderKeys: readonly Uint8Array[];
  timeScale: number;
  outside: readonly OutsideBlueprint[];
  /** Do the runs of the first one in this process. A process does those of one environment only. */
  worker: boolean;
  store(): Promise<Store>;
  rehearsals: Rehearsals;
  /** Shares the limits of provider accounts. */
  quotas: Pick<Quotas, "of">;
  /** Hears what providers say of their limits. */
  limits: Pick<Limits, "hears">;
  /** Where archives lie. */
  archives: ArchiveStorage;
  scratch: Scratch;
  exporting: ExportSettings;
  /** Addresses that are nobody's custom domain. */
  ownAddresses(): OwnAddresses;
}

/** The schemas of all blueprints that have one. */
export const kindsOf = (blueprints: readonly AnyBlueprint[]): Kind[] =>
  blueprints.flatMap(({ name, migrations }) => (migrations === undefined ? [] : [{ name, migrations }]));

/** What a closed kind says is to be set, by the names of this environment. */
function closedAt({ spell }: Environment, blueprint: AnyBlueprint): AnyBlueprint {
  const { closed } = blueprint;
  if (closed === undefined) return blueprint;
  const { what, next } = closed;
  return { ...blueprint, closed: { what: spelled(what, spell), next: spelled(next, spell) } };
}

/** Opens a journal for each environment, the first one with a worker where one is wanted. */
export async function openAll(
  environments: Environments,
  options: OpenOptions,
): Promise<[OpenEnvironment, ...OpenEnvironment[]]> {
  const opened: Journal[] = [];
  async function open(environment: Environment, worker: boolean): Promise<OpenEnvironment> {
    const onCall = options.limits.hears(environment.name);
    const { rateLimits = true, timeScale: cloudTime = options.timeScale } = environment.cloud ?? {};
    const governor = rateLimits ? options.quotas.of(environment.name, cloudTime) : undefined;
    const besides = {
      domainsOfProject: async (ref: string) => domainsOfProject(await options.store(), ref),
      domainsOfSite: async (siteId: string) => domainsOfSite(await options.store(), siteId),
      isMadeOfBackup: async (id: string) => isMadeOfBackup(await options.store(), id),
      keptOf: async (siteId: string, newest: string) => wantedBehind(await options.store(), siteId, newest),
    };
    const dns = environment.cloud?.url;
    const { organization } = environment.settings.supabase;
    const pool = poolClaims(options.store, { environment: environment.name, organization });
    const hub = hubIdOf(options.key);
    const made = connect(
      environment.settings,
      { onCall, ...(governor && { governor }), besides, pool, dns, hub },
      options.outside,
    );
    const accounts = { ...made, blueprints: made.blueprints.map((each) => closedAt(environment, each)) };
    const { databaseUrl, key, olderKeys, timeScale } = options;
    const { name } = environment;
    const later = Promise.withResolvers<OperationDesk>();
    const common = {
      databaseUrl,
      key,
      olderKeys,
      timeScale,
      environment: name,
      blueprints: accounts.blueprints,
      operations: operationsOf(later.promise),
    };
    const desk = Promise.withResolvers<RolloutDesk>();
    const template = Promise.withResolvers<TemplateDesk>();
    const journal = await (worker
      ? startEngine({
          ...common,
          onBehalf: forRun,
          jobs: [rollouts(desk.promise), templateUpdates(template.promise)],
        })
      : openJournal(common));
    opened.push(journal);
    const databases = databasesOf({ ...environment, accounts, journal }, options.store);
    const kinds = kindsOf(accounts.blueprints);
    const { ownAddresses, archives, exporting, scratch } = options;
    later.resolve(
      options
        .store()
        .then((store) => ({ store, accounts, databases, archives, scratch, exporting, ownAddresses })),
    );
    const place = targetPlaces({ store: options.store, accounts, journal });
    if (worker) template.resolve({ store: await options.store(), template: accounts.template, place });
    if (worker)
      desk.resolve({
        store: await options.store(),
        databases,
        kind: (wanted) => kinds.find((each) => each.name === wanted),
        rehearsals: options.rehearsals,
      });
    return { ...environment, accounts, journal, databases, place };
  }
  const [first, ...others] = environments;
  try {
    // Journals first: nobody's run begins while something is still missing.
    const rest: OpenEnvironment[] = [];
    for (const each of others) rest.push(await open(each, false));
    return [await open(first, options.worker), ...rest];
  } catch (error) {
    for (const journal of opened) await journal.close();
    throw error;
  }
}
