import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test, vi } from "vitest";
import { localTokens } from "../../kit/settings.ts";
import { testCloud } from "../../testing/cloud.ts";
import { storageProject } from "./testing/project.ts";

const folder = mkdtempSync(path.join(tmpdir(), "atoll-storage-killed-"));
chmodSync(folder, 0o711);
const dataDir = path.join(folder, "cloud");
let process: ChildProcess | undefined;
let cloud: Awaited<ReturnType<typeof testCloud>> | undefined;

afterAll(async () => {
  process?.kill("SIGKILL");
  await cloud?.close();
  if (cloud !== undefined) rmSync(path.dirname(cloud.settings.templateDir), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

/** A cloud as a process of its own, as far as a project needs it. */
async function running() {
  const main = fileURLToPath(new URL("../../main.ts", import.meta.url));
  const ports = ["--port", "0", "--smtp-port", "0"];
  process = spawn(
    globalThis.process.execPath,
    [main, "--data-dir", dataDir, ...ports, "--light", "--latency", "instant", "--no-rate-limits"],
    { stdio: "ignore" },
  );
  const file = path.join(dataDir, "cloud.json");
  await vi.waitFor(() => expect(existsSync(file)).toBe(true), { timeout: 60_000 });
  const { url } = JSON.parse(readFileSync(file, "utf8")) as { url: string }; // written by the cloud
  return {
    url: () => url,
    async manage(method: string, at: string, body?: unknown) {
      const answer = await fetch(`${url}/supabase/v1${at}`, {
        method,
        headers: { authorization: `Bearer ${localTokens.supabase}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.status, headers: answer.headers, body: await answer.json() };
    },
  };
}

test("a cloud killed while files come in has each file whole, or not at all", async () => {
  const first = await running();
  const project = await storageProject(first, "killed");
  const before = project.service().storage;
  await before.createBucket("files");
  const content = (text: string) => text.repeat(300_000);
  const answered = new Map<string, string>();
  // Some names again and again, some new ones, as many at once as there is room for, until the process is gone.
  const writers = ["a", "b", "c", "d"].map(async (letter) => {
    for (let round = 0; ; round++) {
      const name = round % 2 === 0 ? `again-${letter}` : `${letter}-${round}`;
      const text = String(round % 10);
      const { error } = await before.from("files").upload(name, content(text), { upsert: true });
      if (error !== null) return;
      answered.set(name, text);
    }
  });
  await vi.waitFor(() => expect(answered.size).toBeGreaterThan(16), { timeout: 30_000 });
  const gone = process && once(process, "exit");
  process?.kill("SIGKILL");
  await gone;
  await Promise.all(writers);

  cloud = await testCloud({ dataDir });
  const second = cloud;
  const rows: { name: string; size: number }[] = (
    await second.manage("POST", `/projects/${project.ref}/database/query`, {
      query: "select name, (metadata ->> 'size')::int as size from storage.objects",
    })
  ).body;
  expect(rows.map((each) => each.name)).toEqual(expect.arrayContaining([...answered.keys()]));
  for (const { name, size } of rows) {
    const read = await fetch(
      `${second.url()}/supabase/projects/${project.ref}/storage/v1/object/files/${name}`,
      {
        headers: { apikey: project.secretKey },
      },
    );
    const text = await read.text();
    expect([read.status, text.length], name).toEqual([200, size]);
    expect(text, name).toBe(content(text.slice(0, 1)));
    // What was answered is there, unless the very last upload replaced it.
    if (!name.startsWith("again")) expect(text.slice(0, 1)).toBe(answered.get(name) ?? text.slice(0, 1));
  }
});
