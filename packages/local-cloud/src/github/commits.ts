import { Hono } from "hono";
import { changedFiles, distance, mergeBase } from "../git/objects.ts";
import type { CloudEnv } from "../kit/context.ts";
import { notFound, refuse } from "./refuse.ts";
import { apiUrl, htmlUrl, shownCommit } from "./shown-commit.ts";
import { linkPages, within } from "./within.ts";
import type { RepositoryRecord, World } from "./world.ts";

type Changed = Awaited<ReturnType<typeof changedFiles>>[number];

/** A changed file in a comparison or a pull request. The lines themselves (`patch`) are left out. */
export function shownChange(world: World, record: RepositoryRecord, commit: string, file: Changed) {
  const at = file.filename.split("/").map(encodeURIComponent).join("/");
  return {
    ...file,
    changes: file.additions + file.deletions,
    blob_url: `${htmlUrl(world, record)}/blob/${commit}/${at}`,
    raw_url: `${htmlUrl(world, record)}/raw/${commit}/${at}`,
    contents_url: `${apiUrl(world, record)}/contents/${at}?ref=${commit}`,
  };
}

/** `/commits` and `/compare`: history, and what lies between two points in it. */
export function commitRoutes(world: World): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();
  const on = within(world);

  app.get(
    "/repos/:owner/:name/commits",
    on(async (c, record, repository) => {
      const path = c.req.query("path");
      const ref = c.req.query("sha") ?? record.defaultBranch;
      if ((await repository.resolve(ref)) === undefined) return notFound(c);
      const perPage = Math.min(100, Math.max(1, Number(c.req.query("per_page") ?? 30) || 30));
      const page = Math.max(1, Number(c.req.query("page") ?? 1) || 1);
      linkPages(c, page, Math.ceil((await repository.countCommits(ref, path)) / perPage));
      const list = await repository.commits(ref, {
        limit: perPage,
        skip: (page - 1) * perPage,
        ...(path === undefined ? {} : { path }),
      });
      return c.json(list.map((each) => shownCommit(world, record, each)));
    }),
  );

  app.get(
    "/repos/:owner/:name/commits/:ref{.+}",
    on(async (c, record, repository) => {
      const ref = c.req.param("ref") ?? "";
      const [commit] = await repository.commits(ref, { limit: 1 });
      if (commit === undefined) return refuse(c, 422, `No commit found for SHA: ${ref}`);
      const [parent] = commit.parents;
      const files = parent === undefined ? [] : await changedFiles(repository.path, parent, commit.sha);
      const sum = (of: "additions" | "deletions") => files.reduce((total, each) => total + each[of], 0);
      const [additions, deletions] = [sum("additions"), sum("deletions")];
      return c.json({
        ...shownCommit(world, record, commit),
        stats: { total: additions + deletions, additions, deletions },
        files: files.map((each) => shownChange(world, record, commit.sha, each)),
      });
    }),
  );

  app.get(
    "/repos/:owner/:name/compare/:basehead{.+}",
    on(async (c, record, repository) => {
      const [from, to] = (c.req.param("basehead") ?? "").split("...").map(decodeURIComponent);
      const base = await repository.resolve(from ?? "");
      const head = await repository.resolve(to ?? "");
      if (base === undefined || head === undefined) return notFound(c);
      const common = await mergeBase(repository.path, base, head);
      if (common === undefined) return refuse(c, 404, `No common ancestor between ${from} and ${to}.`);
      const { ahead, behind } = await distance(repository.path, base, head);
      const [baseCommit] = await repository.commits(base, { limit: 1 });
      const [commonCommit] = await repository.commits(common, { limit: 1 });
      if (baseCommit === undefined || commonCommit === undefined) return notFound(c);
      const commits = await repository.commits(head, { limit: 250, since: base });
      const files = await changedFiles(repository.path, common, head);
      const url = `${apiUrl(world, record)}/compare/${from}...${to}`;
      const html = `${htmlUrl(world, record)}/compare/${from}...${to}`;
      return c.json({
        url,
        html_url: html,
        permalink_url: html,
        diff_url: `${html}.diff`,
        patch_url: `${html}.patch`,
        base_commit: shownCommit(world, record, baseCommit),
        merge_base_commit: shownCommit(world, record, commonCommit),
        status:
          ahead > 0 ? (behind > 0 ? "diverged" : "ahead") : behind > 0 ? "behind" : ("identical" as const),
        ahead_by: ahead,
        behind_by: behind,
        total_commits: ahead,
        commits: commits.toReversed().map((each) => shownCommit(world, record, each)),
        files: files.map((each) => shownChange(world, record, head, each)),
      });
    }),
  );

  return app;
}
