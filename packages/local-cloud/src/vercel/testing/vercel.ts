import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Hono } from "hono";
import { createRepository, type FileChange, type GitRepository } from "../../git/repository.ts";
import { openBus } from "../../kit/bus.ts";
import { cloudClock } from "../../kit/clock.ts";
import type { CloudContext } from "../../kit/context.ts";
import { openFaults } from "../../kit/faults.ts";
import { openLog } from "../../kit/log.ts";
import { cloudApp, listen } from "../../kit/serve.ts";
import { type CloudSettings, localTokens } from "../../kit/settings.ts";
import { openStore } from "../../kit/store.ts";
import { vercelEmulator } from "../emulator.ts";

/** What an answer holds; tests look at the keys they know. */
// biome-ignore lint/suspicious/noExplicitAny: JSON of many shapes, checked by the assertions
type Json = any;

/** The emulator alone, at an address of its own, with one real repository. */
export interface VercelForTest {
  context: CloudContext;
  repository: GitRepository;
  url(): string;
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: Json; headers: Headers }>;
  /** Asks for a deployment until it has ended. */
  ended(id: string): Promise<Json>;
  /** Stops the emulator and starts it anew on what it kept. */
  restart(): Promise<void>;
  remove(): Promise<void>;
}

/** Starts it in a folder of its own; `files` are the first commit of `clients/site`. */
export async function vercelForTest(
  files: FileChange[],
  change: Partial<CloudSettings> = {},
): Promise<VercelForTest> {
  const folder = mkdtempSync(path.join(tmpdir(), "atoll-vercel-"));
  const repository = await createRepository(path.join(folder, "site.git"), "main");
  await repository.commit("main", files, "First");
  const settings: CloudSettings = {
    dataDir: path.join(folder, "cloud"),
    port: 0,
    sitePort: 0,
    smtpPort: 0,
    light: true,
    rateLimits: false,
    latencies: {
      timeScale: 1,
      callMs: 0,
      supabaseReadyMs: 0,
      keysMs: 0,
      repositoryFillMs: 0,
      buildMs: 20,
    },
    templateDir: path.join(folder, "template"),
    buildCache: path.join(folder, "builds"),
    ...change,
  };
  const hosted = { path: repository.path, id: 77, defaultBranch: "main" };

  async function start() {
    const store = openStore(settings.dataDir);
    const context: CloudContext = {
      settings,
      tokens: localTokens,
      store,
      clock: cloudClock(() => settings.latencies),
      faults: openFaults(),
      log: openLog(),
      bus: openBus(),
      url: () => "",
      postgresUrl: () => "",
      git: {
        github: {
          bareRepository: (owner, repo) => (owner === "clients" && repo === "site" ? hosted : undefined),
        },
      },
    };
    const emulator = await vercelEmulator(context);
    const { server, port } = await listen(cloudApp(context, [emulator], new Hono()), 0);
    return { context, emulator, server, port, store };
  }
  let running = await start();

  async function stop(): Promise<void> {
    running.server.closeAllConnections();
    await new Promise((resolve) => running.server.close(resolve));
    await running.emulator.close?.();
    running.store.close();
  }

  const url = () => `http://127.0.0.1:${running.port}/vercel`;
  const call: VercelForTest["call"] = async (method, at, body, headers = {}) => {
    const raw = body instanceof Uint8Array;
    const response = await fetch(`${url()}${at}`, {
      method,
      headers: {
        authorization: `Bearer ${localTokens.vercel}`,
        "content-type": raw ? "application/octet-stream" : "application/json",
        ...headers,
      },
      ...(body !== undefined && { body: raw ? Buffer.from(body) : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: text === "" ? undefined : JSON.parse(text),
      headers: response.headers,
    };
  };

  return {
    get context() {
      return running.context;
    },
    repository,
    url,
    call,
    async ended(id) {
      for (let looks = 0; looks < 6000; looks++) {
        const { body } = await call("GET", `/v13/deployments/${id}?teamId=team_atoll`);
        if (["READY", "ERROR", "CANCELED"].includes(body.readyState)) return body;
        await wait(20);
      }
      throw new Error(`Deployment ${id} did not end.`);
    },
    async restart() {
      await stop();
      running = await start();
    },
    async remove() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
