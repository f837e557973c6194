import { Fault } from "@atoll/core/fault";
import { allowedIn, siteOf } from "./allow-list.ts";
import type { SupabaseApi } from "./api.ts";
import { goneFault } from "./statuses.ts";

/** How Auth follows its site to other addresses. Domains come without scheme: "www.toko.example". */
interface Move {
  /** The site's address, to which mails lead: a custom domain's, or its host's own again. Absent = it stays. */
  siteUrl?: string;
  /** Domains at which the site answers now: links may lead there. */
  come?: readonly string[];
  /** Domains at which it does not any more. */
  gone?: readonly string[];
}

interface AuthConfigBody {
  site_url: string | null;
  uri_allow_list: string | null;
}

const path = "/v1/projects/{ref}/config/auth";
const patternOf = (domain: string) => `${siteOf(domain)}/**`;

/** Where Auth of a project (its ref) is now. `lets` = the domains, of those that were asked about, that links may lead to. */
export async function readSite(
  api: SupabaseApi,
  ref: string,
  domains: readonly string[],
): Promise<{ siteUrl: string; lets: string[] }> {
  const body = await api.http.getOrGone<AuthConfigBody>(path, { params: { ref } });
  if (!body) throw goneFault(ref);
  const allowed = new Set(allowedIn(body.uri_allow_list));
  return { siteUrl: body.site_url ?? "", lets: domains.filter((each) => allowed.has(patternOf(each))) };
}

/**
 * Moves Auth of a project (its ref) along with its site. What else may be led to stays; writes nothing where all is so
 * already. Sets `site_url` and `uri_allow_list` of the Management API, whose list is parted by commas.
 */
export async function moveSite(api: SupabaseApi, ref: string, move: Move): Promise<void> {
  const { siteUrl, come = [], gone = [] } = move;
  const odd = [siteUrl ?? "", ...come].find((each) => /[,\s*]/.test(each));
  if (odd !== undefined)
    throw new Fault("rejected", {
      what: `"${odd}" is no address of a site.`,
      next: "Give a domain without commas, spaces and asterisks.",
    });
  const params = { ref };
  const body = await api.http.getOrGone<AuthConfigBody>(path, { params });
  if (!body) throw goneFault(ref);
  const before = allowedIn(body.uri_allow_list);
  const cut = new Set(gone.map(patternOf));
  const after = [...new Set([...before.filter((each) => !cut.has(each)), ...come.map(patternOf)])];
  const change = {
    ...(siteUrl !== undefined && siteUrl !== body.site_url && { site_url: siteUrl }),
    ...(after.join() !== before.join() && { uri_allow_list: after.join(",") }),
  };
  if (Object.keys(change).length > 0) await api.http.patch(path, { params, body: change, safe: true });
}
