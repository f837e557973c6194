import { randomInt } from "node:crypto";
import { type Context, Hono } from "hono";
import { z } from "zod";
import { changedFiles, distance, mergeBase } from "../git/objects.ts";
import type { GitRepository } from "../git/repository.ts";
import type { CloudEnv } from "../kit/context.ts";
import { shownChange } from "./commits.ts";
import { merge, mergeabilityOf, refreshed } from "./merging.ts";
import { notFound, refuse } from "./refuse.ts";
import { shownAccount } from "./shown.ts";
import { shownCommit } from "./shown-commit.ts";
import { shownPull } from "./shown-pull.ts";
import { changing, paged, within } from "./within.ts";
import { keyOf, type PullRecord, pullKey, type RepositoryRecord, type World } from "./world.ts";

// What GitHub stores of a text.
const body = z.string().max(65_536).nullable().optional();
const createSchema = z.object({
  title: z.string().min(1).max(256),
  head: z.string().min(1),
  base: z.string().min(1),
  body,
  draft: z.boolean().default(false),
  maintainer_can_modify: z.boolean().optional(),
});
const changeSchema = z.object({
  title: z.string().min(1).max(256).optional(),
  body,
  state: z.enum(["open", "closed"]).optional(),
  base: z.string().optional(),
  maintainer_can_modify: z.boolean().optional(),
});
const mergeSchema = z.object({
  commit_title: z.string().optional(),
  commit_message: z.string().optional(),
  sha: z.string().optional(),
  merge_method: z.enum(["merge", "squash", "rebase"]).default("merge"),
});

const field = (name: string, code = "invalid") => ({ resource: "PullRequest", field: name, code });

/** Tells who builds previews of a pull request's newest commit. */
function tellOfPull({ context }: World, record: RepositoryRecord, pull: PullRecord): void {
  const { number, head: branch, base, headSha: sha } = pull;
  context.bus.emit("github.pull", { owner: record.owner, repo: record.name, number, branch, base, sha });
}

/** Has open pull requests of a branch that was pushed to told of anew. */
export function followPushes(world: World): void {
  world.context.bus.on("github.push", ({ owner, repo, branch, sha }) => {
    const record = world.repositories.get(keyOf(owner, repo));
    for (const pull of world.pulls.values())
      if (pull.repositoryId === record?.id && pull.state === "open" && pull.head === branch)
        tellOfPull(world, record, { ...pull, headSha: sha });
  });
}

/** `/pulls`: asked for, changed, looked at and merged, by git itself. */
export function pullRoutes(world: World): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();
  const on = within(world);
  const change = changing(world);

  const pullsOf = (record: RepositoryRecord) =>
    world.pulls.values().filter((each) => each.repositoryId === record.id);

  /** Runs a route on a pull request that is there. */
  async function find(c: Context<CloudEnv>, record: RepositoryRecord, repository: GitRepository) {
    const found = world.pulls.get(
      pullKey({ repositoryId: record.id, number: Number(c.req.param("number")) }),
    );
    return found && (await refreshed(world, repository, found));
  }

  async function shownWhole(record: RepositoryRecord, repository: GitRepository, pull: PullRecord) {
    const mergeability = await mergeabilityOf(world, repository, pull);
    // Of what was merged the base has the commits by now: what counted then is between the base of then and the head.
    const common = await mergeBase(repository.path, pull.baseSha, pull.headSha);
    const files = common === undefined ? [] : await changedFiles(repository.path, common, pull.headSha);
    const { ahead } = await distance(repository.path, pull.baseSha, pull.headSha);
    return {
      ...shownPull(world, record, pull),
      merged: pull.mergedAt !== null,
      ...mergeability,
      rebaseable: mergeability.mergeable,
      merged_by: pull.mergedAt === null ? null : shownAccount(world, world.login),
      comments: 0,
      review_comments: 0,
      maintainer_can_modify: false,
      commits: ahead,
      additions: files.reduce((total, each) => total + each.additions, 0),
      deletions: files.reduce((total, each) => total + each.deletions, 0),
      changed_files: files.length,
    };
  }

  app.get(
    "/repos/:owner/:name/pulls",
    on(
      async (c, record, repository) => {
        const { state = "open", head, base, direction = "desc" } = c.req.query();
        const all = await Promise.all(pullsOf(record).map((each) => refreshed(world, repository, each)));
        const matching = all
          .filter((each) => state === "all" || each.state === state)
          .filter((each) => !head?.includes(":") || head === `${record.owner}:${each.head}`)
          .filter((each) => base === undefined || each.base === base)
          .toSorted((a, b) => (direction === "asc" ? a.number - b.number : b.number - a.number));
        return c.json(paged(c, matching).map((each) => shownPull(world, record, each)));
      },
      (c) => c.json([]),
    ),
  );

  app.post(
    "/repos/:owner/:name/pulls",
    change(async (c, record, repository, sent) => {
      const given = createSchema.safeParse(sent);
      if (!given.success)
        return refuse(c, 422, "Validation Failed", [
          field(String(given.error.issues[0]?.path[0] ?? "title")),
        ]);
      const { title, base, draft } = given.data;
      const [owner, name] = given.data.head.includes(":")
        ? given.data.head.split(":")
        : [record.owner, given.data.head];
      if (owner !== record.owner)
        return refuse(c, 501, "The local cloud has no forks: the branch must be in the repository itself.");
      const head = name ?? "";
      const headSha = await repository.head(head);
      const baseSha = await repository.head(base);
      if (headSha === undefined) return refuse(c, 422, "Validation Failed", [field("head")]);
      if (baseSha === undefined) return refuse(c, 422, "Validation Failed", [field("base")]);
      const refused = (message: string) =>
        refuse(c, 422, "Validation Failed", [{ resource: "PullRequest", code: "custom", message }]);
      const all = await Promise.all(pullsOf(record).map((each) => refreshed(world, repository, each)));
      if (all.some((each) => each.state === "open" && each.head === head && each.base === base))
        return refused(`A pull request already exists for ${record.owner}:${head}.`);
      if ((await mergeBase(repository.path, baseSha, headSha)) === undefined)
        return refused(`The ${head} branch has no history in common with ${base}`);
      if ((await distance(repository.path, baseSha, headSha)).ahead === 0)
        return refused(`No commits between ${base} and ${head}`);
      const now = new Date(world.context.clock.now()).toISOString();
      const pull: PullRecord = {
        repositoryId: record.id,
        id: randomInt(1_000_000_000, 2_000_000_000),
        number: Math.max(0, ...pullsOf(record).map((each) => each.number)) + 1,
        title,
        body: given.data.body ?? null,
        draft,
        state: "open",
        head,
        headSha,
        base,
        baseSha,
        createdAt: now,
        updatedAt: now,
        closedAt: null,
        mergedAt: null,
        mergeSha: null,
        tried: null,
      };
      world.pulls.set(pullKey(pull), pull);
      tellOfPull(world, record, pull);
      return c.json(await shownWhole(record, repository, pull), 201);
    }),
  );

  app.get(
    "/repos/:owner/:name/pulls/:number{[0-9]+}",
    on(async (c, record, repository) => {
      const pull = await find(c, record, repository);
      return pull === undefined ? notFound(c) : c.json(await shownWhole(record, repository, pull));
    }),
  );

  app.patch(
    "/repos/:owner/:name/pulls/:number{[0-9]+}",
    change(async (c, record, repository, sent) => {
      const pull = await find(c, record, repository);
      if (pull === undefined) return notFound(c);
      const given = changeSchema.safeParse(sent);
      if (!given.success)
        return refuse(c, 422, "Validation Failed", [field(String(given.error.issues[0]?.path[0] ?? "body"))]);
      const { title = pull.title, body: text = pull.body, state = pull.state, base = pull.base } = given.data;
      if (base !== pull.base && (await repository.head(base)) === undefined)
        return refuse(c, 422, "Validation Failed", [field("base")]);
      const reopens = state === "open" && pull.state === "closed";
      if (reopens && (pull.mergedAt !== null || (await repository.head(pull.head)) === undefined))
        return refuse(c, 422, "Validation Failed", [
          { ...field("state"), message: "state cannot be changed. The branch is gone or was merged." },
        ]);
      const now = new Date(world.context.clock.now()).toISOString();
      const changed = world.pulls.set(pullKey(pull), {
        ...pull,
        title,
        body: text,
        state,
        base,
        closedAt: state === "open" ? null : (pull.closedAt ?? now),
        updatedAt: now,
      });
      return c.json(await shownWhole(record, repository, await refreshed(world, repository, changed)));
    }),
  );

  app.get(
    "/repos/:owner/:name/pulls/:number{[0-9]+}/merge",
    on(async (c, record, repository) => {
      const pull = await find(c, record, repository);
      return pull === undefined || pull.mergedAt === null ? notFound(c) : c.body(null, 204);
    }),
  );

  app.put(
    "/repos/:owner/:name/pulls/:number{[0-9]+}/merge",
    change(async (c, record, repository, sent) => {
      const pull = await find(c, record, repository);
      if (pull === undefined) return notFound(c);
      const given = mergeSchema.safeParse(sent ?? {});
      if (!given.success) return refuse(c, 422, "Validation Failed", [field("merge_method")]);
      const { sha, merge_method: method } = given.data;
      if (method === "rebase")
        return refuse(c, 501, "The local cloud merges and squashes, it does not rebase.");
      if (pull.state === "closed") return refuse(c, 405, "Pull Request is not mergeable");
      if (pull.draft) return refuse(c, 405, "Pull Request is still a draft");
      if (sha !== undefined && sha !== pull.headSha)
        return refuse(c, 409, "Head branch was modified. Review and try the merge again.");
      const merged = await merge(world, record, repository, pull, {
        method,
        title:
          given.data.commit_title ??
          (method === "merge"
            ? `Merge pull request #${pull.number} from ${record.owner}/${pull.head}`
            : `${pull.title} (#${pull.number})`),
        message: given.data.commit_message ?? (method === "merge" ? pull.title : ""),
      });
      return merged === undefined
        ? refuse(c, 405, "Pull Request is not mergeable")
        : c.json({ sha: merged, merged: true, message: "Pull Request successfully merged" });
    }),
  );

  app.get(
    "/repos/:owner/:name/pulls/:number{[0-9]+}/files",
    on(async (c, record, repository) => {
      const pull = await find(c, record, repository);
      if (pull === undefined) return notFound(c);
      const common = await mergeBase(repository.path, pull.baseSha, pull.headSha);
      const files = common === undefined ? [] : await changedFiles(repository.path, common, pull.headSha);
      return c.json(paged(c, files).map((each) => shownChange(world, record, pull.headSha, each)));
    }),
  );

  app.get(
    "/repos/:owner/:name/pulls/:number{[0-9]+}/commits",
    on(async (c, record, repository) => {
      const pull = await find(c, record, repository);
      if (pull === undefined) return notFound(c);
      const list = await repository.commits(pull.headSha, { limit: 250, since: pull.baseSha });
      return c.json(paged(c, list.toReversed()).map((each) => shownCommit(world, record, each)));
    }),
  );

  return app;
}
