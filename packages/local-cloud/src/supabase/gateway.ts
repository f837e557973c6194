import { Hono } from "hono";
import { cors } from "hono/cors";
import type pg from "pg";
import type { CloudEnv } from "../kit/context.ts";
import type { AuthEnv } from "./auth/env.ts";
import { authRoutes } from "./auth/routes.ts";
import { claimsOf } from "./auth/session.ts";
import { type Caller, type DataApi, dataApi } from "./data/handler.ts";
import type { ApiKey, Project } from "./project.ts";
import { counted } from "./requests.ts";
import type { StorageContext } from "./storage/context.ts";
import { handleStorage } from "./storage/handler.ts";
import { ensureKeys, find, projectUrl, type World } from "./world.ts";

/** The key that a request carries, if it is one of this project's and may be used so. */
function keyOf(project: Project, given: string | undefined, userAgent: string): ApiKey | undefined {
  const key = project.keys.find((each) => each.key === given);
  if (key === undefined || (key.type === "legacy" && !project.legacyKeysEnabled)) return undefined;
  // Secret keys are refused from browsers.
  return key.type === "secret" && /Mozilla/.test(userAgent) ? undefined : key;
}

/** Whose rights a request has: its token's, or, without one, its key's. */
async function callerOf(
  project: Project,
  key: ApiKey,
  bearer: string | undefined,
): Promise<Caller | undefined> {
  if (bearer === undefined || bearer === key.key)
    return { role: key.role, claims: { role: key.role, ref: project.ref } };
  const claims = await claimsOf(project, bearer);
  if (claims === undefined) return undefined;
  const role = (["anon", "authenticated", "service_role"] as const).find((each) => each === claims.role);
  return role === undefined ? undefined : { role, claims };
}

/**
 * Who asks Storage. There the gateway wants no key: public and signed addresses are opened without one, and a
 * user's token is enough. Undefined without either; text says what is wrong with what was given.
 */
async function storageCaller(
  project: Project,
  headers: (name: string) => string | undefined,
  query: string | undefined,
): Promise<Caller | string | undefined> {
  const bearer = /^Bearer (.+)$/i.exec(headers("authorization") ?? "")?.[1];
  const given = headers("apikey") ?? query;
  const key = keyOf(project, given ?? bearer, headers("user-agent") ?? "");
  if (given !== undefined && key === undefined) return "Invalid API key";
  if (key !== undefined) return (await callerOf(project, key, bearer)) ?? "Invalid JWT";
  const claims = bearer === undefined ? undefined : await claimsOf(project, bearer);
  if (claims === undefined) return bearer === undefined ? undefined : "Invalid JWT";
  return claims.role === "authenticated" ? { role: claims.role, claims } : "Invalid JWT";
}

/** `/projects/{ref}/...`: the APIs of a project, opened by its own keys. */
export function gatewayRoutes(world: World): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();
  const auth = authRoutes();
  const apis = new WeakMap<pg.Pool, DataApi>();

  // Browsers call a project from whatever site its application lies on.
  app.use(
    cors({
      origin: "*",
      exposeHeaders: ["content-range", "x-total-count", "link", "x-supabase-api-version"],
    }),
  );

  app.use(
    "/:ref/:service/v1/*",
    counted(
      world.requests,
      (ref) => find(world, ref) !== undefined,
      () => world.context.clock.now(),
    ),
  );

  function dataOf(ref: string): DataApi {
    const pool = world.databases.dataPool(ref);
    const api = apis.get(pool) ?? dataApi(pool, () => world.projects.get(ref)?.postgrest.max_rows);
    apis.set(pool, api);
    return api;
  }

  async function admitted(
    ref: string,
    headers: (name: string) => string | undefined,
    query: string | undefined,
  ) {
    const found = find(world, ref);
    if (found === undefined) return Response.json({ message: "Project not found" }, { status: 404 });
    if (found.status !== "ACTIVE_HEALTHY")
      return Response.json({ message: `Project is ${found.status}` }, { status: 503 });
    const project = await ensureKeys(world, found.project);
    const key = keyOf(project, headers("apikey") ?? query, headers("user-agent") ?? "");
    if (key === undefined) {
      const hint =
        headers("apikey") === undefined
          ? "No `apikey` request header or url param was found."
          : "Double check your Supabase `anon` or `service_role` API key.";
      return Response.json(
        {
          message: headers("apikey") === undefined ? "No API key found in request" : "Invalid API key",
          hint,
        },
        { status: 401 },
      );
    }
    return { project, key, bearer: /^Bearer (.+)$/i.exec(headers("authorization") ?? "")?.[1] };
  }

  app.all("/:ref/auth/v1/*", async (c) => {
    const ref = c.req.param("ref");
    const path = c.req.path.split("/auth/v1")[1] ?? "/";
    // The link in a mail is opened by a browser, which brings no key.
    const isLink = c.req.method === "GET" && path.startsWith("/verify");
    const found = find(world, ref);
    const access =
      isLink && found?.status === "ACTIVE_HEALTHY"
        ? { project: found.project, key: undefined, bearer: undefined }
        : await admitted(ref, (name) => c.req.header(name), c.req.query("apikey"));
    if (access instanceof Response) return access;
    const caller = access.key && (await callerOf(access.project, access.key, access.bearer));
    const inner = new Hono<AuthEnv>();
    inner.use(async (inside, next) => {
      inside.set("project", access.project);
      inside.set("db", world.databases.authPool(ref));
      inside.set("role", caller?.role ?? "anon");
      inside.set("base", `${projectUrl(world, ref)}/auth/v1`);
      inside.set("send", (mail) => world.context.bus.emit("auth.mail", mail));
      await next();
      const write = inside.get("write");
      if (write !== undefined) c.set("write", write);
    });
    inner.route("/", auth);
    const url = new URL(c.req.url);
    url.pathname = path;
    return inner.fetch(new Request(url, c.req.raw), c.env);
  });

  app.all("/:ref/rest/v1/*", async (c) => {
    const ref = c.req.param("ref");
    const access = await admitted(ref, (name) => c.req.header(name), c.req.query("apikey"));
    if (access instanceof Response) return access;
    const caller = await callerOf(access.project, access.key, access.bearer);
    if (caller === undefined)
      return c.json(
        { code: "PGRST301", details: null, hint: null, message: "No suitable key or wrong key type" },
        401,
      );
    return dataOf(ref).handle(c.req.raw, c.req.path.split("/rest/v1")[1] ?? "/", caller);
  });

  app.all("/:ref/storage/v1/*", async (c) => {
    const ref = c.req.param("ref");
    const found = find(world, ref);
    if (found === undefined) return c.json({ message: "Project not found" }, 404);
    if (found.status !== "ACTIVE_HEALTHY") return c.json({ message: `Project is ${found.status}` }, 503);
    const project = await ensureKeys(world, found.project);
    // As it was sent: in a URL dots would be resolved by now, and an object of another name be meant.
    const path = /\/storage\/v1(\/[^?#]*)/.exec(c.env.incoming.url ?? "")?.[1] ?? "/";
    if (c.req.method === "POST" && /^\/object\/(list|sign|upload\/sign)\//.test(path)) c.set("write", false);
    const context: StorageContext = {
      project,
      pool: world.databases.dataPool(ref),
      files: world.files,
      now: world.context.clock.now(),
      request: c.req.raw,
      caller: await storageCaller(project, (name) => c.req.header(name), c.req.query("apikey")),
    };
    return handleStorage(context, path);
  });

  return app;
}
