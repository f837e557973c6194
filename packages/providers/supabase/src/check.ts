import { Fault } from "@atoll/core/fault";
import type { Finding } from "@atoll/provider-kit/finding";
import { HttpFault } from "@atoll/provider-kit/http-fault";
import type { SupabaseApi } from "./api.ts";
import { nearestRegion, regions } from "./regions.ts";
import { activeProjects, freeProjects } from "./room.ts";

interface OrganizationBody {
  name: string;
  plan?: string;
}

/** Looks, without writing, whether token, organisation, plan, permissions and `wanted` regions will do. */
export async function check(api: SupabaseApi, wanted: readonly string[] = []): Promise<Finding[]> {
  const subject = `Supabase organisation ${api.organization}`;
  try {
    const organization = await api.http.getOrGone<OrganizationBody>("/v1/organizations/{slug}", {
      params: { slug: api.organization },
    });
    if (!organization) return [await organizationMissing(api, subject)];
    return [
      { ok: true, subject: "Supabase token", what: "Is valid.", next: "" },
      await plan(api, subject, organization),
      await permissions(api),
      ...(await othersOf(api)),
      ...(await offeredRegions(api, wanted)),
    ];
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    return [{ ok: false, subject: "Supabase token", what: fault.what, next: fault.next }];
  }
}

async function organizationMissing(api: SupabaseApi, subject: string): Promise<Finding> {
  const seen = await api.http.get<{ slug?: string; id: string }[]>("/v1/organizations");
  const slugs = seen.map(({ slug, id }) => slug ?? id).join(", ");
  return {
    ok: false,
    subject,
    what: `Is not there, or this token may not see it. It sees: ${slugs || "none"}.`,
    next: "Set SUPABASE_ORG_ID to the organisation's slug (it stands in the dashboard's address).",
  };
}

async function plan(
  api: SupabaseApi,
  subject: string,
  { plan = "unknown" }: OrganizationBody,
): Promise<Finding> {
  if (plan !== "free") return { ok: true, subject, what: `Is on the plan "${plan}".`, next: "" };
  const active = await activeProjects(api);
  const what = `Is on the free plan: ${active} of ${freeProjects} active projects are in use.`;
  if (active >= freeProjects)
    return { ok: false, subject, what, next: "Pause or delete a project, or upgrade the organisation." };
  return { ok: true, subject, what, next: "Upgrade before you take in more clients than that." };
}

/** A token of a person sees all of their organisations; one of an organisation that one only. */
async function othersOf(api: SupabaseApi): Promise<Finding[]> {
  const seen = await api.http.get<{ slug?: string; id: string }[]>("/v1/organizations");
  const others = seen.map(({ slug, id }) => slug ?? id).filter((each) => each !== api.organization);
  if (others.length === 0) return [];
  return [
    {
      ok: true,
      subject: "Supabase token",
      what: `Reaches more than it needs: the organisations ${others.join(", ")}, too.`,
      next: `Make one that is limited to ${api.organization} (Account, Access Tokens).`,
      excess: others,
    },
  ];
}

/** Rights to read can be tried on any project; rights to write show only when they are used. */
async function permissions(api: SupabaseApi): Promise<Finding> {
  const subject = "Supabase permissions";
  const [any] = await api.projects();
  if (!any)
    return {
      ok: true,
      subject,
      what: "Cannot be tried, since there is no project yet.",
      next: "See for yourself that the token may write projects, Auth configuration and databases, and read API keys.",
    };
  const params = { ref: any.ref };
  const lacking: string[] = [];
  for (const path of ["/v1/projects/{ref}/api-keys", "/v1/projects/{ref}/config/auth", "/v1/projects/{ref}"])
    try {
      await api.http.getOrGone(path, { params });
    } catch (fault) {
      if (!(fault instanceof HttpFault) || fault.status !== 403) throw fault;
      lacking.push(`${path.replace("/v1/projects/{ref}", "project")} (${fault.what})`);
    }
  if (lacking.length === 0)
    return { ok: true, subject, what: "Projects, API keys and Auth configuration can be read.", next: "" };
  return {
    ok: false,
    subject,
    what: `May not read: ${lacking.join("; ")}`,
    next: "Make a token with these permissions; those of an existing one cannot be changed.",
    missing: lacking,
  };
}

async function offeredRegions(api: SupabaseApi, wanted: readonly string[]): Promise<Finding[]> {
  const offered = await regions(api);
  const missing = wanted.filter((code) => !offered.includes(code));
  const subject = "Supabase regions";
  if (missing.length === 0) return [{ ok: true, subject, what: `${offered.length} are offered.`, next: "" }];
  return missing.map((code) => {
    const nearest = nearestRegion(code, offered);
    return {
      ok: false,
      subject,
      what: `${code} is not offered.`,
      next: `Use ${nearest === undefined ? `one of: ${offered.join(", ")}` : `the nearest one, ${nearest}`}.`,
    };
  });
}
