import { type Change, differences } from "@atoll/core/change";
import type { Address, Observed, Resource } from "@atoll/core/resource";
import { allowedIn, siteOf } from "./allow-list.ts";
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
  /** Custom domains that the site was given; absent = none. */
  domains?: SiteDomains;
}

/** Custom domains of a site beside its host's own address. */
interface SiteDomains {
  /** Links may lead there. */
  all: readonly string[];
  /** The one that is the site's address now; absent = that is still its host's own. */
  primary?: string;
}

interface AuthConfigOptions {
  /** Custom domains that a project's site was given, by the project's ref; what Auth was moved to is no drift then. */
  domainsOf?(ref: string): Promise<SiteDomains>;
}

interface AuthConfigBody {
  site_url: string | null;
  uri_allow_list: string | null;
  disable_signup: boolean | null;
  password_min_length: number | null;
}

const path = "/v1/projects/{ref}/config/auth";
const none: SiteDomains = { all: [] };

/** Settings of a project's Auth (`within`). */
export function authConfig(
  api: SupabaseApi,
  { domainsOf = async () => none }: AuthConfigOptions = {},
): Resource<AuthConfigIn, AuthConfigAttrs> {
  // --- observe

  async function observe(at: Address): Promise<Observed<AuthConfigAttrs>> {
    const ref = home(at);
    const body = await api.http.getOrGone<AuthConfigBody>(path, { params: { ref } });
    if (!body) return { is: "absent" };
    const domains = await domainsOf(ref);
    const attrs = {
      siteUrl: body.site_url ?? "",
      redirectUrls: allowedIn(body.uri_allow_list).toSorted(),
      disableSignup: body.disable_signup ?? false,
      passwordMinLength: body.password_min_length ?? 6,
      ...(domains.all.length > 0 && { domains }),
    };
    return { is: "present", id: ref, owner: "us", attrs };
  }

  // --- compare

  function compare(want: AuthConfigIn, live: AuthConfigAttrs): Change[] {
    return differences(movedAlong(want, live.domains), live);
  }

  return {
    kind: "supabase.auth-config",
    lostCreate: "find-by-name",
    removal: "with-parent",
    observe,
    compare,

    // --- apply

    async apply({ at, want, live }) {
      const ref = home(at);
      const { siteUrl, redirectUrls } = movedAlong(want, live ? live.domains : await domainsOf(ref));
      await api.http.patch(path, {
        params: { ref },
        safe: true,
        body: {
          site_url: siteUrl,
          uri_allow_list: redirectUrls.join(","),
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

/** What is wanted where the site has custom domains: they are let in beside its first address. */
function movedAlong(want: AuthConfigIn, { all, primary }: SiteDomains = none): AuthConfigIn {
  const redirects = new Set([...want.redirectUrls, ...all.map((each) => `${siteOf(each)}/**`)]);
  return {
    ...want,
    siteUrl: primary === undefined ? want.siteUrl : siteOf(primary),
    redirectUrls: [...redirects].toSorted(),
  };
}

function home(at: Address): string {
  if (at.within === undefined) throw new Error("supabase.auth-config needs `within`: a project's ref");
  return at.within;
}
