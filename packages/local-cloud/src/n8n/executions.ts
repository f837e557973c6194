import { Hono } from "hono";
import type { CloudEnv } from "../kit/context.ts";
import { notFound, page, refuse } from "./answers.ts";
import type { Execution, World } from "./world.ts";

const statuses = ["canceled", "crashed", "error", "new", "running", "success", "unknown", "waiting"];

// The nodes are not run here, so each one ends well at once.
const status = "success";

const shown = ({ id, workflowId, mode, startedAt }: Execution) => ({
  id: String(id),
  workflowId,
  mode,
  startedAt,
  stoppedAt: startedAt,
  finished: true,
  status,
  retryOf: null,
  retrySuccessId: null,
  waitTill: null,
});

/** Keeps a call of a published webhook as an execution. */
export function addExecution({ executions, now }: World, workflowId: string): void {
  const id = Math.max(0, ...executions.values().map((each) => each.id)) + 1;
  executions.set(String(id), { id, workflowId, mode: "webhook", startedAt: now() });
}

/** `/executions`: what was run, newest first. */
export function executionRoutes(world: World): Hono<CloudEnv> {
  const { executions } = world;
  const api = new Hono<CloudEnv>();

  api.get("/executions", (c) => {
    const { workflowId, status: wanted, startedAfter, startedBefore } = c.req.query();
    if (wanted !== undefined && !statuses.includes(wanted))
      return refuse(c, 400, "request/query/status must be equal to one of the allowed values");
    for (const [name, time] of Object.entries({ startedAfter, startedBefore }))
      if (time !== undefined && Number.isNaN(Date.parse(time)))
        return refuse(c, 400, `request/query/${name} must match format "date-time"`);
    const after = startedAfter === undefined ? -Infinity : Date.parse(startedAfter);
    const before = startedBefore === undefined ? Infinity : Date.parse(startedBefore);
    const { items, nextCursor } = page(
      c,
      executions
        .values()
        .filter((each) => workflowId === undefined || each.workflowId === workflowId)
        .filter(() => wanted === undefined || wanted === status)
        .filter(({ startedAt }) => Date.parse(startedAt) > after && Date.parse(startedAt) < before)
        .toSorted((a, b) => b.id - a.id),
    );
    return c.json({ data: items.map(shown), nextCursor });
  });

  api.get("/executions/:id", (c) => {
    const found = executions.get(c.req.param("id"));
    return found === undefined ? notFound(c) : c.json(shown(found));
  });

  return api;
}
