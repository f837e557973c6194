import { Fault } from "@atoll/core/fault";
import type { Secret } from "@atoll/core/secret";
import { type Explanation, messageIn, type Refusal, textAt } from "@atoll/provider-kit/explain";
import { createHttp, type Http } from "@atoll/provider-kit/http";
import { HttpFault } from "@atoll/provider-kit/http-fault";
import type { SupabaseApi } from "./api.ts";
import { readKeys } from "./keys.ts";

/** Opens the admin side of projects' Auth. */
export interface AuthAdmin {
  /** Does some work at a project's Auth; undefined when the project is gone. */
  at<T>(ref: string, work: (auth: Http) => Promise<T>): Promise<T | undefined>;
}

/** Signs in with the project's own secret key, read with the account's token and kept in memory only. */
export function authAdmin(api: SupabaseApi): AuthAdmin {
  const clients = new Map<string, Http>();

  async function open(ref: string): Promise<Http | undefined> {
    const keys = await readKeys(api, ref);
    if (!keys) return undefined;
    const token = keys.secret ?? keys.serviceRole;
    if (!token)
      throw new Fault("try-again", {
        what: `Supabase project ${ref} has no secret key yet.`,
        next: "Nothing: it is looked for again. If it goes on, make one in the project's settings.",
        retryInMs: api.pollMs,
      });
    const auth = authAt(api, api.projectUrl(ref), token);
    clients.set(ref, auth);
    return auth;
  }

  return {
    async at(ref, work) {
      const known = clients.get(ref);
      if (known) {
        try {
          return await work(known);
        } catch (fault) {
          // The key may have been replaced, or the project removed, and then its address is gone too (0).
          if (!(fault instanceof HttpFault) || ![0, 401, 403, 404].includes(fault.status)) throw fault;
          clients.delete(ref);
        }
      }
      const auth = await open(ref);
      return auth && (await work(auth));
    },
  };
}

/** Auth of the project at an address, opened by one of its keys, of either kind. */
export function authAt(api: SupabaseApi, url: string, key: Secret): Http {
  return createHttp({
    ...api.shared,
    provider: "Supabase Auth",
    baseUrl: `${url}/auth/v1`,
    token: key,
    authorize(headers, secret) {
      headers.set("apikey", secret.expose());
      // The new kind of key is refused as a bearer token: it is no JWT.
      // A call that comes with a user's session speaks for that user.
      if (!secret.expose().startsWith("sb_") && !headers.has("authorization"))
        headers.set("authorization", `Bearer ${secret.expose()}`);
    },
    headers: { "user-agent": "atoll", "x-supabase-api-version": "2024-01-01" },
    explain,
  });
}

const nextFor: Record<string, Explanation> = {
  email_exists: { exists: true, field: "email" },
  user_already_exists: { exists: true, field: "email" },
  weak_password: { field: "password" },
};

function explain({ body }: Refusal): Explanation {
  const code = textAt(body, "error_code") ?? textAt(body, "code");
  const message = messageIn(body);
  return {
    ...(code !== undefined && { code, ...nextFor[code] }),
    ...(message !== undefined && { message }),
  };
}
