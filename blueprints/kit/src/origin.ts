import type { Instance } from "@atoll/core/instance";
import { Secret } from "@atoll/core/secret";
import { jsonLiteral } from "@atoll/fleet/vault";

/** Row of `instance_config` that says what the instance was made of. */
export const originKey = "ATOLL_ORIGIN";

/** Name of the same as a file beside the copies of its workflows. */
export const originFile = "origin.json";

/**
 * What an instance was made of: what a hub whose database is gone makes its record of again. Holds no secret; a secret
 * among the answers is left out.
 */
export interface Origin {
  /** The instance's id. */
  id: string;
  slug: string;
  blueprint: string;
  environment: string;
  answers: Record<string, unknown>;
  /** What was random, chosen once; the id of the hub that made it is among it. */
  chosen: Record<string, string>;
  /** By step: kinds that another choice of adapters would have made otherwise. */
  kinds: Record<string, string>;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Keys sorted at every depth, so that the same origin has the same text whatever a database did to its keys. */
function plain(value: unknown): unknown {
  if (value instanceof Secret) return undefined;
  // What no database keeps: a NUL, half of a surrogate pair.
  if (typeof value === "string") return value.replaceAll("\0", "").toWellFormed();
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, plain(each)] as const);
  return Object.fromEntries(
    entries.filter(([, each]) => each !== undefined).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** The origin of an instance, its keys in an order that never changes. */
export function originOf(instance: Instance, kinds: Record<string, string>): Origin {
  const { id, slug, blueprint, environment, answers, chosen } = instance;
  return plain({ id, slug, blueprint, environment, answers, chosen, kinds }) as Origin; // the same keys, sorted
}

/** SQL that writes an origin into its instance's database, safe to repeat. Only the database's owner reads it. */
export const originSeed = (origin: Origin): string => `
insert into public.instance_config (key, value, is_secret, updated_by)
values ('${originKey}', ${jsonLiteral(origin)}, true, 'atoll')
on conflict (key) do update set value = excluded.value, is_secret = true, updated_by = 'atoll'
  where public.instance_config.value <> excluded.value;`;

/** The origin as the text of a file. */
export const originText = (origin: Origin): string => `${JSON.stringify(origin, null, 2)}\n`;

const isTexts = (value: unknown): value is Record<string, string> =>
  isObject(value) && Object.values(value).every((each) => typeof each === "string");

/** An origin as it was read somewhere, which anybody may have written to; undefined where it is none. */
export function readOrigin(value: unknown): Origin | undefined {
  if (!isObject(value)) return undefined;
  const { id, slug, blueprint, environment, answers, chosen, kinds } = value;
  const texts = [id, slug, blueprint, environment];
  if (!texts.every((each) => typeof each === "string" && each.length > 0 && each.length <= 100))
    return undefined;
  if (!isObject(answers) || !isTexts(chosen) || !isTexts(kinds)) return undefined;
  return { id, slug, blueprint, environment, answers, chosen, kinds } as Origin; // each was looked at above
}
