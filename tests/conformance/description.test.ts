import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { localTokens } from "../../packages/local-cloud/src/kit/settings.ts";
import { testCloud } from "../../packages/local-cloud/src/testing/cloud.ts";
import { openDescription } from "./description.ts";

type Json = Record<string, unknown>;

interface Read {
  file: string;
  base: string;
  path: string;
  headers: Record<string, string>;
  /** A key that the description requires, and one that it has as text. */
  required: string;
  text: string;
}

// A comparison that finds nothing proves nothing: each provider's real answers are broken here, and that must show.
const reads: Read[] = [
  {
    file: "supabase-management.full.json",
    base: "/supabase",
    path: "/v1/organizations/atoll-local",
    headers: { authorization: `Bearer ${localTokens.supabase}` },
    required: "id",
    text: "name",
  },
  {
    file: "github.trim.json",
    base: "/github",
    path: "/repos/atoll-templates/business-app",
    headers: { authorization: `Bearer ${localTokens.github}` },
    required: "full_name",
    text: "default_branch",
  },
  {
    file: "n8n-public-api.trim.json",
    base: "/n8n/api/v1",
    path: "/workflows/{id}",
    headers: { "x-n8n-api-key": localTokens.n8n },
    required: "connections",
    text: "name",
  },
  {
    file: "vercel.trim.json",
    base: "/vercel",
    path: "/v2/teams/team_atoll",
    headers: { authorization: `Bearer ${localTokens.vercel}` },
    required: "membership",
    text: "slug",
  },
];

let cloud: Awaited<ReturnType<typeof testCloud>>;
beforeAll(async () => {
  cloud = await testCloud();
});
afterAll(() => cloud?.close());

describe.each(reads)("$file", ({ file, base, path, headers, required, text }) => {
  const description = openDescription(file);
  const call = (method: string, at: string, body?: unknown) => cloud.call(method, base + at, body, headers);

  /** What the comparison says of a read whose answer was changed. */
  async function differences(change: (answer: Json) => unknown, status = 200, query = "") {
    const workflow = { name: "A", nodes: [], connections: {}, settings: {} };
    const at = path.includes("{id}")
      ? path.replace("{id}", (await call("POST", "/workflows", workflow)).body.id)
      : path;
    const answered = change((await call("GET", at)).body);
    const exchange = { method: "GET", path: at, query: new URLSearchParams(query), status, answered };
    return description?.differences(exchange) ?? [];
  }

  test.skipIf(!description)("nothing is said of the answer as it came", async () => {
    expect(await differences((answer) => answer)).toEqual([]);
  });

  test.skipIf(!description)("a key that is missing is told", async () => {
    const found = await differences(({ [required]: _, ...rest }) => rest);
    expect(found.join("\n")).toContain(`must have required property '${required}'`);
  });

  test.skipIf(!description)("a value of another type is told by its place", async () => {
    const found = await differences((answer) => ({ ...answer, [text]: 7 }));
    expect(found.join("\n")).toMatch(new RegExp(`/${text} must be string.*\\(is 7\\)`));
  });

  test.skipIf(!description)("a list in place of one thing is told", async () => {
    expect(await differences((answer) => [answer])).not.toEqual([]);
  });

  test.skipIf(!description)("a status and a parameter that are not described are told", async () => {
    expect(await differences((answer) => answer, 299)).toEqual([
      expect.stringMatching(/299 is not described/),
    ]);
    expect(await differences((answer) => answer, 200, "colour=red")).toEqual([
      expect.stringMatching(/\?colour is not described/),
    ]);
  });
});

test.for([
  {
    file: "n8n-public-api.trim.json",
    call: "POST /tags",
    body: { colour: "red" },
    status: 201,
    told: /request .*required property 'name'/,
  },
  {
    file: "n8n-public-api.trim.json",
    call: "POST /workflows",
    body: { name: "A", nodes: [], connections: {}, settings: {}, colour: "red" },
    status: 200,
    told: /request .*additional properties "colour"/,
  },
  {
    file: "vercel.trim.json",
    call: "POST /v11/projects",
    body: { name: 7 },
    status: 200,
    told: /request \/name must be string/,
  },
  {
    file: "github.trim.json",
    call: "PUT /repos/a/b/topics",
    body: { names: "atoll" },
    status: 200,
    told: /request \/names must be array/,
  },
  {
    file: "gitea-1.22.trim.json",
    call: "POST /repos/a/b/contents",
    body: { message: "No files" },
    status: 201,
    told: /request .*required property 'files'/,
  },
  {
    file: "resend.trim.json",
    call: "POST /emails",
    body: { to: "a@b.example", subject: "No sender" },
    status: 200,
    told: /request .*required property 'from'/,
  },
  {
    file: "supabase-auth.trim.json",
    call: "POST /nothing/of/this/kind",
    body: {},
    status: 200,
    told: /is not described/,
  },
])("a body that $file does not have is told: $call", ({ file, call, body, status, told }, { skip }) => {
  const description = openDescription(file);
  if (description === undefined) return skip(`${file} is not here.`);
  const [method = "", path = ""] = call.split(" ");
  const exchange = { method, path, query: new URLSearchParams(), sent: body, status };
  expect(description.differences(exchange).join("\n")).toMatch(told);
});
