import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createClient, HubProblem } from "./client.ts";
import { openApiDocument } from "./openapi.ts";
import { routes } from "./routes.ts";

test("openapi.json is what the routes say (`npm run openapi` writes it)", () => {
  const committed = JSON.parse(readFileSync(new URL("../openapi.json", import.meta.url), "utf8"));
  expect(JSON.parse(JSON.stringify(openApiDocument()))).toEqual(committed);
});

test("no two routes have one address, and only public ones stand under /api/public", () => {
  const all = Object.values(routes).map(({ definition }) => definition);
  expect(new Set(all.map(({ method, path }) => `${method} ${path}`)).size).toBe(all.length);
  for (const { path, access } of all) if (path.startsWith("/api/public")) expect(access, path).toBe("public");
});

test("the client fills in path and query, sends JSON, and throws what the hub refuses", async () => {
  const sent: Request[] = [];
  const answers = [
    Response.json({ items: [], nextCursor: "n" }, { headers: { etag: '"1"' } }),
    Response.json({ type: "about:blank", title: "No.", status: 403, next: "Ask an owner." }, { status: 403 }),
    new Response("broken", { status: 502 }),
  ];
  const client = createClient({
    baseUrl: "http://hub",
    apiKey: "k",
    fetch: async (url, init) => {
      sent.push(new Request(url as string, init));
      return answers.shift() ?? Response.error();
    },
  });
  const { answer, etag } = await client.callTagged("listInstances", { query: { search: "a&b", limit: 5 } });
  expect({ answer, etag }).toEqual({ answer: { items: [], nextCursor: "n" }, etag: '"1"' });
  expect(sent[0]?.url).toBe("http://hub/api/instances?search=a%26b&limit=5");
  expect(sent[0]?.headers.get("authorization")).toBe("Bearer k");
  const reject = client.call("rejectRequest", { params: { id: "a/b" }, body: { reason: "No" } });
  await expect(reject).rejects.toMatchObject({ problem: { status: 403, next: "Ask an owner." } });
  expect(sent[1]?.url).toBe("http://hub/api/requests/a%2Fb/reject");
  await expect(client.call("showMe", {})).rejects.toBeInstanceOf(HubProblem);
});

test("the client reads events as they come, also when they arrive in pieces", async () => {
  const text = 'id: 1\ndata: {"type":"run","seq":1}\n\n: beat\n\nid: 2\ndata: {"type":"run","seq":2}\n\n';
  const pieces = text.match(/.{1,7}/gs) ?? [];
  const client = createClient({
    baseUrl: "",
    fetch: async () =>
      new Response(
        new ReadableStream<Uint8Array>({
          start(stream) {
            for (const piece of pieces) stream.enqueue(new TextEncoder().encode(piece));
            stream.close();
          },
        }),
      ),
  });
  const seen: number[] = [];
  for await (const event of client.follow("followRun", { params: { id: "r" } })) seen.push(event.seq);
  expect(seen).toEqual([1, 2]);
});
