import type { Http } from "@atoll/provider-kit/http";
import type { Owned, OwnedThing } from "@atoll/provider-kit/owned";
import { markIn } from "./repository.ts";

interface RepositoryBody {
  full_name: string;
  description: string | null;
  topics?: string[];
  created_at?: string;
}

const pageSize = 100;

/** Repositories of an organisation that carry an instance's mark. */
export function ownedRepositories(api: Http, org: string): Owned {
  const shown = (body: RepositoryBody): OwnedThing => {
    const mark = markIn(body);
    return {
      id: body.full_name,
      name: body.full_name,
      ...(mark && { instance: mark.instance, ...(!mark.isMade && { mayBeBrought: true as const }) }),
      ...(body.created_at !== undefined && { createdAt: new Date(body.created_at) }),
    };
  };

  return {
    kind: "github.repository",
    provider: "GitHub",
    async list() {
      const found: OwnedThing[] = [];
      for (let page = 1; ; page++) {
        const bodies = await api.get<RepositoryBody[]>("/orgs/{org}/repos", {
          params: { org },
          query: { per_page: pageSize, page, sort: "full_name" },
        });
        found.push(...bodies.map(shown).filter(({ instance }) => instance !== undefined));
        if (bodies.length < pageSize) return found;
      }
    },
    async look(id) {
      const body = await api.getOrGone<RepositoryBody>("/repos/{+repository}", {
        params: { repository: id },
      });
      return body && shown(body);
    },
  };
}
