import type { SupabaseApi } from "./api.ts";

/** Active projects that one person may have in organisations on the free plan. */
export const freeProjects = 2;

/**
 * How many more active projects the organisation may have; undefined = its plan counts none. Reads only. Supabase
 * counts by person over all their organisations, of which this sees one: it may still refuse.
 */
export async function roomLeft(api: SupabaseApi): Promise<number | undefined> {
  const organization = await api.http.getOrGone<{ plan?: string }>("/v1/organizations/{slug}", {
    params: { slug: api.organization },
  });
  if (organization?.plan !== "free") return undefined;
  return Math.max(0, freeProjects - (await activeProjects(api)));
}

/** Projects of the organisation that count for its plan: a paused one does not. */
export async function activeProjects(api: SupabaseApi): Promise<number> {
  return (await api.projects()).filter(({ status }) => status !== "INACTIVE" && status !== "REMOVED").length;
}
