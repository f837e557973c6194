import { type Change, differences } from "@atoll/core/change";
import type { Address, Observed, Resource } from "@atoll/core/resource";
import type { SupabaseApi } from "./api.ts";

// --- types

/** How people sign in to an instance. What is not named is left as it is. */
export interface AuthConfigIn {
  /** Address of the application. */
  siteUrl: string;
  /** Addresses that a link in a mail may lead to; `**` stands for anything. */
  redirectUrls: readonly string[];
  disableSignup: boolean;
  /** At least 6. */
  passwordMinLength: number;
}

/** What Supabase says of it. */
export interface AuthConfigAttrs {
  siteUrl: string;
  /** Sorted. */
  redirectUrls: string[];
  disableSignup: boolean;
  passwordMinLength: number;
}

interface AuthConfigBody {
  site_url: string | null;
  uri_allow_list: string | null;
  disable_signup: boolean | null;
  password_min_length: number | null;
}

const path = "/v1/projects/{ref}/config/auth";

/** Settings of a project's Auth (`within`). */
export function authConfig(api: SupabaseApi): Resource<AuthConfigIn, AuthConfigAttrs> {
  // --- observe

  async function observe(at: Address): Promise<Observed<AuthConfigAttrs>> {
    const ref = home(at);
    const body = await api.http.getOrGone<AuthConfigBody>(path, { params: { ref } });
    if (!body) return { is: "absent" };
    const attrs = {
      siteUrl: body.site_url ?? "",
      redirectUrls: (body.uri_allow_list ?? "")
        .split(",")
        .map((url) => url.trim())
        .filter((url) => url !== "")
        .toSorted(),
      disableSignup: body.disable_signup ?? false,
      passwordMinLength: body.password_min_length ?? 6,
    };
    return { is: "present", id: ref, owner: "us", attrs };
  }

  // --- compare

  function compare(want: AuthConfigIn, live: AuthConfigAttrs): Change[] {
    return differences({ ...want, redirectUrls: want.redirectUrls.toSorted() }, live);
  }

  return {
    kind: "supabase.auth-config",
    lostCreate: "find-by-name",
    removal: "with-parent",
    observe,
    compare,

    // --- apply

    async apply({ at, want }) {
      const ref = home(at);
      await api.http.patch(path, {
        params: { ref },
        safe: true,
        body: {
          site_url: want.siteUrl,
          uri_allow_list: want.redirectUrls.join(","),
          disable_signup: want.disableSignup,
          password_min_length: want.passwordMinLength,
        },
      });
      return ref;
    },

    // --- remove

    async remove() {
      // Ends with its project; the engine does not ask for it.
    },
  };
}

function home(at: Address): string {
  if (at.within === undefined) throw new Error("supabase.auth-config needs `within`: a project's ref");
  return at.within;
}
