import type { Http } from "@atoll/provider-kit/http";

/** A site's address and the deploy that visitors get, if there is one. */
export interface Published {
  /** With scheme, without a slash at the end. */
  url: string;
  deploy?: { id: string; locked: boolean };
}

interface SiteBody {
  name: string;
  url: string;
  ssl_url?: string;
  published_deploy?: { id?: string; locked?: boolean | null } | null;
}

/** What visitors of a site (a UUID) get now. `given` = custom domains that are not its own address. */
export async function readPublished(
  api: Http,
  siteId: string,
  given: readonly string[] = [],
): Promise<Published> {
  const site = await api.get<SiteBody>("/sites/{siteId}", { params: { siteId } });
  const { id, locked } = site.published_deploy ?? {};
  const shown = (site.ssl_url || site.url).replace(/\/+$/, "");
  // Netlify shows the first custom domain as the site's address.
  const isGiven = given.includes(new URL(shown).hostname);
  return {
    url: isGiven ? `https://${site.name}.netlify.app` : shown,
    ...(id !== undefined && { deploy: { id, locked: locked === true } }),
  };
}

/** Publishes a deploy without building it; `locked` = newer ones are not published by themselves from then on. */
export async function publish(api: Http, siteId: string, id: string, locked: boolean): Promise<void> {
  const { deploy } = await readPublished(api, siteId);
  const turn = (which: string, verb: "lock" | "unlock") =>
    api.post(`/deploys/{which}/${verb}`, { params: { which }, safe: true });
  // A locked deploy keeps its place: it is let go first.
  if (deploy?.locked && (deploy.id !== id || !locked)) await turn(deploy.id, "unlock");
  if (deploy?.id !== id)
    await api.post("/sites/{siteId}/deploys/{id}/restore", { params: { siteId, id }, safe: true });
  if (locked && !(deploy?.id === id && deploy.locked)) await turn(id, "lock");
}
