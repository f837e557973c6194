import { isOfHouse } from "./known-variables.ts";
import type { EnvironmentName } from "./names.ts";

/** How things are done, the same in every environment: nothing here opens or names an account. */
const harmless = ["SUPABASE_CONNECTION", "VERCEL_DEPLOY_FROM"];

/** Of the environments whose prefix a variable has, the one with the longest: STAGING_EU_X is of "staging-eu". */
function ownerOf(all: readonly EnvironmentName[], variable: string): EnvironmentName | undefined {
  return all
    .filter(({ prefix }) => variable.startsWith(prefix))
    .toSorted((a, b) => b.prefix.length - a.prefix.length)[0];
}

/**
 * The variables of one environment under the names that they have without a prefix. What begins with another's prefix
 * is never among them, and, for any but the default, nothing without a prefix that opens or names an account.
 */
export function variablesOf(
  env: NodeJS.ProcessEnv,
  all: readonly EnvironmentName[],
  one: EnvironmentName,
): NodeJS.ProcessEnv {
  const own: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(env))
    if (ownerOf(all, name) === undefined && (one.isDefault || harmless.includes(name))) own[name] = value;
  for (const [name, value] of Object.entries(env))
    if (ownerOf(all, name)?.name === one.name && value) own[name.slice(one.prefix.length)] = value;
  return own;
}

/** How a variable of an environment is to be written: with its prefix, or as it stands in `env` already. */
export function spelledFor(env: NodeJS.ProcessEnv, one: EnvironmentName): (name: string) => string {
  return (name) => {
    const spelled = `${one.prefix}${name}`;
    const isBare = (one.isDefault || harmless.includes(name)) && env[name] && !env[spelled];
    return isBare ? name : spelled;
  };
}

/** What a worker of one environment is started with: the house's variables and its own, nobody else's. */
export function workerEnv(
  env: NodeJS.ProcessEnv,
  all: readonly EnvironmentName[],
  one: EnvironmentName,
): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => {
      const owner = ownerOf(all, name);
      return owner === undefined ? isOfHouse(name) || harmless.includes(name) : owner.name === one.name;
    }),
  );
}

/** Variables of other environments that a process was given: a worker should not have them. Names only. */
export function foreignVariables(
  env: NodeJS.ProcessEnv,
  all: readonly EnvironmentName[],
  name: string,
): string[] {
  return Object.keys(env).filter((each) => {
    const owner = ownerOf(all, each);
    return owner !== undefined && owner.name !== name;
  });
}
