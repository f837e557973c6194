import { existsSync } from "node:fs";
import path from "node:path";
import type { Context } from "hono";
import { openRepository, safePath } from "../git/repository.ts";
import type { CloudEnv } from "../kit/context.ts";
import { refuse } from "./answers.ts";
import { keepFile } from "./files.ts";
import type { NewDeployment } from "./schemas.ts";
import type { Project, Source, World } from "./world.ts";

type Found = { source: Source } | { refused: Response };

/** What the body of a new deployment says about its code, or the refusal. */
export async function sourceOf(
  world: World,
  c: Context<CloudEnv>,
  project: Project,
  body: NewDeployment,
): Promise<Found> {
  const { gitSource, files, deploymentId } = body;
  if (gitSource && files)
    return refused(c, "bad_request", "Only one of `files` and `gitSource` can be given.");
  if (files) return sourceOfFiles(world, c, files);
  if (gitSource) return await sourceOfGit(world, c, project, gitSource);
  const earlier = deploymentId === undefined ? undefined : world.deployments.get(deploymentId);
  if (earlier?.projectId !== project.id)
    return refused(c, "bad_request", "One of `files`, `gitSource` and `deploymentId` is required.");
  if (body.withLatestCommit && earlier.source.type === "git") {
    const { org, repo, ref } = earlier.source;
    return await sourceOfGit(world, c, project, { type: "github", org, repo, ref });
  }
  return { source: earlier.source };
}

const refused = (c: Context<CloudEnv>, code: string, message: string, more?: object): Found => ({
  refused: refuse(c, 400, code, message, more),
});

function sourceOfFiles(
  { filesDir }: World,
  c: Context<CloudEnv>,
  files: NonNullable<NewDeployment["files"]>,
): Found {
  const wrong = files.find(({ file }) => !safePath(file));
  if (wrong) return refused(c, "bad_request", `Invalid file path "${wrong.file}".`);
  const listed = files.map((each) => ({
    file: each.file,
    sha:
      "sha" in each
        ? each.sha
        : keepFile(filesDir, Buffer.from(each.data, each.encoding === "base64" ? "base64" : "utf8")),
  }));
  const missing = listed.map(({ sha }) => sha).filter((sha) => !existsSync(path.join(filesDir, sha)));
  if (missing.length > 0)
    return refused(c, "missing_files", "Missing files", { missing: [...new Set(missing)] });
  return { source: { type: "files", files: listed } };
}

async function sourceOfGit(
  world: World,
  c: Context<CloudEnv>,
  { link }: Project,
  given: NonNullable<NewDeployment["gitSource"]>,
): Promise<Found> {
  const named = "org" in given ? given : String(link?.repoId) === String(given.repoId) ? link : undefined;
  const found = named && world.github()?.bareRepository(named.org, named.repo);
  if (!named || !found)
    return refused(
      c,
      "incorrect_git_source_info",
      "The provided GitHub repository can't be found. Link it to the project, or name it by `org` and `repo`.",
    );
  const sha = await openRepository(found.path).resolve(given.sha ?? given.ref);
  if (sha === undefined)
    return refused(
      c,
      "incorrect_git_source_info",
      `The branch "${given.ref}" can't be found in the linked GitHub repository.`,
    );
  const { org, repo } = named;
  return { source: { type: "git", org, repo, repoId: found.id, ref: given.ref, sha } };
}
