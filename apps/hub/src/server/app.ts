import { randomUUID } from "node:crypto";
import type { Definition } from "@atoll/contract/define";
import { openApiDocument } from "@atoll/contract/openapi";
import type { RouteName } from "@atoll/contract/routes";
import { routes } from "@atoll/contract/routes";
import { onBehalfOf } from "@atoll/provider-kit/caller";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { secureHeaders } from "hono/secure-headers";
import { sql } from "kysely";
import type { z } from "zod";
import { authSecrets } from "../auth.ts";
import { mountResolver } from "../resolver/route.ts";
import { inLanguage, type Language, languageOf } from "../said/say.ts";
import { record } from "../store/audit.ts";
import { readSettings } from "../store/settings.ts";
import { addressOf, callerOf, mayCall } from "./access.ts";
import type { Call, Caller, FileAnswer, Handlers, Hub } from "./context.ts";
import { docsPage } from "./docs-page.ts";
import { etagOf } from "./etag.ts";
import { aliasHandlers } from "./handlers/aliases.ts";
import { backupHandlers } from "./handlers/backups.ts";
import { checklistHandlers } from "./handlers/checklist.ts";
import { deploymentHandlers } from "./handlers/deployments.ts";
import { domainHandlers } from "./handlers/domains.ts";
import { driftHandlers } from "./handlers/drift.ts";
import { exportHandlers } from "./handlers/exports.ts";
import { fleetHandlers } from "./handlers/fleet.ts";
import { hostHandlers } from "./handlers/hosts.ts";
import { houseHandlers } from "./handlers/house.ts";
import { instanceHandlers } from "./handlers/instances.ts";
import { monitorHandlers } from "./handlers/monitor.ts";
import { poolHandlers } from "./handlers/pool.ts";
import { publicHandlers } from "./handlers/public.ts";
import { requestHandlers } from "./handlers/requests.ts";
import { runHandlers } from "./handlers/runs.ts";
import { sweepHandlers } from "./handlers/sweep.ts";
import { teamHandlers } from "./handlers/team.ts";
import { templateHandlers } from "./handlers/template.ts";
import { usageHandlers } from "./handlers/usage.ts";
import { vaultHandlers } from "./handlers/vault.ts";
import { type Done, once } from "./idempotency.ts";
import { jsonIn } from "./json-body.ts";
import { openMetrics } from "./metrics.ts";
import { olderCookies } from "./older-cookies.ts";
import { invalid, problemOf, Refusal } from "./refusal.ts";
import { sendFile } from "./send-file.ts";
import { recorded } from "./sign-ins.ts";
import { stream } from "./stream.ts";

const handlers: Handlers = {
  ...publicHandlers,
  ...requestHandlers,
  ...instanceHandlers,
  ...hostHandlers,
  ...domainHandlers,
  ...deploymentHandlers,
  ...templateHandlers,
  ...checklistHandlers,
  ...runHandlers,
  ...teamHandlers,
  ...exportHandlers,
  ...sweepHandlers,
  ...usageHandlers,
  ...vaultHandlers,
  ...poolHandlers,
  ...backupHandlers,
  ...driftHandlers,
  ...fleetHandlers,
  ...houseHandlers,
  ...monitorHandlers,
  ...aliasHandlers,
};

type Env = { Variables: { requestId: string } };

/** What the server tells its log of each call: no query, no body, no header. */
interface CallLine {
  requestId: string;
  method: string;
  route: string;
  status: number;
  durationMs: number;
  actor: string | undefined;
}

interface AppOptions {
  hub: Hub;
  onCall?: (line: CallLine) => void;
  onError?: (error: unknown, requestId: string) => void;
}

/** Whether a call's body is a file, which may be large. */
const isUpload = (method: string, path: string) =>
  Object.values(routes).some(
    ({ definition }: { definition: Definition }) =>
      definition.upload && definition.path === path && method === "POST",
  );

/** A file that is being sent in, as it comes. */
function fileIn(c: Context, type: string): AsyncIterable<Uint8Array> {
  const sent = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (sent !== type)
    throw new Refusal(415, "The body is no such file.", `Send it with \`Content-Type: ${type}\`.`);
  return c.req.raw.body ?? new Blob().stream();
}

/** The hub's HTTP application: every route of the contract, sign-in, and nothing without a rule of who may. */
export function hubApp({ hub, onCall = () => {}, onError = () => {} }: AppOptions): Hono<Env> {
  const app = new Hono<Env>();

  mountResolver(app, hub.resolver);

  app.use("*", async (c, next) => {
    c.set("requestId", randomUUID());
    c.header("x-request-id", c.get("requestId"));
    // Somebody waits for the answer: what it takes of providers' limits goes before what the hub does by itself.
    await onBehalfOf({ urgent: true }, next);
  });
  app.use(
    "*",
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        // Mantine sets styles on elements.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", "data:"],
        connectSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
      referrerPolicy: "same-origin",
      xFrameOptions: "DENY",
      strictTransportSecurity: hub.baseUrl.startsWith("https:")
        ? "max-age=31536000; includeSubDomains"
        : false,
    }),
  );
  app.use("*", olderCookies(authSecrets(hub.runtime.keys), hub.baseUrl.startsWith("https:")));
  const limited = bodyLimit({
    maxSize: 256 * 1024,
    onError: () => refuse(new Refusal(413, "The input is too large.", "Send less than 256 KiB."), ""),
  });
  // A file has a limit of its own, where it is read.
  app.use("/api/*", (c, next) => (isUpload(c.req.method, c.req.path) ? next() : limited(c, next)));

  const refuse = (error: unknown, requestId: string, language?: Language): Response => {
    const plain = problemOf(error, requestId);
    if (plain.status === 500) onError(error, requestId);
    const problem = language === undefined ? plain : inLanguage(plain, language);
    return Response.json(problem, {
      status: problem.status,
      headers: { "content-type": "application/problem+json", "cache-control": "no-store" },
    });
  };
  app.onError((error, c) => refuse(error, c.get("requestId")));

  app.on(["GET", "POST"], "/api/auth/*", async (c) => {
    const headers = new Headers(c.req.raw.headers);
    headers.set("x-atoll-client-address", addressOf(c, hub.proxies));
    return recorded(hub, c.req.path.slice("/api/auth".length), headers, () =>
      hub.auth.handler(new Request(c.req.raw, { headers })),
    );
  });

  for (const name of Object.keys(routes) as RouteName[]) register(app, name); // the keys of the record itself

  const metrics = openMetrics(hub);
  app.get("/health", (c) => c.json({ ok: true }));
  app.get("/ready", async (c) => {
    await sql`select 1`.execute(hub.store);
    return c.json({ ok: true });
  });
  app.get("/metrics", async (c) => {
    mayCall("viewer", await callerOf(hub, c.req.raw.headers), c.req.raw, hub.baseUrl);
    return c.text(await metrics.text(), 200, { "content-type": metrics.contentType });
  });
  app.get("/api/openapi.json", (c) => c.json(openApiDocument()));
  app.get("/api/docs", (c) => c.html(docsPage(hub.baseUrl)));
  app.all("/api/*", (c) =>
    refuse(
      new Refusal(404, `There is no ${c.req.method} ${c.req.path}.`, "Look at /api/docs."),
      c.get("requestId"),
    ),
  );
  return app;

  function register(on: Hono<Env>, name: RouteName): void {
    const { definition } = routes[name];
    on.on(definition.method.toUpperCase(), definition.path, async (c) => {
      const began = performance.now();
      const requestId = c.get("requestId");
      let caller: Caller | undefined;
      let answer: Response;
      try {
        caller = await callerOf(hub, c.req.raw.headers);
        mayCall(definition.access, caller, c.req.raw, hub.baseUrl);
        answer = await answered(c, name, caller);
      } catch (error) {
        answer = refuse(error, requestId, await readingOf(c, definition.path));
      }
      const seconds = (performance.now() - began) / 1000;
      metrics.called(definition.method, definition.path, answer.status, seconds);
      onCall({
        requestId,
        method: c.req.method,
        route: definition.path,
        status: answer.status,
        durationMs: Math.round(seconds * 1000),
        actor: caller?.actor,
      });
      return answer;
    });
  }

  /** The language of an asker, who reads no English by office; undefined on all other routes. */
  async function readingOf(c: Context<Env>, path: string): Promise<Language | undefined> {
    if (!path.startsWith("/api/public/request")) return undefined;
    const body: unknown = c.req.method === "POST" ? await c.req.json().catch(() => undefined) : undefined;
    const { language, locale } = { language: undefined, locale: undefined, ...Object(body) };
    return languageOf(language ?? locale, c.req.header("accept-language"));
  }

  async function answered(c: Context<Env>, name: RouteName, caller: Caller | undefined): Promise<Response> {
    const definition: Definition = routes[name].definition;
    const input = await inputOf(c, definition);
    const call = callOf(c, caller);
    // The route's own types hold its handler and its input together; here all routes are one.
    const handle = handlers[name] as (input: unknown, call: Call) => Promise<unknown>;
    if (definition.stream) {
      // Asked again at each beat: who has lost access sees nothing further.
      const stillMay = async () => {
        mayCall(definition.access, await callerOf(hub, c.req.raw.headers), c.req.raw, hub.baseUrl);
      };
      return stream(c, (await handle(input, call)) as AsyncIterable<{ seq: number }>, stillMay);
    }
    if (definition.file !== undefined)
      return sendFile(c, (await handle(input, call)) as FileAnswer, definition.file);
    const isKeyed = definition.method === "post" && definition.upload === undefined;
    const key = isKeyed ? c.req.header("idempotency-key") : undefined;
    const status: Done["status"] = definition.answer === undefined ? 204 : (definition.status ?? 200);
    const work = async (): Promise<Done> => ({ status, answer: await handle(input, call) });
    const holdsSecret = definition.holdsSecret === true;
    const done =
      key === undefined
        ? await work()
        : await once(hub.store, caller?.id ?? "public", key, { name, input }, work, { holdsSecret });
    if (done.status === 204) return c.body(null, 204);
    if (definition.etag) {
      const etag = etagOf(done.answer);
      c.header("etag", etag);
      if (definition.method === "get" && c.req.header("if-none-match") === etag) return c.body(null, 304);
    }
    c.header("cache-control", "no-store");
    if (definition.text !== undefined)
      return c.body(String(done.answer), done.status, {
        "content-type": `${definition.text}; charset=utf-8`,
        "content-disposition": "attachment",
      });
    return c.json(done.answer as object, done.status);
  }

  async function inputOf(
    c: Context<Env>,
    { params, query, body, upload }: Definition,
  ): Promise<Record<string, unknown>> {
    const check = (schema: z.ZodType, value: unknown, where: string) => {
      // Postgres has no such character in a text.
      if (JSON.stringify(value ?? null).includes("\\u0000"))
        throw new Refusal(400, `${where} holds a NUL character.`, "Leave it out.");
      const result = schema.safeParse(value);
      if (!result.success) throw invalid(result.error, where);
      return result.data;
    };
    return {
      ...(params && { params: check(params, c.req.param(), "The address") }),
      ...(query && { query: check(query, c.req.query(), "The address") }),
      ...(upload && { body: fileIn(c, upload) }),
      ...(body && !upload && { body: check(body, jsonIn(await c.req.text(), {}), "The input") }),
    };
  }

  function callOf(c: Context<Env>, caller: Caller | undefined): Call {
    const actor = caller?.actor ?? "public";
    const after = Number(c.req.header("last-event-id") ?? c.req.query("after") ?? 0);
    return {
      hub,
      caller,
      actor,
      address: addressOf(c, hub.proxies),
      ifMatch: c.req.header("if-match"),
      after: Number.isSafeInteger(after) && after > 0 ? after : 0,
      signal: c.req.raw.signal,
      settings: async () => (await readSettings(hub.store)).value,
      move: (work) => hub.store.transaction().execute(work),
      act: (deed, work) =>
        hub.store.transaction().execute(async (tx) => {
          const result = await work(tx);
          const done = typeof deed === "function" ? deed(result) : deed;
          if (done !== undefined) await record(tx, { actor, ...done });
          return result;
        }),
    };
  }
}
