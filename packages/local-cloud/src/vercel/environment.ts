import { Hono } from "hono";
import { z } from "zod";
import type { CloudEnv } from "../kit/context.ts";
import { bodyAs, noProject, refuse } from "./answers.ts";
import { changedVariable, type NewVariable, newVariable } from "./schemas.ts";
import { shownVariable } from "./shown.ts";
import { asList, invalid, put, type VariableError } from "./variables.ts";
import { projectOf, type World } from "./world.ts";

/** `/v10/projects/{idOrName}/env` and `/v9/projects/{idOrName}/env/{id}`. */
export function environmentRoutes(world: World): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();
  const { context, projects } = world;

  app.get("/:v{v(?:8|9|10)}/projects/:project/env", (c) => {
    const project = projectOf(world, c, c.req.param("project"));
    if (!project) return noProject(c);
    const branch = c.req.query("gitBranch");
    const shown = project.variables.filter(
      (each) => branch === undefined || each.gitBranch === undefined || each.gitBranch === branch,
    );
    return c.json({ envs: shown.map(shownVariable) });
  });

  app.post("/:v{v(?:9|10)}/projects/:project/env", async (c) => {
    const project = projectOf(world, c, c.req.param("project"));
    if (!project) return noProject(c);
    const parsed = await bodyAs<NewVariable | NewVariable[]>(
      c,
      z.union([newVariable, z.array(newVariable).min(1)]),
    );
    if ("refused" in parsed) return parsed.refused;
    const many = Array.isArray(parsed.body);
    const given = Array.isArray(parsed.body) ? parsed.body : [parsed.body];
    const wrong = given.map(invalid).find((each) => each !== undefined);
    if (wrong) return refused(c, wrong);

    const upsert = c.req.query("upsert") === "true";
    const results = given.map((each) => put(project, each, upsert, context.clock.now()));
    const created = results.flatMap((each) => ("variable" in each ? [shownVariable(each.variable)] : []));
    const failed = results.flatMap((each) => ("error" in each ? [each.error] : []));
    if (created.length > 0) projects.set(project.id, project);
    // One alone is refused as a whole; of a list the rest is made, and the answer is 201 all the same.
    const [first] = failed;
    if (first && !many) return refused(c, first);
    return c.json(
      {
        created: many ? created : created[0],
        failed: failed.map(({ code, message, key, envVarKey }) => ({
          error: { code, message, key, envVarKey },
        })),
      },
      201,
    );
  });

  app.patch("/:v{v9|v10}/projects/:project/env/:id", async (c) => {
    const project = projectOf(world, c, c.req.param("project"));
    const variable = project?.variables.find((each) => each.id === c.req.param("id"));
    if (!project || !variable) return refuse(c, 404, "not_found", "Environment variable not found.");
    const parsed = await bodyAs(c, changedVariable);
    if ("refused" in parsed) return parsed.refused;
    const { body } = parsed;
    const next = { ...variable, ...body, target: body.target ?? variable.target };
    const wrong = invalid(next);
    if (wrong) return refused(c, wrong);
    if (variable.type === "sensitive" && next.type !== "sensitive")
      return refuse(c, 400, "BAD_REQUEST", "You cannot change the type of a Sensitive Environment Variable.");
    const conflict = project.variables.some(
      (each) =>
        each !== variable &&
        each.key === next.key &&
        each.gitBranch === (next.gitBranch ?? undefined) &&
        each.target.some((target) => asList(next.target).includes(target)),
    );
    if (conflict)
      return refuse(
        c,
        400,
        "ENV_CONFLICT",
        "Another Environment Variable with the same Name and Environment exists in your project.",
      );
    variable.key = next.key;
    variable.value = next.value;
    if (next.type !== "secret") variable.type = next.type;
    variable.target = asList(next.target);
    if (body.comment !== undefined) variable.comment = body.comment;
    variable.updatedAt = context.clock.now();
    projects.set(project.id, project);
    return c.json(shownVariable(variable));
  });

  app.delete("/:v{v9|v10}/projects/:project/env/:id", (c) => {
    const project = projectOf(world, c, c.req.param("project"));
    const variable = project?.variables.find((each) => each.id === c.req.param("id"));
    if (!project || !variable) return refuse(c, 404, "not_found", "Environment variable not found.");
    project.variables = project.variables.filter((each) => each !== variable);
    projects.set(project.id, project);
    return c.json(shownVariable(variable));
  });

  const refused = (
    c: Parameters<typeof refuse>[0],
    { status, code, message, key, envVarKey }: VariableError,
  ) => refuse(c, status, code, message, { key, envVarKey });

  return app;
}
