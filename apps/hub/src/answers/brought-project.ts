import type { BroughtProject } from "@atoll/blueprint-kit/bring";
import { Secret } from "@atoll/core/secret";

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * The Supabase project that an instance's client brought, from its answers; undefined = it was made. "forgotten" = its
 * keys went when the instance was destroyed.
 */
export function broughtIn(answers: unknown): BroughtProject | "forgotten" | undefined {
  const bring = isObject(answers) ? answers.bring : undefined;
  const given = isObject(bring) ? bring.supabase : undefined;
  if (!isObject(given)) return undefined;
  const { url, publishableKey, secretKey, databaseUrl } = given;
  if (typeof url !== "string" || typeof publishableKey !== "string" || !(secretKey instanceof Secret))
    return "forgotten";
  return { url, publishableKey, secretKey, ...(databaseUrl instanceof Secret && { databaseUrl }) };
}
