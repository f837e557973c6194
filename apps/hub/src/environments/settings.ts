import {
  type LocalCloud,
  localSettings,
  mustHaveAll,
  type ProviderSettings,
  providerSettings,
  realSettings,
  runsLocally,
} from "../settings.ts";
import { type EnvironmentName, environmentNamed, environmentsOf } from "./names.ts";
import { spelledFor, variablesOf } from "./variables.ts";

/** An environment's accounts: real ones, or a local cloud of its own. */
export interface Environment {
  name: string;
  settings: ProviderSettings;
  cloud: LocalCloud | undefined;
  /** How its variables are written, for whoever has to set one. */
  spell(variable: string): string;
}

/** The default first. */
export type Environments = readonly [Environment, ...Environment[]];

interface ReadOptions {
  env: NodeJS.ProcessEnv;
  /** Only this one, whose variables are then the only ones that are needed. */
  only?: string | undefined;
  /** The local cloud of an environment. */
  cloudOf(environment: { name: string; isDefault: boolean }): Promise<LocalCloud>;
}

/**
 * The environments that this process works with. Either all of them have real accounts, or, where no token at all is
 * set, each has a local cloud of its own. Every missing variable of every environment is named at once.
 */
export async function readEnvironments({ env, only, cloudOf }: ReadOptions): Promise<Environments> {
  const all = environmentsOf(env);
  if (all === undefined) return [await theOne(env, only, cloudOf)];
  const wanted = only === undefined ? all : [environmentNamed(all, only)];
  const read = runsLocally(env)
    ? await Promise.all(wanted.map((one) => local(env, all, one, cloudOf)))
    : real(env, all, wanted);
  const [first, ...others] = read;
  if (first === undefined) throw new Error("ATOLL_ENVIRONMENTS names none.");
  return [first, ...others];
}

async function theOne(
  env: NodeJS.ProcessEnv,
  only: string | undefined,
  cloudOf: ReadOptions["cloudOf"],
): Promise<Environment> {
  const name = env.ATOLL_ENVIRONMENT || (runsLocally(env) ? "local" : "production");
  if (only !== undefined) environmentNamed([{ name }], only);
  let cloud: LocalCloud | undefined;
  const settings = await providerSettings(env, async () => {
    cloud = await cloudOf({ name, isDefault: true });
    return cloud;
  });
  return { name, settings, cloud, spell: (variable) => variable };
}

async function local(
  env: NodeJS.ProcessEnv,
  all: readonly EnvironmentName[],
  one: EnvironmentName,
  cloudOf: ReadOptions["cloudOf"],
): Promise<Environment> {
  const spell = spelledFor(env, one);
  const cloud = await cloudOf(one);
  return {
    name: one.name,
    settings: localSettings(variablesOf(env, all, one), cloud, spell),
    cloud,
    spell,
  };
}

function real(
  env: NodeJS.ProcessEnv,
  all: readonly EnvironmentName[],
  wanted: readonly EnvironmentName[],
): Environment[] {
  const lacking: string[] = [];
  const read = wanted.map((one): Environment => {
    const spell = spelledFor(env, one);
    const { settings, missing } = realSettings(variablesOf(env, all, one), spell);
    lacking.push(...missing);
    return { name: one.name, settings, cloud: undefined, spell };
  });
  mustHaveAll(lacking);
  return read;
}
