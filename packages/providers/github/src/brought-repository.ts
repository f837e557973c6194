import { type Change, differences } from "@atoll/core/change";
import { Fault, OutOfReach } from "@atoll/core/fault";
import type { Address, Observed, Resource } from "@atoll/core/resource";
import type { Http } from "@atoll/provider-kit/http";
import type { HttpFault } from "@atoll/provider-kit/http-fault";
import { reaching } from "@atoll/provider-kit/out-of-reach";
import type { RepositoryAttrs, RepositoryIn } from "./repository.ts";

// --- types

interface BroughtRepositoryOptions {
  /** `owner/name` */
  repository: string;
  /** A file that will be written: one of the client's own at its path is not written over. */
  file: { path: string; isOurs(content: string): boolean };
  /** Somebody agreed that it is changed. */
  consent: boolean;
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
  permissions?: { admin?: boolean; push?: boolean };
  default_branch: string;
  html_url: string;
  clone_url: string;
}

interface FileBody {
  /** Base64; missing for what is no file. */
  content?: string;
}

const field = "bring.repository";
const mark = (instance: string) => `atoll-${instance}`;
const isMark = (topic: string) => /^atoll-[a-z0-9]{20}$/.test(topic);
const mostTopics = 20;
/** Its owner took our rights, archived or removed it; a token that is not valid is 401, and a rate limit passes. */
const isClosed = ({ status, kind }: HttpFault) => (status === 403 || status === 404) && kind !== "try-again";

/** A repository that a client brings. The mark is a topic; nothing else of it is changed, and it is never removed. */
export function broughtRepository(
  api: Http,
  { repository, consent, file }: BroughtRepositoryOptions,
): Resource<RepositoryIn, RepositoryAttrs> {
  const params = { repository };
  const refused = (what: string, next: string) => new Fault("rejected", { what, next, field });

  // --- observe

  async function observe(at: Address): Promise<Observed<RepositoryAttrs>> {
    const body = await api.getOrGone<RepositoryBody>("/repos/{+repository}", { params });
    if (!body)
      throw refused(
        `There is no repository ${repository}, or this token may not see it.`,
        "Check its name, and give the token access to it.",
      );
    if (body.archived)
      throw refused(`The repository ${repository} is archived.`, "Take it out of the archive first.");
    if (body.permissions && !(body.permissions.push && body.permissions.admin))
      throw refused(
        `The token may not change the repository ${repository}.`,
        "Make the token's user an administrator of it.",
      );
    const topics = body.topics ?? [];
    const topic = topics.includes(mark(at.instance));
    const head = await api.getOrGone<{ commit: { sha: string } }>("/repos/{+repository}/branches/{branch}", {
      params: { repository, branch: body.default_branch },
    });
    if (!head)
      throw refused(
        `The repository ${repository} is empty.`,
        "Push the application to its default branch first.",
      );
    if (!topic) await mustBeWritable();
    const isTaken = !topic && topics.some(isMark);
    return {
      is: "present",
      id: body.full_name,
      owner: isTaken ? "other" : "us",
      attrs: {
        fullName: body.full_name,
        owner: body.owner.login,
        repo: body.name,
        repoId: body.id,
        description: body.description ?? "",
        private: body.private,
        archived: body.archived,
        topics,
        marked: { description: true, topic },
        defaultBranch: body.default_branch,
        headSha: head.commit.sha,
        htmlUrl: body.html_url,
        cloneUrl: body.clone_url,
      },
    };
  }

  async function mustBeWritable(): Promise<void> {
    const there = await api.getOrGone<FileBody | FileBody[]>("/repos/{+repository}/contents/{+path}", {
      params: { repository, path: file.path },
    });
    if (there === undefined) return;
    const { content = "" } = Array.isArray(there) ? {} : there;
    if (file.isOurs(Buffer.from(content, "base64").toString("utf8"))) return;
    throw refused(
      `The repository ${repository} has a ${file.path} of its own, which would be written over.`,
      "Rename or remove it on the default branch, then try again.",
    );
  }

  // --- compare

  function compare(_: RepositoryIn, live: RepositoryAttrs): Change[] {
    return differences({ topic: true }, live.marked, "marked");
  }

  const setTopics = (names: string[]) => api.put("/repos/{+repository}/topics", { params, body: { names } });

  return {
    kind: "github.repository",
    lostCreate: "find-by-name",
    removal: "own",
    brought: {
      field,
      changes: "gets a topic that says whose it is, and client-config.json on its default branch",
      remains: `the repository ${repository}, with client-config.json`,
    },
    observe,
    compare,

    // --- apply

    async apply({ at, live }) {
      if (!consent)
        throw new Fault("rejected", {
          what: "Nobody agreed that the repository which is brought is changed.",
          next: 'Agree with `--adopt`, or with `"consent": true` under "bring".',
          field: "bring.consent",
        });
      if (!live) throw refused(`There is no repository ${repository}.`, "Check its name.");
      if (live.topics.length >= mostTopics)
        throw refused(
          `The repository ${repository} has ${mostTopics} topics already.`,
          "Remove one of them first.",
        );
      await setTopics([...live.topics, mark(at.instance)]);
      return live.fullName;
    },

    // --- remove

    async remove() {
      // It is the client's own; the engine does not ask for it.
    },

    // --- release

    async release(at) {
      await reaching(isClosed, async () => {
        const body = await api.getOrGone<RepositoryBody>("/repos/{+repository}", { params });
        if (!body)
          throw new OutOfReach("rejected", {
            what: `There is no repository ${repository} any more, or this token may not see it.`,
            next: "Nothing: it is the client's own.",
          });
        const topics = body.topics ?? [];
        if (topics.includes(mark(at.instance)))
          await setTopics(topics.filter((topic) => topic !== mark(at.instance)));
      });
    },
  };
}
