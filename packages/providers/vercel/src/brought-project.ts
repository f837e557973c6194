import { type Change, differences } from "@atoll/core/change";
import { Fault, OutOfReach } from "@atoll/core/fault";
import type { Address, Observed, Resource } from "@atoll/core/resource";
import type { Http } from "@atoll/provider-kit/http";
import type { HttpFault } from "@atoll/provider-kit/http-fault";
import { reaching } from "@atoll/provider-kit/out-of-reach";
import { invalidToken } from "./api.ts";
import { type EnvironmentAttrs, type EnvironmentIn, environment } from "./environment.ts";
import { markIn, markKey, setMark } from "./mark.ts";
import type { ProjectAttrs, ProjectIn } from "./project.ts";
import { isBranched, listVariables, type VariableBody } from "./variables.ts";

// --- types

interface BroughtSiteOptions {
  /** Name or id of the project. */
  site: string;
  /** The repository that is brought with it, as `owner/name`. */
  repository?: string;
  /** Variables that an instance sets: a value of somebody else's is not written over. */
  variables: readonly string[];
  /** Somebody agreed that it is changed. */
  consent: boolean;
}

interface ProjectBody {
  id: string;
  name: string;
  framework?: string | null;
  link?: { org?: string; repo?: string; repoId?: number } | null;
}

const field = "bring.site";
const path = "/v9/projects/{idOrName}";
const brought = (changes: string, remains: string) => ({ field, changes, remains });

/** GitHub's names are the same in small and capital letters. */
const isSame = (one: string | undefined, other: string | undefined) =>
  one !== undefined && one.toLowerCase() === other?.toLowerCase();
/** Taken from the team, or our right to it; a token that is no good anywhere is ours to renew. */
const isClosed = ({ status, code }: HttpFault) => (status === 403 || status === 404) && code !== invalidToken;

const repositoryOf = ({ link }: ProjectBody) =>
  link?.org && link.repo ? `${link.org}/${link.repo}` : undefined;

/** A Vercel project that a client brings: linked where it is not, marked, never renamed or removed. */
export function broughtSite(api: Http, options: BroughtSiteOptions): Resource<ProjectIn, ProjectAttrs> {
  const { site, consent } = options;
  const of = (idOrName: string) => ({ params: { idOrName } });
  const refused = (what: string, next: string) => new Fault("rejected", { what, next, field });
  const read = () => api.getOrGone<ProjectBody>(path, of(site));

  // --- observe

  async function observe(at: Address): Promise<Observed<ProjectAttrs>> {
    const body = await read();
    if (!body)
      throw refused(
        `There is no Vercel project "${site}" in this team.`,
        "Check its name or id, and the team.",
      );
    const variables = (await listVariables(api, body.id)) ?? [];
    const mark = markIn(variables);
    if (mark === undefined) mustBeFree(variables);
    if (mark === undefined || mark.instance === at.instance) mustBeLinkable(body, mark?.linked);
    const repository = repositoryOf(body);
    const { repoId } = body.link ?? {};
    return {
      is: "present",
      id: body.id,
      owner: mark === undefined || mark.instance === at.instance ? "us" : "other",
      attrs: {
        projectId: body.id,
        name: body.name,
        recordedName: body.name,
        framework: body.framework ?? null,
        ...(repository !== undefined && { repository }),
        ...(repoId !== undefined && { repoId }),
        marked: mark?.instance === at.instance,
      },
    };
  }

  function mustBeFree(variables: VariableBody[]): void {
    const taken = variables.filter((each) => !isBranched(each) && options.variables.includes(each.key));
    const names = [...new Set(taken.map(({ key }) => key))];
    if (names.length === 0) return;
    throw refused(
      `The Vercel project "${site}" has variables of somebody else's under our names: ${names.join(", ")}.`,
      "Remove or rename them there: their values would be lost.",
    );
  }

  /** `ours` = the repository that we linked. A link to another one is the client's own: it is not cut. */
  function mustBeLinkable(body: ProjectBody, ours: string | undefined): void {
    const linked = repositoryOf(body);
    if (linked === undefined || isSame(linked, ours ?? options.repository)) return;
    if (ours !== undefined)
      throw refused(
        `The Vercel project "${site}" was linked to ${linked} by somebody else; it had been linked to ${ours}.`,
        `Link it to ${ours} again, or unlink it there, then retry the run.`,
      );
    throw refused(
      `The Vercel project "${site}" is linked to ${linked}.`,
      `Bring that repository, too (bring.repository: ${linked}), or unlink it there.`,
    );
  }

  // --- compare

  function compare({ repository }: ProjectIn, live: ProjectAttrs): Change[] {
    return differences({ repository, marked: true }, live);
  }

  // --- apply

  async function apply(at: Address, want: ProjectIn, live: ProjectAttrs | undefined): Promise<string> {
    if (!consent)
      throw new Fault("rejected", {
        what: "Nobody agreed that the site which is brought is changed.",
        next: 'Agree with `--adopt`, or with `"consent": true` under "bring".',
        field: "bring.consent",
      });
    if (!live) throw refused(`There is no Vercel project "${site}".`, "Check its name or id.");
    const links = want.repository !== undefined && live.repository === undefined;
    if (!live.marked || links)
      // The mark remembers for the day of giving back which link is ours.
      await setMark(api, live.projectId, at.instance, links ? want.repository : undefined);
    if (links)
      await api.post("/v9/projects/{idOrName}/link", {
        ...of(live.projectId),
        body: { type: "github", repo: want.repository },
        safe: true,
      });
    return live.projectId;
  }

  return {
    kind: "vercel.project",
    lostCreate: "find-by-name",
    removal: "own",
    brought: brought(
      `gets the variable ${markKey}, a link to the repository where it has none, and a new production deployment`,
      `the Vercel project "${site}", with its newest deployment`,
    ),
    observe,
    compare,
    apply: ({ at, want, live }) => apply(at, want, live),

    // --- remove

    async remove() {
      // It is the client's own; the engine does not ask for it.
    },

    // --- release

    async release(at) {
      await reaching(isClosed, async () => {
        const body = await read();
        if (!body)
          throw new OutOfReach("rejected", {
            what: `There is no Vercel project "${site}" in this team any more.`,
            next: "Nothing: it is the client's own.",
          });
        const mark = markIn((await listVariables(api, body.id)) ?? []);
        if (mark?.instance !== at.instance) return;
        // The mark goes last: until then a second try knows what is ours. A link that was made later is not.
        if (isSame(repositoryOf(body), mark.linked))
          await api.delete("/v9/projects/{idOrName}/link", of(body.id));
        await api.delete("/v9/projects/{idOrName}/env/{id}", {
          params: { idOrName: body.id, id: mark.id ?? "" },
        });
      });
    },
  };
}

/** The variables of a project that a client brings: those that we set are taken away when it is given back. */
export function broughtEnvironment(api: Http): Resource<EnvironmentIn, EnvironmentAttrs> {
  const ours = environment(api);
  return {
    ...ours,
    brought: brought("gets the application's variables", "the variables that others set"),
    async release(at) {
      if (at.within === undefined) return;
      await reaching(isClosed, async () => {
        if ((await ours.observe(at)).is === "absent") return;
        await ours.apply({ at, want: { variables: {} }, live: undefined, changes: [] });
      });
    },
  };
}
