import { Hono } from "hono";
import { z } from "zod";
import type { CloudContext, CloudEnv, Emulator } from "../kit/context.ts";
import { refuse } from "./answers.ts";
import { capabilities } from "./capabilities.ts";
import { credentialRoutes } from "./credentials.ts";
import { addExecution, executionRoutes } from "./executions.ts";
import { webhookPaths } from "./publish.ts";
import { shownWorkflow } from "./shown.ts";
import { tagRoutes } from "./tags.ts";
import { workflowRoutes } from "./workflows.ts";
import { addWorkflow, openWorld } from "./world.ts";

/** n8n's public API: workflows, their publishing and webhooks, tags, credentials. */
export function n8nEmulator(context: CloudContext): Emulator {
  const world = openWorld(context);
  const { workflows, credentials, tags } = world;
  const app = new Hono<CloudEnv>();
  const api = new Hono<CloudEnv>();

  api.use(async (c, next) => {
    const key =
      c.req.header("x-n8n-api-key") ?? /^Bearer (.+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
    if (key === undefined) return refuse(c, 401, "'X-N8N-API-KEY' header required");
    if (key !== context.tokens.n8n) return refuse(c, 401, "unauthorized");
    await next();
    return undefined;
  });

  api.get("/discover", (c) => c.json({ data: capabilities }));

  api.route("/", executionRoutes(world));
  api.route("/", workflowRoutes(world));
  api.route("/", tagRoutes(world));
  api.route("/", credentialRoutes(world));
  app.route("/api/v1", api);

  // A published webhook takes calls; its nodes are not run, the call is kept as an execution.
  app.all("/webhook/:path{.+}", (c) => {
    c.set("write", false);
    const wanted = `${c.req.method} ${c.req.param("path")}`;
    const workflow = workflows.values().find((each) => each.active && webhookPaths(each).includes(wanted));
    if (workflow === undefined)
      return c.json({ code: 404, message: `The requested webhook "${wanted}" is not registered.` }, 404);
    addExecution(world, workflow.id);
    return c.json({ message: "Workflow was started" });
  });

  return {
    name: "n8n",
    app,
    inventory: () => ({
      workflows: workflows
        .values()
        .map((each) => ({
          id: each.id,
          name: each.name,
          active: each.active,
          tags: shownWorkflow(world, each).tags.map((tag) => tag.name),
        }))
        .toSorted((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id)),
      credentials: credentials
        .values()
        .map(({ id, name, type }) => ({ id, name, type }))
        .toSorted((a, b) => a.id.localeCompare(b.id)),
      tags: tags
        .values()
        .map((each) => each.name)
        .toSorted(),
    }),
    plant(thing) {
      const { name } = z.object({ name: z.string() }).parse(thing);
      return { id: addWorkflow(world, { name, nodes: [], connections: {}, settings: {} }).id };
    },
  };
}
