import { Fault } from "@atoll/core/fault";
import { providerWords, variableUnder } from "./known-variables.ts";

/** One set of provider accounts, as ATOLL_ENVIRONMENTS names it. */
export interface EnvironmentName {
  name: string;
  /** What its variables begin with: "STAGING_". */
  prefix: string;
  /** The first one: what is asked for without an environment is made there, and it may use names without a prefix. */
  isDefault: boolean;
}

const shape = /^[a-z][a-z0-9-]{0,30}$/;

const prefixOf = (name: string) => `${name.toUpperCase().replaceAll("-", "_")}_`;

const fault = (what: string, next: string) =>
  new Fault("rejected", { what, next, field: "ATOLL_ENVIRONMENTS" });

function check(name: string): string {
  if (!shape.test(name))
    throw fault(
      `ATOLL_ENVIRONMENTS holds "${name}", which is no name of an environment.`,
      "Use up to 31 of a-z, 0-9 and -, beginning with a letter, with commas between the names.",
    );
  // With a prefix of this word a variable of another environment, or one without a prefix, would be read as its own.
  const word = providerWords.find((each) => name.split("-").includes(each));
  if (word !== undefined)
    throw fault(
      `ATOLL_ENVIRONMENTS holds "${name}", and variables with "${word.toUpperCase()}_" in front are a provider's own.`,
      `Choose a name without "${word}".`,
    );
  const taken = variableUnder(prefixOf(name));
  if (taken !== undefined)
    throw fault(
      `ATOLL_ENVIRONMENTS holds "${name}", and ${taken} begins with "${prefixOf(name)}" but belongs to no environment.`,
      "Choose another name, like staging.",
    );
  return name;
}

/**
 * The environments that ATOLL_ENVIRONMENTS names, the default first; undefined when it is not set, and the hub has one.
 * Throws a fault on field "ATOLL_ENVIRONMENTS" for a name that cannot be, or that could be taken for another.
 */
export function environmentsOf(env: NodeJS.ProcessEnv): readonly EnvironmentName[] | undefined {
  const given = env.ATOLL_ENVIRONMENTS?.trim();
  if (!given) return undefined;
  if (env.ATOLL_ENVIRONMENT)
    throw fault(
      "ATOLL_ENVIRONMENT and ATOLL_ENVIRONMENTS are both set: one says that there is one environment, the other that there are several.",
      "Unset ATOLL_ENVIRONMENT; the first name in ATOLL_ENVIRONMENTS is the default.",
    );
  const names = given.split(",").map((name) => check(name.trim()));
  // Two names have two prefixes: a name has no capitals and no lines.
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined)
    throw fault(`ATOLL_ENVIRONMENTS names "${twice}" twice.`, "Give each environment a name of its own.");
  return names.map((name, index) => ({ name, prefix: prefixOf(name), isDefault: index === 0 }));
}

/** The one of these names. Throws a fault on field "environment" that lists them. */
export function environmentNamed<T extends { name: string }>(all: readonly T[], name: string): T {
  const found = all.find((each) => each.name === name);
  if (found !== undefined) return found;
  throw new Fault("rejected", {
    what: `There is no environment "${name}".`,
    next: `Use one of: ${all.map((each) => each.name).join(", ")}.`,
    field: "environment",
  });
}
