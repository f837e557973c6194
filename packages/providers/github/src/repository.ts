import type { Change } from "@atoll/core/change";
import { differences } from "@atoll/core/change";
import { Fault } from "@atoll/core/fault";
import type { Address, Observed, Resource } from "@atoll/core/resource";
import type { Http } from "@atoll/provider-kit/http";
import { HttpFault } from "@atoll/provider-kit/http-fault";
import { repositoryRetiring } from "./retiring.ts";

// --- types

/** What a repository should be. */
export interface RepositoryIn {
  /** `owner/repo` of the template. Only read when the repository is made: afterwards the two share nothing. */
  template: string;
  description?: string;
  private: boolean;
}

/** What GitHub says of a repository. */
export interface RepositoryAttrs {
  /** `owner/repo`, as GitHub spells it. */
  fullName: string;
  owner: string;
  repo: string;
  repoId: number;
  /** Without our mark. */
  description: string;
  private: boolean;
  archived: boolean;
  topics: string[];
  /** Where our mark stands. One is proof enough; what is missing is put back. */
  marked: { description: boolean; topic: boolean };
  defaultBranch: string;
  /** Newest commit of the default branch. */
  headSha: string;
  htmlUrl: string;
  cloneUrl: string;
}

interface RepositoryOptions {
  /** Account that owns the instances' repositories. */
  org: string;
  /** Pause between two looks while the template's content is on its way, in milliseconds. */
  pollMs?: number;
}

interface RepositoryBody {
  id: number;
  name: string;
  full_name: string;
  owner: { login: string };
  description: string | null;
  private: boolean;
  archived: boolean;
  topics?: string[];
  default_branch: string;
  html_url: string;
  clone_url: string;
}

const mark = (instance: string) => `atoll-${instance}`;

// GitHub refuses control characters and more than 350 characters; 300 leave room for the mark.
const described = ({ description = "" }: RepositoryIn) =>
  description
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .slice(0, 300)
    .trim()
    .toWellFormed();

const withMark = (want: RepositoryIn, instance: string) =>
  `${described(want)} [${mark(instance)}]`.trimStart();

const withoutMark = (description: string) => description.replace(/\s*\[atoll-[a-z0-9]+\]$/, "");

/**
 * A repository made from a template. The name is looked for in `org`; the id is `owner/repo`.
 * The description carries the mark from the first moment on (it is part of the create), the topic a call later.
 */
export function repository(api: Http, options: RepositoryOptions): Resource<RepositoryIn, RepositoryAttrs> {
  const pollMs = options.pollMs ?? 2_000;

  // --- observe

  async function find(at: Address): Promise<RepositoryBody | undefined> {
    return await api.getOrGone<RepositoryBody>("/repos/{+repository}", {
      params: { repository: at.id ?? `${options.org}/${at.name}` },
    });
  }

  async function observe(at: Address): Promise<Observed<RepositoryAttrs>> {
    const body = await find(at);
    if (!body) return { is: "absent" };
    const marked = marksOf(body, at.instance);
    const id = body.full_name;
    if (!marked.description && !marked.topic)
      return { is: "present", id, owner: "other", attrs: attrsOf(body, marked, "") };
    // A repository made from a template answers 201 while it is still empty: 3 to 60 s, no branch, 404 and 409.
    const head = await api.getOrGone<{ commit: { sha: string } }>("/repos/{+repository}/branches/{branch}", {
      params: { repository: id, branch: body.default_branch },
    });
    if (!head) return { is: "settling", id, retryInMs: pollMs, why: "GitHub is still copying the template" };
    return { is: "present", id, owner: "us", attrs: attrsOf(body, marked, head.commit.sha) };
  }

  // --- compare

  function compare(want: RepositoryIn, live: RepositoryAttrs): Change[] {
    return [
      ...differences({ private: want.private, description: described(want), archived: false }, live),
      ...differences({ description: true, topic: true }, live.marked, "marked"),
    ];
  }

  // --- apply

  async function create(at: Address, want: RepositoryIn): Promise<string> {
    try {
      const made = await api.post<RepositoryBody>("/repos/{+template}/generate", {
        params: { template: want.template },
        body: {
          owner: options.org,
          name: at.name,
          description: withMark(want, at.instance),
          private: want.private,
          include_all_branches: false,
        },
        exists: () => whoHasTheName(at),
      });
      return made.full_name;
    } catch (fault) {
      if (!(fault instanceof HttpFault) || fault.status !== 404) throw fault;
      throw new Fault("rejected", {
        what: `The template repository ${want.template} is not there, or this token may not see it.`,
        next: `Check the template's name, and that the token may read it and write to ${options.org}.`,
        ...(fault.call && { call: fault.call }),
      });
    }
  }

  /** "Name already exists on this account": ours after a lost answer, else somebody's. */
  async function whoHasTheName(at: Address): Promise<RepositoryBody | undefined> {
    const there = await find({ instance: at.instance, name: at.name });
    if (there && marksOf(there, at.instance).description) return there;
    throw new Fault("not-ours", {
      what: `A repository ${options.org}/${at.name} exists already and does not carry this instance's mark.`,
      next: "Rename or move that repository, then retry the run.",
    });
  }

  async function setTopics(repository: string, names: string[]): Promise<void> {
    await api.put("/repos/{+repository}/topics", { params: { repository }, body: { names } });
  }

  return {
    kind: "github.repository",
    lostCreate: "find-by-name",
    removal: "own",
    observe,
    compare,

    async apply({ at, want, live }) {
      // The topic is left to the next look: a create that fails halfway would pass for one that never was.
      if (!live) return await create(at, want);
      const id = live.fullName;
      const wrong = new Set(compare(want, live).map((change) => change.path));
      const patch = (body: object) =>
        api.patch("/repos/{+repository}", { params: { repository: id }, safe: true, body });
      // An archived repository refuses every other change.
      if (live.archived) await patch({ archived: false });
      if (wrong.has("private") || wrong.has("description") || !live.marked.description)
        await patch({ description: withMark(want, at.instance), private: want.private });
      if (!live.marked.topic) await setTopics(id, [...live.topics, mark(at.instance)]);
      return id;
    },

    // --- remove

    async remove(id) {
      await api.delete("/repos/{+repository}", { params: { repository: id } });
    },

    retiring: repositoryRetiring(api),
  };
}

/**
 * The instance whose mark a repository carries; undefined where it carries none. Only what we made has it in its
 * description: one that a client brought gets the topic alone.
 */
export function markIn(
  body: Pick<RepositoryBody, "description" | "topics">,
): { instance: string; isMade: boolean } | undefined {
  const noted = /\[atoll-([a-z0-9]{20})\]$/.exec(body.description ?? "")?.[1];
  const instance =
    noted ?? body.topics?.map((each) => /^atoll-([a-z0-9]{20})$/.exec(each)?.[1]).find(Boolean);
  return instance === undefined ? undefined : { instance, isMade: noted !== undefined };
}

function marksOf(body: RepositoryBody, instance: string): RepositoryAttrs["marked"] {
  return {
    description: (body.description ?? "").endsWith(`[${mark(instance)}]`),
    topic: (body.topics ?? []).includes(mark(instance)),
  };
}

function attrsOf(body: RepositoryBody, marked: RepositoryAttrs["marked"], headSha: string): RepositoryAttrs {
  return {
    fullName: body.full_name,
    owner: body.owner.login,
    repo: body.name,
    repoId: body.id,
    description: withoutMark(body.description ?? ""),
    private: body.private,
    archived: body.archived,
    topics: body.topics ?? [],
    marked,
    defaultBranch: body.default_branch,
    headSha,
    htmlUrl: body.html_url,
    cloneUrl: body.clone_url,
  };
}
