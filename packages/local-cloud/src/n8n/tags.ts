import { Hono } from "hono";
import { z } from "zod";
import type { CloudEnv } from "../kit/context.ts";
import { body, notFound, page, refuse } from "./answers.ts";
import { shownTag } from "./shown.ts";
import { newId, type Tag, type World } from "./world.ts";

/** `/tags`: names by which workflows are found. */
export function tagRoutes({ tags, workflows, now }: World): Hono<CloudEnv> {
  const api = new Hono<CloudEnv>();

  api.post("/tags", async (c) => {
    const given = await body(c, z.strictObject({ name: z.string().min(1).max(24) }));
    if ("refused" in given) return given.refused;
    if (tags.values().some((tag) => tag.name === given.value.name))
      return refuse(c, 409, "Tag already exists");
    const tag: Tag = { id: newId(), name: given.value.name, createdAt: now() };
    return c.json(shownTag(tags.set(tag.id, tag)), 201);
  });
  api.get("/tags", (c) => {
    const { items, nextCursor } = page(c, tags.values());
    return c.json({ data: items.map(shownTag), nextCursor });
  });
  api.get("/tags/:id", (c) => {
    const tag = tags.get(c.req.param("id"));
    return tag === undefined ? notFound(c) : c.json(shownTag(tag));
  });
  api.delete("/tags/:id", (c) => {
    const tag = tags.get(c.req.param("id"));
    if (tag === undefined) return notFound(c);
    tags.delete(tag.id);
    for (const workflow of workflows.values()) {
      if (workflow.tagIds.includes(tag.id))
        workflows.set(workflow.id, { ...workflow, tagIds: workflow.tagIds.filter((id) => id !== tag.id) });
    }
    return c.json(shownTag(tag));
  });

  return api;
}
