import { randomBytes, randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { z } from "zod";
import type { CloudContext, CloudEnv, Emulator } from "../kit/context.ts";
import { capabilities } from "./capabilities.ts";
import { publishProblem, webhookPaths } from "./publish.ts";
import {
  credentialChangeSchema,
  credentialSchema,
  credentialTypes,
  readOnlyKeys,
  type WorkflowBody,
  workflowSchema,
} from "./schemas.ts";

interface Tag {
  id: string;
  name: string;
  createdAt: string;
}

interface Workflow extends WorkflowBody {
  id: string;
  active: boolean;
  isArchived: boolean;
  versionId: string;
  /** How many versions there have been. */
  versionCounter: number;
  tagIds: string[];
  createdAt: string;
  updatedAt: string;
}

interface Credential {
  id: string;
  name: string;
  type: string;
  /** Kept and never shown, as n8n does. */
  data: Record<string, unknown>;
  createdAt: string;
  updatedAt: string;
}

interface Execution {
  id: number;
  workflowId: string;
  mode: "webhook";
  startedAt: string;
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const newId = () => [...randomBytes(16)].map((byte) => alphabet[byte % alphabet.length]).join("");

/** n8n's public API: workflows, their publishing and webhooks, tags, credentials. */
export function n8nEmulator(context: CloudContext): Emulator {
  const workflows = context.store.collection<Workflow>("n8n.workflows");
  const credentials = context.store.collection<Credential>("n8n.credentials");
  const tags = context.store.collection<Tag>("n8n.tags");
  const executions = context.store.collection<Execution>("n8n.executions");
  const app = new Hono<CloudEnv>();
  const api = new Hono<CloudEnv>();
  const refuse = (c: Context<CloudEnv>, status: ContentfulStatusCode, message: string) =>
    c.json({ message }, status);
  const now = () => new Date(context.clock.now()).toISOString();

  const shownTag = (tag: Tag) => ({
    id: tag.id,
    name: tag.name,
    createdAt: tag.createdAt,
    updatedAt: tag.createdAt,
  });
  /** What is live: a change of a published workflow publishes it again, so this is what is stored. */
  const shownVersion = (workflow: Omit<Workflow, "tagIds">) => ({
    versionId: workflow.versionId,
    workflowId: workflow.id,
    nodes: workflow.nodes,
    connections: workflow.connections,
    nodeGroups: workflow.nodeGroups ?? [],
    authors: "Atoll",
    name: null,
    description: null,
    autosaved: false,
    createdAt: workflow.updatedAt,
    updatedAt: workflow.updatedAt,
    workflowPublishHistory: [],
  });
  function shown({ tagIds, projectId, parentFolderId, ...workflow }: Workflow) {
    const own = tagIds.map((id) => tags.get(id)).filter((tag) => tag !== undefined);
    return {
      ...workflow,
      description: null,
      sourceWorkflowId: null,
      nodeGroups: workflow.nodeGroups ?? [],
      staticData: workflow.staticData ?? null,
      meta: null,
      shared: [],
      parentFolder: null,
      activeVersionId: workflow.active ? workflow.versionId : null,
      activeVersion: workflow.active ? shownVersion(workflow) : null,
      triggerCount: workflow.active ? 1 : 0,
      tags: own.map(shownTag),
    };
  }

  async function body<T>(
    c: Context<CloudEnv>,
    schema: z.ZodType<T>,
  ): Promise<{ value: T } | { refused: Response }> {
    const json: unknown = await c.req.json().catch(() => undefined);
    const parsed = schema.safeParse(json);
    if (parsed.success) return { value: parsed.data };
    const [issue] = parsed.error.issues;
    const at = `request/body${issue?.path.length ? `/${issue.path.join("/")}` : ""}`;
    const why =
      issue?.code === "unrecognized_keys"
        ? "must NOT have additional properties"
        : (issue?.message ?? "is invalid");
    return { refused: refuse(c, 400, `${at} ${why}`) };
  }

  /** A page of a list, by n8n's opaque cursor. */
  function page<T>(c: Context<CloudEnv>, all: readonly T[]) {
    const limit = Math.min(250, Math.max(1, Number(c.req.query("limit") ?? 100)));
    const cursor = c.req.query("cursor");
    const offset =
      cursor === undefined ? 0 : Number(JSON.parse(Buffer.from(cursor, "base64").toString("utf8")).offset);
    const next =
      offset + limit < all.length
        ? Buffer.from(JSON.stringify({ limit, offset: offset + limit })).toString("base64")
        : null;
    return { items: all.slice(offset, offset + limit), nextCursor: next };
  }

  api.use(async (c, next) => {
    const key =
      c.req.header("x-n8n-api-key") ?? /^Bearer (.+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
    if (key === undefined) return refuse(c, 401, "'X-N8N-API-KEY' header required");
    if (key !== context.tokens.n8n) return refuse(c, 401, "unauthorized");
    await next();
    return undefined;
  });

  api.get("/discover", (c) => c.json({ data: capabilities }));

  // --- workflows

  async function definition(c: Context<CloudEnv>): Promise<{ value: WorkflowBody } | { refused: Response }> {
    const json: unknown = await c.req.raw
      .clone()
      .json()
      .catch(() => undefined);
    const readOnly = readOnlyKeys.find((key) => typeof json === "object" && json !== null && key in json);
    if (readOnly !== undefined) return { refused: refuse(c, 400, `request/body/${readOnly} is read-only`) };
    return body(c, workflowSchema);
  }

  api.post("/workflows", async (c) => {
    const given = await definition(c);
    if ("refused" in given) return given.refused;
    const at = now();
    const workflow: Workflow = {
      ...given.value,
      id: newId(),
      active: false,
      isArchived: false,
      versionId: randomUUID(),
      versionCounter: 1,
      tagIds: [],
      createdAt: at,
      updatedAt: at,
    };
    return c.json(shown(workflows.set(workflow.id, workflow)));
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
    return c.json({ data: items.map(shown), nextCursor });
  });

  api.get("/workflows/:id", (c) => {
    const workflow = workflows.get(c.req.param("id"));
    return workflow === undefined ? refuse(c, 404, "Not Found") : c.json(shown(workflow));
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
    if (workflow === undefined) return refuse(c, 404, "Not Found");
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
    return c.json(shown(workflows.set(workflow.id, changed)));
  });

  api.delete("/workflows/:id", (c) => {
    const workflow = workflows.get(c.req.param("id"));
    if (workflow === undefined) return refuse(c, 404, "Not Found");
    workflows.delete(workflow.id);
    return c.json(shown(workflow));
  });

  for (const [verb, active] of [
    ["publish", true],
    ["activate", true],
    ["unpublish", false],
    ["deactivate", false],
  ] as const) {
    api.post(`/workflows/:id/${verb}`, (c) => {
      const workflow = workflows.get(c.req.param("id"));
      if (workflow === undefined) return refuse(c, 404, "Not Found");
      if (active && workflow.isArchived) return refuse(c, 400, "Cannot activate an archived workflow.");
      const refused = active ? notPublishable(c, workflow) : undefined;
      return refused ?? c.json(shown(workflows.set(workflow.id, { ...workflow, active, updatedAt: now() })));
    });
  }

  for (const [verb, isArchived] of [
    ["archive", true],
    ["unarchive", false],
  ] as const) {
    api.post(`/workflows/:id/${verb}`, (c) => {
      const workflow = workflows.get(c.req.param("id"));
      if (workflow === undefined) return refuse(c, 404, "Not Found");
      return c.json(
        shown(
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
    return workflow === undefined ? refuse(c, 404, "Not Found") : c.json(shown(workflow).tags);
  });

  api.put("/workflows/:id/tags", async (c) => {
    const workflow = workflows.get(c.req.param("id"));
    if (workflow === undefined) return refuse(c, 404, "Not Found");
    const given = await body(c, z.array(z.strictObject({ id: z.string() })));
    if ("refused" in given) return given.refused;
    const ids = given.value.map((each) => each.id);
    if (ids.some((id) => tags.get(id) === undefined)) return refuse(c, 404, "Some tags not found");
    return c.json(shown(workflows.set(workflow.id, { ...workflow, tagIds: [...new Set(ids)] })).tags);
  });

  // --- tags

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
    return tag === undefined ? refuse(c, 404, "Not Found") : c.json(shownTag(tag));
  });
  api.delete("/tags/:id", (c) => {
    const tag = tags.get(c.req.param("id"));
    if (tag === undefined) return refuse(c, 404, "Not Found");
    tags.delete(tag.id);
    for (const workflow of workflows.values()) {
      if (workflow.tagIds.includes(tag.id))
        workflows.set(workflow.id, { ...workflow, tagIds: workflow.tagIds.filter((id) => id !== tag.id) });
    }
    return c.json(shownTag(tag));
  });

  // --- credentials

  const shownCredential = ({ data: _, ...credential }: Credential) => ({
    ...credential,
    isManaged: false,
    isGlobal: false,
    isResolvable: false,
    resolverId: null,
    resolvableAllowFallback: false,
    usageScope: "project",
  });

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
    if (known === undefined) return refuse(c, 404, "Not Found");
    const properties = Object.fromEntries(
      [...known.required, ...known.optional].map((field) => [field, { type: "string" }]),
    );
    return c.json({ additionalProperties: false, type: "object", properties, required: known.required });
  });
  api.get("/credentials/:id", (c) => {
    const credential = credentials.get(c.req.param("id"));
    return credential === undefined ? refuse(c, 404, "Not Found") : c.json(shownCredential(credential));
  });
  api.patch("/credentials/:id", async (c) => {
    const credential = credentials.get(c.req.param("id"));
    if (credential === undefined) return refuse(c, 404, "Not Found");
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
    if (credential === undefined) return refuse(c, 404, "Not Found");
    credentials.delete(credential.id);
    return c.json(shownCredential(credential));
  });

  api.get("/executions", (c) => {
    const of = c.req.query("workflowId");
    const { items, nextCursor } = page(
      c,
      executions
        .values()
        .filter((each) => of === undefined || each.workflowId === of)
        .toReversed(),
    );
    return c.json({
      data: items.map((each) => ({
        ...each,
        finished: true,
        retryOf: null,
        stoppedAt: each.startedAt,
        status: "success",
        waitTill: null,
      })),
      nextCursor,
    });
  });

  app.route("/api/v1", api);

  // A published webhook takes calls; its nodes are not run, the call is kept as an execution.
  app.all("/webhook/:path{.+}", (c) => {
    c.set("write", false);
    const wanted = `${c.req.method} ${c.req.param("path")}`;
    const workflow = workflows.values().find((each) => each.active && webhookPaths(each).includes(wanted));
    if (workflow === undefined)
      return c.json({ code: 404, message: `The requested webhook "${wanted}" is not registered.` }, 404);
    const id = executions.values().length + 1;
    executions.set(String(id), { id, workflowId: workflow.id, mode: "webhook", startedAt: now() });
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
          tags: shown(each).tags.map((tag) => tag.name),
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
      const at = now();
      const workflow: Workflow = {
        name,
        nodes: [],
        connections: {},
        settings: {},
        id: newId(),
        active: false,
        isArchived: false,
        versionId: randomUUID(),
        versionCounter: 1,
        tagIds: [],
        createdAt: at,
        updatedAt: at,
      };
      return { id: workflows.set(workflow.id, workflow).id };
    },
  };
}
