import { afterAll, beforeAll, expect, test } from "vitest";
import { testCloud } from "../../testing/cloud.ts";
import { openSpec } from "../../testing/spec.ts";

const spec = openSpec("supabase-management.full.json");
let cloud: Awaited<ReturnType<typeof testCloud>>;

beforeAll(async () => {
  if (spec === undefined) console.warn("Skipped: the folder with the official API descriptions is not here.");
  else cloud = await testCloud({ supabasePlan: "free" });
});
afterAll(() => cloud?.close());

/** Calls an operation and holds its answer against the description. */
async function call(operation: string, at: Record<string, string> = {}, body?: unknown, query = "") {
  const [method = "", template = ""] = operation.split(" ");
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => at[name] ?? "").replace(/^\/v1/, "");
  const answer = await cloud.manage(method, `${path}${query}`, body);
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  expect(spec?.problems(operation, answer.status, answer.body)).toEqual([]);
  return answer.body;
}

test.skipIf(spec === undefined)("the Management API answers as its description says", async () => {
  const { ref } = await call(
    "POST /v1/projects",
    {},
    {
      name: "described",
      db_pass: "a1B2".repeat(8),
      organization_slug: "atoll-local",
      region: "eu-west-3",
    },
  );
  const at = { ref, slug: "atoll-local" };
  const until = (status: string) =>
    expect.poll(async () => (await call("GET /v1/projects/{ref}", at)).status).toBe(status);
  await until("ACTIVE_HEALTHY");
  await call("GET /v1/projects");
  await call("PATCH /v1/projects/{ref}", at, { name: "renamed" });
  await call("GET /v1/projects/available-regions", {}, undefined, "?organization_slug=atoll-local");
  await call("GET /v1/organizations");
  await call("GET /v1/organizations/{slug}", at);
  await call("GET /v1/organizations/{slug}/projects", at);
  await call("GET /v1/projects/{ref}/health", at, undefined, "?services=auth&services=pooler,rest");
  await call("GET /v1/projects/{ref}/api-keys", at);
  await call("GET /v1/projects/{ref}/api-keys", at, undefined, "?reveal=true");
  const wanted = { type: "secret", name: "other", secret_jwt_template: { role: "service_role" } };
  const { id } = await call("POST /v1/projects/{ref}/api-keys", at, wanted, "?reveal=true");
  await call("DELETE /v1/projects/{ref}/api-keys/{id}", { ...at, id });
  await call("GET /v1/projects/{ref}/api-keys/legacy", at);
  await call("PUT /v1/projects/{ref}/api-keys/legacy", at, undefined, "?enabled=true");
  await call("GET /v1/projects/{ref}/config/auth", at);
  await call("PATCH /v1/projects/{ref}/config/auth", at, { site_url: "http://localhost:4600" });
  await call("GET /v1/projects/{ref}/postgrest", at);
  await call("PATCH /v1/projects/{ref}/postgrest", at, { max_rows: 500 });
  await call("GET /v1/projects/{ref}/config/database/pooler", at);
  await call("POST /v1/projects/{ref}/database/query", at, { query: "select 1" });
  await call("PATCH /v1/projects/{ref}/database/password", at, { password: "another-Password-1" });
  await call("GET /v1/projects/{ref}/database/backups", at);
  await call("POST /v1/projects/{ref}/pause", at);
  await until("INACTIVE");
  await call("POST /v1/projects/{ref}/restore", at);
  await call("DELETE /v1/projects/{ref}", at);
});
