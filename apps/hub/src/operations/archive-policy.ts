import type { ArchivePolicy, Settings } from "@atoll/contract/schemas/settings";

/** What becomes of things when their instance is archived, where nobody says otherwise. */
export const usualPolicies: Readonly<Record<string, ArchivePolicy>> = {
  "vercel.project": "remove",
  "netlify.site": "remove",
  "n8n.workflow": "remove",
  "supabase.project": "remove",
  // Its history is the client's work, and archived it costs nothing.
  "github.repository": "retire",
  // It is a backup already.
  "gitea.folder": "keep",
};

/** "vercel" of "vercel.project". */
export const providerOf = (kind: string) => kind.split(".")[0];

/**
 * What becomes of a kind of thing. One that nobody named goes with what its provider's others do (a workflow's credential
 * with the workflow), and is removed where none of them is named.
 */
export function archivePolicyOf({ archivePolicy }: Settings, kind: string): ArchivePolicy {
  const policies: Record<string, ArchivePolicy> = { ...usualPolicies, ...archivePolicy };
  const own = policies[kind];
  if (own !== undefined) return own;
  const others = Object.keys(policies).filter((each) => providerOf(each) === providerOf(kind));
  if (others.length === 0) return "remove";
  return others.every((each) => policies[each] === "remove") ? "remove" : "keep";
}
