import { randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import { z } from "zod";
import type { CloudEnv } from "../kit/context.ts";
import { body, notFound, page, refuse } from "./answers.ts";
import { publishProblem, webhookPaths } from "./publish.ts";
import { readOnlyKeys, type WorkflowBody, workflowSchema } from "./schemas.ts";
import { shownWorkflow } from "./shown.ts";
import { addWorkflow, type Workflow, type World } from "./world.ts";

/** A workflow's definition as it was sent; what only n8n sets is refused by name. */
async function definition(c: Context<CloudEnv>): Promise<{ value: WorkflowBody } | { refused: Response }> {
  const json: unknown = await c.req.raw
    .clone()
    .json()
    .catch(() => undefined);
  const readOnly = readOnlyKeys.find((key) => typeof json === "object" && json !== null && key in json);
  if (readOnly !== undefined) return { refused: refuse(c, 400, `request/body/${readOnly} is read-only`) };
  return body(c, workflowSchema);
}

/** `/workflows`: their definitions, publishing and tags. */
export function workflowRoutes(world: World): Hono<CloudEnv> {
  const { workflows, credentials, tags, now } = world;
  const api = new Hono<CloudEnv>();

  api.post("/workflows", async (c) => {
    const given = await definition(c);
    if ("refused" in given) return given.refused;
    return c.json(shownWorkflow(world, addWorkflow(world, given.value)));
  });

  api.get("/workflows", (c) => {
    const { active, name, tags: wanted } = c.req.query();
    const names = wanted?.split(",").map((each) => each.trim());
    const tagNames = (workflow: Workflow) => workflow.tagIds.map((id) => tags.get(id)?.name);
    const all = workflows
      .values()
      .filter((each) => active === undefined || String(each.active) === active)
      .filter((each) => name === undefined || each.name.toLowerCase().includes(name.toLowerCase()))
      .filter((each) => names === undefined || names.every((tag) => tagNames(each).includes(tag)));
    const { items, nextCursor } = page(c, all);
    return c.json({ data: items.map((each) => shownWorkflow(world, each)), nextCursor });
  });

  api.get("/workflows/:id", (c) => {
    const workflow = workflows.get(c.req.param("id"));
    return workflow === undefined ? notFound(c) : c.json(shownWorkflow(world, workflow));
  });

  const webhookConflict = (workflow: Pick<Workflow, "id" | "nodes">) => {
    const paths = webhookPaths(workflow);
    return workflows
      .values()
      .find(
        (other) =>
          other.id !== workflow.id &&
          other.active &&
          webhookPaths(other).some((path) => paths.includes(path)),
      );
  };
  const credentialIds = () => new Set(credentials.values().map((each) => each.id));

  /** Why it cannot be live, as n8n says it; undefined when it can. */
  function notPublishable(c: Context<CloudEnv>, workflow: Workflow): Response | undefined {
    const problem = publishProblem(workflow, credentialIds());
    if (problem !== undefined) return refuse(c, 400, problem);
    const other = webhookConflict(workflow);
    return other === undefined
      ? undefined
      : refuse(
          c,
          409,
          `There is a conflict with one of the webhooks: the workflow "${other.name}" has the same path.`,
        );
  }

  api.put("/workflows/:id", async (c) => {
    const workflow = workflows.get(c.req.param("id"));
    if (workflow === undefined) return notFound(c);
    const given = await definition(c);
    if ("refused" in given) return given.refused;
    const changed: Workflow = {
      ...workflow,
      ...given.value,
      versionId: randomUUID(),
      versionCounter: workflow.versionCounter + 1,
      updatedAt: now(),
    };
    if (workflow.active) {
      const refused = notPublishable(c, changed);
      if (refused !== undefined) return refused;
    }
    return c.json(shownWorkflow(world, workflows.set(workflow.id, changed)));
  });

  api.delete("/workflows/:id", (c) => {
    const workflow = workflows.get(c.req.param("id"));
    if (workflow === undefined) return notFound(c);
    workflows.delete(workflow.id);
    return c.json(shownWorkflow(world, workflow));
  });

  for (const [verb, active] of [
    ["publish", true],
    ["activate", true],
    ["unpublish", false],
    ["deactivate", false],
  ] as const) {
    api.post(`/workflows/:id/${verb}`, (c) => {
      const workflow = workflows.get(c.req.param("id"));
      if (workflow === undefined) return notFound(c);
      if (active && workflow.isArchived) return refuse(c, 400, "Cannot activate an archived workflow.");
      const refused = active ? notPublishable(c, workflow) : undefined;
      return (
        refused ??
        c.json(shownWorkflow(world, workflows.set(workflow.id, { ...workflow, active, updatedAt: now() })))
      );
    });
  }

  for (const [verb, isArchived] of [
    ["archive", true],
    ["unarchive", false],
  ] as const) {
    api.post(`/workflows/:id/${verb}`, (c) => {
      const workflow = workflows.get(c.req.param("id"));
      if (workflow === undefined) return notFound(c);
      return c.json(
        shownWorkflow(
          world,
          workflows.set(workflow.id, {
            ...workflow,
            isArchived,
            active: isArchived ? false : workflow.active,
            updatedAt: now(),
          }),
        ),
      );
    });
  }

  api.get("/workflows/:id/tags", (c) => {
    const workflow = workflows.get(c.req.param("id"));
    return workflow === undefined ? notFound(c) : c.json(shownWorkflow(world, workflow).tags);
  });

  api.put("/workflows/:id/tags", async (c) => {
    const workflow = workflows.get(c.req.param("id"));
    if (workflow === undefined) return notFound(c);
    const given = await body(c, z.array(z.strictObject({ id: z.string() })));
    if ("refused" in given) return given.refused;
    const ids = given.value.map((each) => each.id);
    if (ids.some((id) => tags.get(id) === undefined)) return refuse(c, 404, "Some tags not found");
    return c.json(
      shownWorkflow(world, workflows.set(workflow.id, { ...workflow, tagIds: [...new Set(ids)] })).tags,
    );
  });

  return api;
}
