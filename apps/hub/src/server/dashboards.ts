/** Where people find the operator's own services, without a slash at the end. */
export interface Consoles {
  n8n: string;
  gitea: string;
}

/** The services' own addresses, out of those of their APIs. */
export const consolesOf = (settings: { n8n: { apiUrl: string }; gitea: { apiUrl: string } }): Consoles => ({
  n8n: settings.n8n.apiUrl.replace(/\/api\/v1\/?$/, ""),
  gitea: settings.gitea.apiUrl.replace(/\/api\/v1\/?$/, ""),
});

const path = (text: string) => text.split("/").map(encodeURIComponent).join("/");

/** A thing's page at its provider, for people; undefined where it has none, as everything on the local cloud. */
export function dashboardOf(
  kind: string,
  id: string,
  attrs: unknown,
  consoles: Consoles | undefined,
): string | undefined {
  if (consoles === undefined) return undefined;
  const told = (attrs ?? {}) as Record<string, unknown>; // attributes of the kind's own shape
  const text = (key: string) => (typeof told[key] === "string" ? told[key] : undefined);
  switch (kind) {
    case "supabase.project":
      // One that a client brought under a domain of its own has none that we know.
      return id.startsWith("host:")
        ? undefined
        : `https://supabase.com/dashboard/project/${encodeURIComponent(id)}`;
    case "github.repository":
      return text("fullName") && `https://github.com/${text("fullName")}`;
    case "vercel.deployment":
      return text("inspectorUrl");
    case "netlify.site":
    case "netlify.deployment":
      return text("adminUrl");
    case "n8n.workflow":
      return `${consoles.n8n}/workflow/${encodeURIComponent(id)}`;
    case "gitea.folder": {
      // "owner/repository:folder"
      const [repository = "", folder = ""] = id.split(":");
      return `${consoles.gitea}/${path(repository)}/src/branch/main/${path(folder)}`;
    }
    default:
      return undefined;
  }
}
