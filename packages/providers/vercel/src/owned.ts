import type { Http } from "@atoll/provider-kit/http";
import type { Owned, OwnedThing } from "@atoll/provider-kit/owned";
import { markIn } from "./mark.ts";
import { listVariables, type VariableBody } from "./variables.ts";

interface ProjectBody {
  id: string;
  name: string;
  createdAt?: number;
  env?: VariableBody[];
}

interface ListBody {
  projects: ProjectBody[];
  pagination: { next: number | string | null };
}

const pageSize = 100;

/** Projects of a team that carry an instance's mark. */
export function ownedProjects(api: Http): Owned {
  async function shown({ id, name, createdAt, env }: ProjectBody): Promise<OwnedThing> {
    const mark = markIn(env ?? (await listVariables(api, id)) ?? []);
    return {
      id,
      name,
      ...(mark?.instance && { instance: mark.instance }),
      ...(mark?.isAdded && { mayBeBrought: true as const }),
      ...(createdAt !== undefined && { createdAt: new Date(createdAt) }),
    };
  }

  return {
    kind: "vercel.project",
    provider: "Vercel",
    async list() {
      const found: OwnedThing[] = [];
      for (let from: number | string | undefined; ; ) {
        const page = await api.get<ListBody>("/v10/projects", { query: { limit: pageSize, from } });
        // One by one: where the list leaves the variables out, each is a call of its own.
        for (const body of page.projects) found.push(await shown(body));
        if (page.pagination.next === null) return found.filter(({ instance }) => instance !== undefined);
        from = page.pagination.next;
      }
    },
    async look(id) {
      const body = await api.getOrGone<ProjectBody>("/v9/projects/{idOrName}", { params: { idOrName: id } });
      return body && (await shown(body));
    },
  };
}
