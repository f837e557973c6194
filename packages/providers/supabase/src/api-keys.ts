import type { Change } from "@atoll/core/change";
import type { Address, Observed, Resource } from "@atoll/core/resource";
import type { Secret } from "@atoll/core/secret";
import type { SupabaseApi } from "./api.ts";
import { type Keys, readKeys } from "./keys.ts";

// --- types

/** Which keys a project should have: one of each new kind. */
export interface ApiKeysIn {
  publishable: true;
  secret: true;
}

/** Keys of a project. The old kind is there while Supabase still gives it. */
export interface ApiKeysAttrs extends Keys {
  /** For browsers: "sb_publishable_…". */
  publishable: string;
  /** Opens everything: "sb_secret_…". */
  secret: Secret;
}

/** The API keys of a project (`within`). They can be read long before its database answers. */
export function apiKeys(api: SupabaseApi): Resource<ApiKeysIn, ApiKeysAttrs> {
  // --- observe

  async function observe(at: Address): Promise<Observed<ApiKeysAttrs>> {
    const id = home(at);
    const keys = await readKeys(api, id);
    if (!keys) return { is: "absent" };
    if (Object.keys(keys).length === 0)
      return {
        is: "settling",
        id,
        retryInMs: Math.min(1_000, api.pollMs),
        why: "Supabase is making the keys",
      };
    const { publishable, secret } = keys;
    if (publishable === undefined || secret === undefined) return { is: "absent" };
    return { is: "present", id, owner: "us", attrs: { ...keys, publishable, secret } };
  }

  // --- compare

  /** Keys are there or not; without both of them `observe` says absent. */
  function compare(): Change[] {
    return [];
  }

  // --- apply

  async function make(ref: string, body: object): Promise<void> {
    await api.http.post("/v1/projects/{ref}/api-keys", {
      params: { ref },
      query: { reveal: true },
      body,
      // A second one is refused for its name, and then the first one is the answer.
      safe: true,
      exists: async () => ({}),
    });
  }

  return {
    kind: "supabase.api-keys",
    lostCreate: "find-by-name",
    removal: "with-parent",
    observe,
    compare,

    async apply({ at }) {
      const ref = home(at);
      const keys = await readKeys(api, ref);
      if (keys?.publishable === undefined) await make(ref, { type: "publishable", name: "default" });
      if (keys?.secret === undefined)
        await make(ref, { type: "secret", name: "default", secret_jwt_template: { role: "service_role" } });
      return ref;
    },

    // --- remove

    async remove() {
      // Ends with its project; the engine does not ask for it.
    },
  };
}

function home(at: Address): string {
  if (at.within === undefined) throw new Error("supabase.api-keys needs `within`: a project's ref");
  return at.within;
}
