import type { Change } from "@atoll/core/change";
import { differences } from "@atoll/core/change";
import { Fault } from "@atoll/core/fault";
import type { Address, Observed, Resource } from "@atoll/core/resource";
import type { Http } from "@atoll/provider-kit/http";
import { HttpFault } from "@atoll/provider-kit/http-fault";
import { projectHalting } from "./halting.ts";
import { markFor, markIn, setMark } from "./mark.ts";
import { listVariables, type VariableBody } from "./variables.ts";

// --- types

/** What a Vercel project should be. */
export interface ProjectIn {
  framework: string;
  /** `owner/repo` on GitHub, whose pushes are deployed; absent = deployments bring their files. */
  repository?: string;
}

/** What Vercel says of a project. */
export interface ProjectAttrs {
  /** "prj_…" */
  projectId: string;
  name: string;
  /** The name it should have. */
  recordedName: string;
  framework: string | null;
  repository?: string;
  repoId?: number;
  /** The environment variable with our mark is there. */
  marked: boolean;
}

interface ProjectBody {
  id: string;
  name: string;
  framework?: string | null;
  link?: { type?: string; org?: string; repo?: string; repoId?: number } | null;
  env?: VariableBody[];
}

/** A Vercel project. The id is Vercel's own ("prj_…"); the mark is an environment variable set by the create. */
export function project(api: Http): Resource<ProjectIn, ProjectAttrs> {
  const path = "/v9/projects/{idOrName}";
  const of = (idOrName: string) => ({ params: { idOrName } });

  // --- observe

  const read = (idOrName: string) => api.getOrGone<ProjectBody>(path, of(idOrName));

  async function find(at: Address): Promise<ProjectBody | undefined> {
    const byId = at.id === undefined ? undefined : await read(at.id);
    return byId ?? (await read(at.name));
  }

  async function markOf(body: ProjectBody): Promise<string | undefined> {
    const variables = body.env ?? (await listVariables(api, body.id));
    return variables && markIn(variables)?.instance;
  }

  async function observe(at: Address): Promise<Observed<ProjectAttrs>> {
    const body = await find(at);
    if (!body) return { is: "absent" };
    const mark = await markOf(body);
    // Vercel never uses an id twice: the project that the journal names is ours even when its mark was deleted, or
    // made unreadable by a team whose variables are all sensitive.
    const ours = mark === at.instance || (!mark && body.id === at.id);
    return {
      is: "present",
      id: body.id,
      owner: ours ? "us" : "other",
      attrs: attrsOf(at, body, mark === at.instance),
    };
  }

  // --- compare

  function compare(want: ProjectIn, live: ProjectAttrs): Change[] {
    const { framework, repository } = want;
    return differences({ name: live.recordedName, framework, repository, marked: true }, live);
  }

  // --- apply

  async function create(at: Address, want: ProjectIn): Promise<string> {
    const git = want.repository && { gitRepository: { type: "github", repo: want.repository } };
    const body = {
      name: at.name,
      framework: want.framework,
      environmentVariables: [markFor(at.instance)],
      ...git,
    };
    try {
      const exists = () => whoHasTheName(at);
      return (await api.post<ProjectBody>("/v11/projects", { body, exists })).id;
    } catch (fault) {
      throw want.repository === undefined ? fault : linkFault(fault, want.repository);
    }
  }

  async function whoHasTheName(at: Address): Promise<ProjectBody | undefined> {
    const there = await read(at.name);
    if (there && (await markOf(there)) === at.instance) return there;
    throw new Fault("not-ours", {
      what: `A Vercel project "${at.name}" exists already and does not carry this instance's mark.`,
      next: "Rename or move that project, then retry the run.",
    });
  }

  async function link(id: string, repository: string, linked: boolean): Promise<void> {
    const linkPath = "/v9/projects/{idOrName}/link";
    if (linked) await api.delete(linkPath, of(id));
    try {
      await api.post(linkPath, { ...of(id), body: { type: "github", repo: repository }, safe: true });
    } catch (fault) {
      throw linkFault(fault, repository);
    }
  }

  return {
    kind: "vercel.project",
    lostCreate: "find-by-name",
    removal: "own",
    observe,
    compare,

    async apply({ at, want, live }) {
      if (!live) return await create(at, want);
      const id = live.projectId;
      if (!live.marked) await setMark(api, id, at.instance);
      const { framework } = want;
      if (live.framework !== framework || live.name !== at.name)
        await api.patch(path, { ...of(id), body: { name: at.name, framework }, safe: true });
      if (want.repository !== undefined && live.repository !== want.repository)
        await link(id, want.repository, live.repository !== undefined);
      return id;
    },

    // --- remove

    async remove(id) {
      await api.delete(path, of(id));
    },

    halting: projectHalting(api),
  };
}

/** A new repository takes some seconds to be seen by Vercel's GitHub App; a missing connection never mends itself. */
function linkFault(fault: unknown, repository: string): unknown {
  if (!(fault instanceof HttpFault) || fault.status !== 400 || !/link|repo|git/i.test(fault.what))
    return fault;
  const { what, call, status } = fault;
  const details = { what, status, ...(call && { call }) };
  if (/login connection/i.test(what))
    return new HttpFault("rejected", {
      ...details,
      next: "Connect the Vercel user of this token with GitHub (account settings, Authentication), then retry the run.",
    });
  return new HttpFault("try-again", {
    ...details,
    next: `Nothing at first: Vercel may not know the new repository yet. If it goes on, give the Vercel GitHub App access to all repositories of ${repository.split("/")[0]}.`,
    retryInMs: 3_000,
  });
}

function attrsOf(at: Address, body: ProjectBody, marked: boolean): ProjectAttrs {
  const { org, repo, repoId } = body.link ?? {};
  return {
    projectId: body.id,
    name: body.name,
    recordedName: at.name,
    framework: body.framework ?? null,
    ...(org && repo && { repository: `${org}/${repo}` }),
    ...(repoId !== undefined && { repoId }),
    marked,
  };
}
