import type { Http } from "@atoll/provider-kit/http";
import type { Owned, OwnedThing } from "@atoll/provider-kit/owned";
import { markKey, readVariable } from "./variables.ts";

interface SiteBody {
  id: string;
  name: string;
  account_id?: string;
  account_slug?: string;
  created_at?: string;
  build_settings?: { cmd?: string | null };
}

const pageSize = 100;

/** Sites of a team that carry an instance's mark: as a variable, or, before there is one, in the build command. */
export function ownedSites(api: Http, account: string): Owned {
  async function shown(body: SiteBody): Promise<OwnedThing> {
    const claim = new RegExp(`^${markKey}=([a-z0-9]+) `).exec(body.build_settings?.cmd ?? "")?.[1];
    const instance = (await readVariable(api, account, body.id, markKey)) ?? claim;
    return {
      id: body.id,
      name: body.name,
      ...(instance && { instance }),
      ...(body.created_at !== undefined && { createdAt: new Date(body.created_at) }),
    };
  }

  return {
    kind: "netlify.site",
    provider: "Netlify",
    async list() {
      const found: OwnedThing[] = [];
      for (let page = 1; ; page++) {
        const bodies = await api.get<SiteBody[]>("/sites", {
          query: { filter: "all", page, per_page: pageSize },
        });
        for (const body of bodies)
          if (body.account_slug === account || body.account_id === account) found.push(await shown(body));
        if (bodies.length < pageSize) return found.filter(({ instance }) => instance !== undefined);
      }
    },
    async look(id) {
      const body = await api.getOrGone<SiteBody>("/sites/{id}", { params: { id } });
      return body && (await shown(body));
    },
  };
}
