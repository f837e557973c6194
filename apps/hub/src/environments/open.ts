import type { AnyBlueprint } from "@atoll/core/blueprint";
import { startEngine } from "@atoll/engine/engine";
import { type Journal, openJournal } from "@atoll/engine/journal";
import { type Accounts, connect } from "../accounts.ts";
import type { OutsideBlueprint } from "../blueprints/load.ts";
import type { OperationDesk } from "../operations/desk.ts";
import { operationsOf } from "../operations/operations.ts";
import type { Databases } from "../schema/databases.ts";
import { databasesOf } from "../schema/environment.ts";
import type { Kind } from "../schema/kind.ts";
import type { Rehearsals } from "../schema/rehearsals.ts";
import { type RolloutDesk, rollouts } from "../schema/rollout-part.ts";
import type { Store } from "../store/store.ts";
import type { Desk } from "./journal.ts";
import { spelled } from "./known-variables.ts";
import type { Environment, Environments } from "./settings.ts";

/** An environment with its accounts opened and a journal on them. */
export interface OpenEnvironment extends Environment, Desk {
  accounts: Accounts;
  databases: Databases;
}

interface OpenOptions {
  databaseUrl: string;
  key: Uint8Array;
  timeScale: number;
  outside: readonly OutsideBlueprint[];
  /** Do the runs of the first one in this process. A process does those of one environment only. */
  worker: boolean;
  store(): Promise<Store>;
  rehearsals: Rehearsals;
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
    const made = connect(environment.settings, {}, options.outside);
    const accounts = { ...made, blueprints: made.blueprints.map((each) => closedAt(environment, each)) };
    const { databaseUrl, key, timeScale } = options;
    const { name } = environment;
    const later = Promise.withResolvers<OperationDesk>();
    const common = {
      databaseUrl,
      key,
      timeScale,
      environment: name,
      blueprints: accounts.blueprints,
      operations: operationsOf(later.promise),
    };
    const desk = Promise.withResolvers<RolloutDesk>();
    const journal = await (worker
      ? startEngine({ ...common, jobs: [rollouts(desk.promise)] })
      : openJournal(common));
    opened.push(journal);
    const databases = databasesOf({ ...environment, accounts, journal }, options.store);
    const kinds = kindsOf(accounts.blueprints);
    later.resolve(options.store().then((store) => ({ store, accounts, databases })));
    if (worker)
      desk.resolve({
        store: await options.store(),
        databases,
        kind: (wanted) => kinds.find((each) => each.name === wanted),
        rehearsals: options.rehearsals,
      });
    return { ...environment, accounts, journal, databases };
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
