import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Secret } from "@atoll/core/secret";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createHttp, type HttpOptions, type ObservedCall } from "./http.ts";

interface Received {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  body: string;
}

type Handler = (call: Received, response: ServerResponse) => void;

let handler: Handler;
let baseUrl: string;
const received: Received[] = [];
const sleeps: number[] = [];
const server = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => {
    body += chunk;
  });
  request.on("end", () => {
    const { method = "", url = "", headers } = request;
    const call = { method, url, headers, body };
    received.push(call);
    handler(call, response);
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`; // it listens on TCP
});
afterAll(() => server.closeAllConnections());
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  received.length = 0;
  sleeps.length = 0;
});

const token = new Secret("provider token", "canary-token-4711");
const nowMs = Date.UTC(2026, 10, 21);
const clock = {
  now: () => nowMs,
  sleep: async (ms: number) => void sleeps.push(ms),
};
const client = (more: Partial<HttpOptions> = {}) =>
  createHttp({ provider: "Acme", baseUrl, token, clock, random: () => 1, ...more });

const answer =
  (status: number, body: unknown, headers: Record<string, string> = {}): Handler =>
  (_, response) =>
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
const drop: Handler = (_, response) => response.destroy();
/** Strikes so many times, then all is well. */
const first = (times: number, bad: Handler, good: Handler = answer(200, { ok: true })): Handler => {
  let left = times;
  return (call, response) => (left-- > 0 ? bad : good)(call, response);
};

describe("who is repeated", () => {
  const body = { name: "a" };
  const calls = {
    GET: () => client().get("/things"),
    PUT: () => client().put("/things/1", { body }),
    DELETE: () => client().delete("/things/1"),
    "PATCH marked safe": () => client().patch("/things/1", { body, safe: true }),
    "POST with a key": () => client().post("/things", { body, idempotencyKey: "k1" }),
    POST: () => client().post("/things", { body }),
    PATCH: () => client().patch("/things/1", { body }),
  };
  const troubles = {
    "a lost answer": drop,
    "an answer cut in its middle": ((_, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write('{"id":', () => response.destroy());
    }) satisfies Handler,
    500: answer(500, { message: "boom" }),
    502: answer(502, "bad gateway"),
    503: answer(503, { message: "later" }),
  };
  for (const [name, call] of Object.entries(calls))
    for (const [trouble, bad] of Object.entries(troubles)) {
      const repeatable = name !== "POST" && name !== "PATCH";
      it(`${name} after ${trouble}: ${repeatable ? "is repeated" : "leaves open what happened"}`, async () => {
        handler = first(2, bad);
        if (repeatable) {
          expect(await call()).toEqual({ ok: true });
          expect(received).toHaveLength(3);
          return;
        }
        await expect(call()).rejects.toMatchObject({ name: "Fault", kind: "outcome-unknown" });
        expect(received).toHaveLength(1);
      });
    }

  it.each(Object.entries(calls))("%s after 429 is repeated: nothing was done", async (_, call) => {
    handler = first(2, answer(429, { message: "slow down" }));
    expect(await call()).toEqual({ ok: true });
    expect(received).toHaveLength(3);
  });

  it("gives up after some tries, and says that it can be tried again", async () => {
    handler = drop;
    await expect(client({ maxRetries: 2 }).get("/things")).rejects.toMatchObject({
      kind: "try-again",
      status: 0,
      call: "GET /things",
    });
    expect(received).toHaveLength(3);
    expect(sleeps).toEqual([250, 500]);
  });

  it("tries a create again when nobody listened", async () => {
    const nobody = createServer();
    await new Promise<void>((resolve) => nobody.listen(0, "127.0.0.1", resolve));
    const { port } = nobody.address() as AddressInfo; // it listens on TCP
    await new Promise((resolve) => nobody.close(resolve));
    const http = client({ baseUrl: `http://127.0.0.1:${port}` });
    await expect(http.post("/things", { body: {} })).rejects.toMatchObject({ kind: "try-again" });
    expect(sleeps).toHaveLength(3);
  });

  it("counts no answer in time as a lost one", async () => {
    handler = () => {};
    const http = client({ timeoutMs: 50, maxRetries: 0 });
    await expect(http.get("/things")).rejects.toMatchObject({ kind: "try-again" });
    await expect(http.post("/things")).rejects.toMatchObject({
      kind: "outcome-unknown",
      what: "Acme did not answer: no answer came in time.",
    });
  });
});

describe("what stops", () => {
  it.each([
    [400, "rejected"],
    [401, "sign-in-again"],
    [402, "rejected"],
    [403, "sign-in-again"],
    [404, "rejected"],
    [409, "rejected"],
    [422, "rejected"],
    [501, "rejected"],
  ])("%i is %s, at once", async (status, kind) => {
    handler = answer(status, { message: "No way" });
    for (const method of ["get", "post", "put"] as const)
      await expect(client()[method]("/things")).rejects.toMatchObject({
        kind,
        status,
        what: `Acme answered ${status}: No way.`,
        next: expect.stringMatching(/\w/),
      });
    expect(received).toHaveLength(3);
  });

  it("names missing permissions", async () => {
    handler = answer(403, { message: "Forbidden", missing_permissions: ["projects:write", "secrets:read"] });
    await expect(client().get("/things")).rejects.toThrow(
      "Acme answered 403: Forbidden. Missing permissions: projects:write, secrets:read.",
    );
  });

  it("lets a provider's client say what an answer means", async () => {
    handler = answer(429, { name: "daily_quota_exceeded", message: "Quota" });
    const http = client({ explain: () => ({ kind: "rejected", next: "Upgrade.", code: "quota" }) });
    await expect(http.get("/things")).rejects.toMatchObject({
      kind: "rejected",
      next: "Upgrade.",
      code: "quota",
    });
    expect(received).toHaveLength(1);
  });

  it("does not take a page for an answer", async () => {
    handler = (_, response) => response.writeHead(200).end("<html>Sign in</html>");
    await expect(client().get("/things")).rejects.toMatchObject({ kind: "rejected" });
    await expect(client().post("/things")).rejects.toMatchObject({ kind: "outcome-unknown" });
  });
});

describe("rate limits", () => {
  it.each<[string, HttpOptions["rateLimit"], Record<string, string>, number]>([
    ["Retry-After in seconds", undefined, { "retry-after": "2" }, 2_000],
    ["Retry-After as a date", undefined, { "retry-after": new Date(nowMs + 3_000).toUTCString() }, 3_000],
    ["seconds left", { resetIs: "seconds-left" }, { "x-ratelimit-reset": "4" }, 4_000],
    [
      "seconds since 1970",
      { resetIs: "epoch-seconds" },
      { "x-ratelimit-reset": `${nowMs / 1_000 + 1}` },
      1_000,
    ],
    [
      "another header",
      { resetHeader: "ratelimit-reset", resetIs: "seconds-left" },
      { "ratelimit-reset": "1" },
      1_000,
    ],
    [
      "Retry-After before the reset",
      { resetIs: "seconds-left" },
      { "retry-after": "1", "x-ratelimit-reset": "50" },
      1_000,
    ],
  ])("obeys %s", async (_, rateLimit, headers, waitMs) => {
    handler = first(1, answer(429, {}, headers));
    expect(await client({ ...(rateLimit && { rateLimit }) }).get("/things")).toEqual({ ok: true });
    expect(sleeps).toEqual([waitMs]);
  });

  it("parks the step instead of waiting long", async () => {
    handler = answer(429, {}, { "retry-after": "42" });
    await expect(client().post("/things")).rejects.toMatchObject({ kind: "try-again", retryInMs: 42_000 });
    expect(received).toHaveLength(1);
    expect(sleeps).toEqual([]);
  });

  it("knows a limit in other clothes", async () => {
    handler = first(1, answer(403, { message: "secondary rate limit" }, { "retry-after": "1" }));
    expect(await client({ explain: () => ({ limited: true }) }).post("/things")).toEqual({ ok: true });
  });
});

describe("gone and exists", () => {
  it("404 is undefined for getOrGone, success for delete, a fault for get", async () => {
    handler = answer(404, { message: "Not Found" });
    expect(await client().getOrGone("/things/1")).toBeUndefined();
    expect(await client().delete("/things/1")).toBeUndefined();
    await expect(client().get("/things/1")).rejects.toMatchObject({ kind: "rejected", status: 404 });
  });

  it("looks up what exists already, and passes the refusal on when it finds nothing", async () => {
    handler = answer(409, { message: "exists" });
    const exists = async () => ({ id: 7 });
    expect(await client().post("/things", { exists })).toEqual({ id: 7 });
    await expect(client().post("/things", { exists: async () => undefined })).rejects.toMatchObject({
      status: 409,
    });
    handler = answer(422, { message: "Name already exists" });
    const http = client({ explain: () => ({ exists: true }) });
    expect(await http.post("/things", { exists })).toEqual({ id: 7 });
  });
});

describe("secrets", () => {
  const password = new Secret("database password", 'pa"ss/word&4711');

  it("sends them, and takes them out of what comes back in any spelling", async () => {
    handler = (call, response) => {
      const { password: sent } = JSON.parse(call.body);
      const echo = [
        sent,
        JSON.stringify(sent),
        encodeURIComponent(sent),
        btoa(sent),
        call.headers.authorization,
      ];
      answer(400, { message: `Bad: ${echo.join(" ")}` })(call, response);
    };
    const fault = await client()
      .post("/things", { body: { nested: [{ password }], password } })
      .catch((error: unknown) => error);
    expect(received[0]?.body).toBe(
      JSON.stringify({ nested: [{ password: password.expose() }], password: password.expose() }),
    );
    expect(received[0]?.headers.authorization).toBe("Bearer canary-token-4711");
    const shown = JSON.stringify([fault, String(fault), (fault as Error).stack]);
    expect(shown).toContain("[secret database password]");
    expect(shown).not.toMatch(/4711|word&|canary/);
  });

  it("takes out tokens that it did not send itself", async () => {
    handler = answer(400, {
      message:
        "Bad sbp_0123456789abcdef and eyJhbGciOiJI.eyJzdWIiOiIx.c2ln and postgres://me:hunter22@host/db",
    });
    await expect(client().get("/things")).rejects.toThrow(
      "Acme answered 400: Bad [redacted] and [redacted] and postgres://me:[redacted]@host/db.",
    );
  });

  it("does not follow a redirect to another host, with or without a body", async () => {
    handler = (_, response) => response.writeHead(307, { location: "http://localhost:1/steal" }).end();
    await expect(client().get("/things")).rejects.toMatchObject({ kind: "rejected", status: 307 });
    await expect(client().post("/things", { body: { password } })).rejects.toMatchObject({ status: 307 });
    expect(received).toHaveLength(2);
  });

  it("follows one on the same host, as for a renamed repository", async () => {
    handler = (call, response) =>
      call.url === "/api/old"
        ? response.writeHead(301, { location: "/api/new" }).end()
        : answer(200, { at: call.url })(call, response);
    expect(await client().get("/old")).toEqual({ at: "/api/new" });
  });

  it.each(["ftp://host", "nonsense", "https://user:pw@host", "https://pw@host"])(
    "refuses the base URL %s without repeating it",
    (bad) => {
      expect(() => client({ baseUrl: bad })).toThrow(/address of Acme/);
      expect(() => client({ baseUrl: bad })).not.toThrow(/pw/);
    },
  );
});

describe("addresses", () => {
  it("keeps values in their place", async () => {
    handler = answer(200, {});
    const call = (path: string, params: Record<string, string>) => client().get(path, { params });
    await call("/repos/{+repository}/contents/{+file}", { repository: "a/b", file: "x y/ö?#.json" });
    await call("/users/{id}", { id: "1/../2?admin=1" });
    await client().get("/health", {
      query: { services: ["auth", "db"], limit: 5, none: undefined, on: true },
    });
    expect(received.map(({ url }) => url)).toEqual([
      "/api/repos/a/b/contents/x%20y/%C3%B6%3F%23.json",
      "/api/users/1%2F..%2F2%3Fadmin%3D1",
      "/api/health?services=auth&services=db&limit=5&on=true",
    ]);
    for (const id of ["..", "."]) await expect(call("/users/{id}/x", { id })).rejects.toThrow("dots only");
    for (const file of ["a/../b", "../b", "a/.."])
      await expect(call("/f/{+file}", { file })).rejects.toThrow("dots only");
    await expect(call("/users/{id}", { id: "" })).rejects.toThrow("empty value");
    await expect(call("/users/{id}", {})).rejects.toThrow("lacks a value");
  });

  it("tells each try, by template and without ids or secrets", async () => {
    handler = first(1, answer(500, {}), answer(200, {}));
    const seen: ObservedCall[] = [];
    const onCall = (call: ObservedCall) => void seen.push(call);
    await client({ onCall }).get("/v1/projects/{ref}", { params: { ref: "abc" }, query: { q: "x" } });
    expect(seen).toEqual(
      [500, 200].map((status) => ({
        provider: "Acme",
        method: "GET",
        path: "/v1/projects/{ref}",
        status,
        durationMs: 0,
      })),
    );
  });
});
