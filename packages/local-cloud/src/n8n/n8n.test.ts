import { afterAll, beforeAll, expect, test } from "vitest";
import { localTokens } from "../kit/settings.ts";
import { testCloud } from "../testing/cloud.ts";

let cloud: Awaited<ReturnType<typeof testCloud>>;

beforeAll(async () => {
  cloud = await testCloud();
});
afterAll(() => cloud?.close());

const call = (method: string, at: string, body?: unknown, key: string = localTokens.n8n) =>
  cloud.call(method, `/n8n/api/v1${at}`, body, { "x-n8n-api-key": key });

interface Node {
  name: string;
  type: string;
  id?: string;
  parameters?: object;
  disabled?: boolean;
  credentials?: object;
}

const webhook = (path: string, more: Partial<Node> = {}): Node => ({
  id: path,
  name: "Hook",
  type: "n8n-nodes-base.webhook",
  parameters: { path, httpMethod: "POST" },
  ...more,
});
const definition = (nodes: Node[], connections: object = {}) => ({
  name: "A workflow",
  nodes,
  connections,
  settings: {},
});

async function made(nodes: Node[], connections?: object): Promise<string> {
  const { status, body } = await call("POST", "/workflows", definition(nodes, connections));
  expect(status, JSON.stringify(body)).toBe(200);
  return body.id;
}
const publish = (id: string) => call("POST", `/workflows/${id}/publish`, {});
const hook = (path: string) => cloud.call("POST", `/n8n/webhook/${path}`, {});

test.each<[string, Node[], object, RegExp]>([
  ["nothing that starts it", [], {}, /no trigger node/],
  [
    "a manual trigger only",
    [{ id: "1", name: "By hand", type: "n8n-nodes-base.manualTrigger" }],
    {},
    /no trigger node/,
  ],
  ["a trigger that is switched off", [webhook("off", { disabled: true })], {}, /no trigger node/],
  ["a trigger without an id", [{ ...webhook("none"), id: "" }], {}, /unique ids/],
  [
    "two triggers of one id",
    [webhook("twice"), { ...webhook("twice"), name: "Again", parameters: { path: "again" } }],
    {},
    /unique ids/,
  ],
  ["a connection from nowhere", [webhook("stray")], { Gone: { main: [] } }, /unknown node "Gone"/],
  [
    "a credential that is not there",
    [webhook("keyless", { credentials: { httpHeaderAuth: { id: "none", name: "Resend" } } })],
    {},
    /credential that does not exist \("Resend"\)/,
  ],
])("a workflow with %s is not published", async (_, nodes, connections, why) => {
  const id = await made(nodes, connections);
  const { status, body } = await publish(id);
  expect({ status, message: body.message }).toEqual({ status: 400, message: expect.stringMatching(why) });
  expect((await call("GET", `/workflows/${id}`)).body).toMatchObject({ active: false, activeVersion: null });
});

test("a webhook answers from publishing to unpublishing, and its calls are kept", async () => {
  const id = await made([webhook("toko/mail")]);
  expect((await hook("toko/mail")).status).toBe(404);
  const { body } = await publish(id);
  expect(body).toMatchObject({ active: true, activeVersion: { versionId: body.versionId } });
  expect((await hook("toko/mail")).status).toBe(200);
  expect((await call("GET", `/executions?workflowId=${id}`)).body.data).toMatchObject([
    { workflowId: id, status: "success" },
  ]);
  await call("POST", `/workflows/${id}/unpublish`);
  expect((await hook("toko/mail")).status).toBe(404);
});

test("an archived workflow goes off and is not published", async () => {
  const id = await made([webhook("old")]);
  await publish(id);
  const { body } = await call("POST", `/workflows/${id}/archive`);
  expect(body).toMatchObject({ active: false, isArchived: true });
  expect((await publish(id)).status).toBe(400);
});

test("a change of a published workflow that could not be published is refused, and the old one stays", async () => {
  const id = await made([webhook("steady")]);
  await publish(id);
  expect((await call("PUT", `/workflows/${id}`, definition([]))).status).toBe(400);
  expect((await hook("steady")).status).toBe(200);
});

test("two published workflows cannot have one webhook path and method", async () => {
  const first = await made([webhook("shared")]);
  const second = await made([webhook("shared")]);
  const other = await made([webhook("shared", { parameters: { path: "shared", httpMethod: "PUT" } })]);
  await publish(first);
  const refused = await publish(second);
  expect(refused).toMatchObject({ status: 409, body: { message: expect.stringContaining("A workflow") } });
  expect((await publish(other)).status).toBe(200);
  await call("DELETE", `/workflows/${first}`);
  expect((await publish(second)).status).toBe(200);
});

test.each([
  ["id", "x", /id is read-only/],
  ["active", true, /active is read-only/],
  ["tags", [], /tags is read-only/],
  ["createdAt", "2026-01-01T00:00:00Z", /createdAt is read-only/],
  ["colour", "red", /must NOT have additional properties/],
])("a workflow that brings %s is refused", async (key, value, why) => {
  const answer = await call("POST", "/workflows", { ...definition([webhook("x")]), [key]: value });
  expect(answer).toMatchObject({ status: 400, body: { message: expect.stringMatching(why) } });
});

test("a key that a node or the settings do not have is refused", async () => {
  const node = { ...webhook("x"), colour: "red" };
  expect((await call("POST", "/workflows", definition([node]))).status).toBe(400);
  const settings = { colour: "red" };
  expect((await call("POST", "/workflows", { ...definition([]), settings })).status).toBe(400);
});

test("a tag's name is taken once; deleting it takes it off its workflows", async () => {
  const id = await made([webhook("tagged")]);
  const { body: tag } = await call("POST", "/tags", { name: "client-a" });
  expect((await call("POST", "/tags", { name: "client-a" })).status).toBe(409);
  expect((await call("PUT", `/workflows/${id}/tags`, [{ id: "none" }])).status).toBe(404);
  await call("PUT", `/workflows/${id}/tags`, [{ id: tag.id }]);
  const tagged = async () => (await call("GET", "/workflows?tags=client-a")).body.data.length;
  expect(await tagged()).toBe(1);
  await call("DELETE", `/tags/${tag.id}`);
  expect(await tagged()).toBe(0);
});

test("no answer shows what a credential holds", async () => {
  const data = { name: "Authorization", value: "Bearer canary-7" };
  const created = await call("POST", "/credentials", { name: "Resend", type: "httpHeaderAuth", data });
  const at = `/credentials/${created.body.id}`;
  const answers = [
    created,
    await call("GET", at),
    await call("GET", "/credentials"),
    await call("PATCH", at, { data: { ...data, value: "Bearer canary-8" } }),
    await call("PATCH", at, { data: { value: "Bearer canary-9" } }),
    await call("POST", "/credentials", { name: "Resend", type: "nothing", data }),
    await cloud.call("GET", "/control/inventory"),
    await call("DELETE", at),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 400, 400, 200, 200]);
  expect(JSON.stringify(answers.map(({ body }) => body))).not.toMatch(/canary/);
});

test("a list goes on where its cursor says", async () => {
  for (const name of ["page-1", "page-2", "page-3"]) await call("POST", "/tags", { name });
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const { body } = await call("GET", `/tags?limit=2${cursor === null ? "" : `&cursor=${cursor}`}`);
    expect(body.data.length).toBeLessThanOrEqual(2);
    seen.push(...body.data.map((tag: { name: string }) => tag.name));
    cursor = body.nextCursor;
  } while (cursor !== null);
  expect(seen).toEqual(expect.arrayContaining(["page-1", "page-2", "page-3"]));
  expect(new Set(seen).size).toBe(seen.length);
});

test("without the right API key nothing is told", async () => {
  expect((await call("GET", "/workflows", undefined, "wrong")).status).toBe(401);
  expect((await cloud.call("GET", "/n8n/api/v1/workflows")).status).toBe(401);
});
