import type { AnyBlueprint } from "@atoll/core/blueprint";
import { startEngine } from "@atoll/engine/engine";
import { type Journal, openJournal } from "@atoll/engine/journal";
import { type Accounts, connect } from "../accounts.ts";
import type { OutsideBlueprint } from "../blueprints/load.ts";
import type { Desk } from "./journal.ts";
import { spelled } from "./known-variables.ts";
import type { Environment, Environments } from "./settings.ts";

/** An environment with its accounts opened and a journal on them. */
export interface OpenEnvironment extends Environment, Desk {
  accounts: Accounts;
}

interface OpenOptions {
  databaseUrl: string;
  key: Uint8Array;
  timeScale: number;
  outside: readonly OutsideBlueprint[];
  /** Do the runs of the first one in this process. A process does those of one environment only. */
  worker: boolean;
}

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
    const common = { databaseUrl, key, timeScale, environment: name, blueprints: accounts.blueprints };
    const journal = await (worker ? startEngine(common) : openJournal(common));
    opened.push(journal);
    return { ...environment, accounts, journal };
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
