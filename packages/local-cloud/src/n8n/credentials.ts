import { Hono } from "hono";
import type { CloudEnv } from "../kit/context.ts";
import { body, notFound, page, refuse } from "./answers.ts";
import { credentialChangeSchema, credentialSchema, credentialTypes } from "./schemas.ts";
import { shownCredential } from "./shown.ts";
import { newId, type World } from "./world.ts";

/** What is wrong with a credential of this type, in n8n's words. */
function dataProblem(type: string, data: Record<string, unknown>): string | undefined {
  const known = credentialTypes[type];
  if (known === undefined) return "request.body.type is not a known type";
  const missing = known.required.find((field) => data[field] === undefined);
  if (missing !== undefined) return `request.body.data requires property "${missing}"`;
  const extra = Object.keys(data).find(
    (field) => !known.required.includes(field) && !known.optional.includes(field),
  );
  return extra === undefined
    ? undefined
    : `request.body.data is not allowed to have the additional property "${extra}"`;
}

/** `/credentials`: what they hold goes in and never comes out. */
export function credentialRoutes({ credentials, now }: World): Hono<CloudEnv> {
  const api = new Hono<CloudEnv>();

  api.post("/credentials", async (c) => {
    const given = await body(c, credentialSchema);
    if ("refused" in given) return given.refused;
    const { name, type, data, id = newId() } = given.value;
    const problem = dataProblem(type, data);
    if (problem !== undefined) return refuse(c, 400, problem);
    if (credentials.get(id) !== undefined)
      return refuse(c, 409, `A credential with the id "${id}" already exists`);
    const at = now();
    return c.json(
      shownCredential(credentials.set(id, { id, name, type, data, createdAt: at, updatedAt: at })),
    );
  });
  api.get("/credentials", (c) => {
    const { items, nextCursor } = page(c, credentials.values());
    return c.json({ data: items.map((each) => ({ ...shownCredential(each), shared: [] })), nextCursor });
  });
  api.get("/credentials/schema/:type", (c) => {
    const known = credentialTypes[c.req.param("type")];
    if (known === undefined) return notFound(c);
    const properties = Object.fromEntries(
      [...known.required, ...known.optional].map((field) => [field, { type: "string" }]),
    );
    return c.json({ additionalProperties: false, type: "object", properties, required: known.required });
  });
  api.get("/credentials/:id", (c) => {
    const credential = credentials.get(c.req.param("id"));
    return credential === undefined ? notFound(c) : c.json(shownCredential(credential));
  });
  api.patch("/credentials/:id", async (c) => {
    const credential = credentials.get(c.req.param("id"));
    if (credential === undefined) return notFound(c);
    const given = await body(c, credentialChangeSchema);
    if ("refused" in given) return given.refused;
    const { name = credential.name, type = credential.type, data = credential.data } = given.value;
    const problem = dataProblem(type, data);
    if (problem !== undefined) return refuse(c, 400, problem);
    return c.json(
      shownCredential(credentials.set(credential.id, { ...credential, name, type, data, updatedAt: now() })),
    );
  });
  api.delete("/credentials/:id", (c) => {
    const credential = credentials.get(c.req.param("id"));
    if (credential === undefined) return notFound(c);
    credentials.delete(credential.id);
    return c.json(shownCredential(credential));
  });

  return api;
}
