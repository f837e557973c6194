import { Fault } from "@atoll/core/fault";
import { Secret } from "@atoll/core/secret";
import type { SupabaseApi } from "./api.ts";

interface KeyBody {
  name: string;
  api_key?: string | null;
  type?: "legacy" | "publishable" | "secret" | null;
}

/** Keys of a project, as far as it has them. */
export interface Keys {
  publishable?: string;
  secret?: Secret;
  /** Old kind, a JWT. */
  anon?: string;
  /** Old kind, a JWT. */
  serviceRole?: Secret;
}

/** Reads a project's keys of both kinds; undefined when the project is gone. Empty for a while after its creation. */
export async function readKeys(api: SupabaseApi, ref: string): Promise<Keys | undefined> {
  const bodies = await api.http.getOrGone<KeyBody[]>("/v1/projects/{ref}/api-keys", {
    params: { ref },
    query: { reveal: true },
  });
  if (!bodies) return undefined;
  const value = (type: string, name?: string) =>
    bodies.find((each) => each.type === type && (name === undefined || each.name === name))?.api_key;
  const keys = {
    publishable: open(value("publishable", "default") ?? value("publishable")),
    secret: open(value("secret", "default") ?? value("secret")),
    // Answers from before the new kind have no type.
    anon: open(value("legacy", "anon") ?? bodies.find((each) => each.name === "anon")?.api_key),
    serviceRole: open(
      value("legacy", "service_role") ?? bodies.find((each) => each.name === "service_role")?.api_key,
    ),
  };
  return {
    ...(keys.publishable !== undefined && { publishable: keys.publishable }),
    ...(keys.secret !== undefined && { secret: new Secret("Supabase secret key", keys.secret) }),
    ...(keys.anon !== undefined && { anon: keys.anon }),
    ...(keys.serviceRole !== undefined && {
      serviceRole: new Secret("Supabase service_role key", keys.serviceRole),
    }),
  };
}

/** A key's value. Without the right to see them Supabase masks them, which must never be taken for a key. */
function open(value: string | null | undefined): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (/^[A-Za-z0-9._-]+$/.test(value)) return value;
  throw new Fault("sign-in-again", {
    what: "Supabase does not show this token the values of the API keys.",
    next: "Give the token the permission to read API keys with their secrets, then retry the run.",
  });
}
