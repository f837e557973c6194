/** A thing's page at its provider, for people; undefined where it has none. */
export function dashboardOf(
  kind: string,
  id: string,
  attrs: unknown,
  cloudUrl: string | undefined,
): string | undefined {
  // The local cloud has no dashboards: what exists is in its inventory.
  if (cloudUrl !== undefined) return undefined;
  const told = (attrs ?? {}) as Record<string, unknown>; // attributes of the kind's own shape
  const text = (key: string) => (typeof told[key] === "string" ? told[key] : undefined);
  switch (kind) {
    case "supabase.project":
      return `https://supabase.com/dashboard/project/${encodeURIComponent(id)}`;
    case "github.repository":
      return text("fullName") && `https://github.com/${text("fullName")}`;
    case "vercel.deployment":
      return text("inspectorUrl");
    default:
      return undefined;
  }
}
