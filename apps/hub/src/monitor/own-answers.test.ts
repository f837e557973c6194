import { createServer } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openOwnAnswers } from "./own-answers.ts";

let status = 401;
const server = createServer((_, answer) => {
  if (status === 0) return answer.destroy();
  return answer.writeHead(status).end("{}");
});
let apiUrl = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  apiUrl = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/api/v1`;
});
afterAll(() => server.close());

const answers = (provider: string, environment = "here") => {
  const here = { name: "here", settings: { supabase: { apiUrl }, vercel: { apiUrl }, n8n: { apiUrl } } };
  // Of an environment's settings only where the APIs are is read.
  const environments = [here] as unknown as Parameters<typeof openOwnAnswers>[0]["environments"];
  return openOwnAnswers({ environments, timeoutMs: 2_000 })(environment, provider);
};

test("a refusal is an answer; an error of its own, and a broken connection, are none", async () => {
  for (const [given, expected] of [
    [401, true],
    [404, true],
    [429, true],
    [503, false],
    [0, false],
  ] as const) {
    status = given;
    expect(await answers("supabase"), String(given)).toBe(expected);
  }
});

test("of who is not known nothing is said", async () => {
  expect(await answers("netlify")).toBeUndefined();
  expect(await answers("supabase", "elsewhere")).toBeUndefined();
});
