import path from "node:path";
import { startEngine } from "@atoll/engine/engine";
import { type Journal, openJournal } from "@atoll/engine/journal";
import { type Accounts, connect } from "../accounts.ts";
import type { OutsideBlueprint } from "../blueprints/load.ts";
import { startCloud } from "../cloud.ts";
import type { LocalCloud } from "../settings.ts";
import type { Desk } from "./journal.ts";
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

/** Where the local cloud of an environment keeps its data: of the default in the home folder itself. */
export const cloudHome = (home: string, { name, isDefault }: { name: string; isDefault: boolean }): string =>
  isDefault ? home : path.join(home, "environments", name);

/** Starts the local cloud of an environment, or finds the one that runs. */
export async function startCloudOf(
  home: string,
  environment: { name: string; isDefault: boolean },
  { env, remark }: { env: NodeJS.ProcessEnv; remark(text: string): void },
): Promise<LocalCloud> {
  const { cloud, startedHere } = await startCloud(cloudHome(home, environment), { env });
  const of = environment.isDefault ? "" : ` of "${environment.name}"`;
  if (startedHere) remark(`Local cloud${of} started at ${cloud.url}; \`atoll cloud stop\` ends it.`);
  return cloud;
}

/** Opens a journal for each environment, the first one with a worker where one is wanted. */
export async function openAll(
  environments: Environments,
  options: OpenOptions,
): Promise<[OpenEnvironment, ...OpenEnvironment[]]> {
  const opened: Journal[] = [];
  async function open(environment: Environment, worker: boolean): Promise<OpenEnvironment> {
    const accounts = connect(environment.settings, {}, options.outside);
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
