import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type VercelForTest, vercelForTest } from "./testing/vercel.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const team = "teamId=team_atoll";

/** The template's files as git knows them: no build and no installed packages of this checkout. */
function template(): { path: string; content: Buffer }[] {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: path.join(root, "template"),
  });
  const names = listed
    .toString()
    .split("\0")
    .filter((name) => name !== "");
  return names.map((name) => ({ path: name, content: readFileSync(path.join(root, "template", name)) }));
}

const config = (name: string) =>
  Buffer.from(
    JSON.stringify({ client: { id: name, slug: name, name }, modules: { crm: true }, locale: "fr" }),
  );

let vercel: VercelForTest;
beforeAll(async () => {
  vercel = await vercelForTest([...template(), { path: "client-config.json", content: config("Toko A") }], {
    light: false,
    buildCache: path.join(root, ".atoll", "builds"), // of this checkout: built once for all tests and the demo
  });
});
afterAll(() => vercel?.remove());

async function project(name: string): Promise<void> {
  await vercel.call("POST", `/v11/projects?${team}`, {
    name,
    framework: "nextjs",
    gitRepository: { type: "github", repo: "clients/site" },
    environmentVariables: [
      { key: "ATOLL_INSTANCE_ID", value: name, target: "production", type: "plain" },
      // Nothing listens there: the application has to say so rather than to fail.
      {
        key: "NEXT_PUBLIC_SUPABASE_URL",
        value: "http://127.0.0.1:9/projects/x",
        target: "production",
        type: "plain",
      },
      { key: "NEXT_PUBLIC_SUPABASE_ANON_KEY", value: "public", target: "production", type: "plain" },
    ],
  });
}

async function deployed(name: string): Promise<{ id: string; url: string }> {
  const { body } = await vercel.call("POST", `/v13/deployments?forceNew=1&${team}`, {
    name,
    project: name,
    target: "production",
    gitSource: { type: "github", repoId: 77, ref: "main" },
  });
  const ended = await vercel.ended(body.id);
  expect(ended.errorMessage).toBeUndefined();
  return { id: body.id, url: `http://${ended.url}` };
}

const health = async (url: string): Promise<unknown> => (await fetch(`${url}/api/health`)).json();
const logOf = async (id: string): Promise<string> => {
  const { body } = await vercel.call("GET", `/v3/deployments/${id}/events?limit=-1&${team}`);
  return body.map((event: { text: string }) => event.text).join("\n");
};

test("the template is cloned, built once and run with each project's own environment", {
  timeout: 600_000,
}, async () => {
  await project("site-a");
  const a = await deployed("site-a");
  expect(await health(a.url)).toEqual({ ok: true, instance: "site-a", database: false });

  await project("site-b");
  const b = await deployed("site-b");
  expect(b.url).not.toBe(a.url);
  expect(await logOf(b.id)).toContain("Restored the build");
  expect(await health(b.url)).toEqual({ ok: true, instance: "site-b", database: false });
  expect(await health(a.url)).toMatchObject({ instance: "site-a" });

  const page = await fetch(`${a.url}/sign-in`);
  const html = await page.text();
  expect(page.status).toBe(200);
  expect(html).toContain('<html lang="fr"');
  expect(html).toContain("Toko A");
  expect(html).not.toContain("127.0.0.1:9");
  expect(page.headers.get("content-security-policy")).toContain("script-src 'self' 'nonce-");

  // Another client-config.json is another site, not another build.
  await vercel.repository.commit(
    "main",
    [{ path: "client-config.json", content: config("Toko <B>") }],
    "Rename",
  );
  const renamed = await deployed("site-a");
  expect(renamed.url).toBe(a.url);
  expect(await logOf(renamed.id)).toContain("Restored the build");
  expect(await (await fetch(`${a.url}/sign-in`)).text()).toContain("Toko &lt;B&gt;");
  expect(await (await fetch(`${b.url}/sign-in`)).text()).toContain("Toko A");

  await vercel.restart();
  expect(await health(b.url)).toMatchObject({ instance: "site-b" });
});

test("a build that fails ends as ERROR, names the command and keeps its words; the site stays", {
  timeout: 600_000,
}, async () => {
  await project("broken");
  const before = await deployed("broken");
  const about = { name: "broken", version: "1.0.0", scripts: { build: "echo no such luck >&2; exit 3" } };
  await vercel.repository.commit(
    "main",
    [
      { path: "package.json", content: Buffer.from(JSON.stringify(about)) },
      {
        path: "package-lock.json",
        content: Buffer.from(JSON.stringify({ ...about, lockfileVersion: 3, packages: {} })),
      },
    ],
    "Break it",
  );
  const sha = (await vercel.repository.head("main")) ?? "";
  vercel.context.bus.emit("github.push", { owner: "clients", repo: "site", branch: "main", sha });
  const failing = async () =>
    (await vercel.call("GET", `/v6/deployments?projectId=broken&state=ERROR&${team}`)).body.deployments;
  for (let looks = 0; looks < 3000 && (await failing()).length === 0; looks++) await wait(20);
  const [failed] = await failing();
  expect(failed).toMatchObject({ source: "git", errorMessage: 'Command "npm run build" exited with 3' });
  expect(await logOf(failed.uid)).toContain("no such luck");
  expect(await health(before.url)).toMatchObject({ instance: "broken" });
});
