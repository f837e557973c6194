import { randomUUID } from "node:crypto";
import { createClient } from "@atoll/contract/client";
import type { Role } from "@atoll/contract/schemas/account";
import { type OpenHub, openHub } from "../hub.ts";
import { openRuntime, type Runtime } from "../runtime.ts";
import { hubApp } from "../server/app.ts";
import type { Letters } from "../services/letters.ts";
import { createKey } from "../services/people.ts";

/** Letters that show what they were given: their wording has tests of its own. */
const plainLetters: Letters = {
  confirmAddress: (data) => plain("confirm", data),
  requestReceived: (data) => plain("received", data),
  requestApproved: (data) => plain("approved", data),
  requestRejected: (data) => plain("rejected", data),
  runFailed: (data) => plain("failed", data),
  schemaDrift: (data) => plain("drift", data),
  incidentOpened: (data) => plain("incident", data),
  incidentClosed: (data) => plain("all clear", data),
  teamInvitation: (data) => plain("team invitation", data),
  instanceDrift: (data) => plain("instance drift", data),
  massDrift: (data) => plain("mass drift", data),
  invitation: (data) => plain("invitation", data),
};

function plain(kind: string, data: object) {
  const text = JSON.stringify({ kind, ...data });
  return { subject: kind, html: `<p>${kind}</p>`, text };
}

/** A hub on a local cloud, called without a port. */
export interface TestHub extends OpenHub {
  runtime: Runtime;
  /** Sends a request as a browser on the hub's own page would. */
  send(path: string, init?: RequestInit): Promise<Response>;
  /** A client with an API key of this role. */
  as(role: Role): ReturnType<typeof createClient>;
  /** The keys themselves. */
  keys: ReadonlyMap<Role, string>;
  nobody: ReturnType<typeof createClient>;
  stop(): Promise<void>;
}

const baseUrl = "http://hub.test";

/** Opens a hub whose providers are where `env` says; `worker` does runs in this process. */
export async function testHub(env: NodeJS.ProcessEnv, options: { worker: boolean }): Promise<TestHub> {
  // Most tests count calls: nobody looks at instances by themselves unless the test says how often.
  const runtime = await openRuntime({
    env: { ATOLL_PROBE_EVERY_SECONDS: "0", ATOLL_BACKUP_EVERY_HOURS: "0", ...env },
    worker: options.worker,
  });
  const open = await openHub({
    runtime,
    letters: plainLetters,
    baseUrl,
    version: "test",
    env: {},
    tickMs: 100,
    onError: (error) => console.error(error),
  });
  const app = hubApp({ hub: open.hub, onError: (error) => console.error(error) });
  const send: TestHub["send"] = async (path, init) => app.request(`${baseUrl}${path}`, init);
  const keys = new Map<Role, string>();
  for (const role of ["viewer", "operator", "owner"] as const) {
    const made = await open.hub.store
      .transaction()
      .execute((tx) => createKey(tx, { name: `${role} ${randomUUID()}`, role, by: "test", expiresAt: null }));
    keys.set(role, made.key);
  }
  const client = (apiKey?: string) =>
    createClient({
      baseUrl,
      ...(apiKey !== undefined && { apiKey }),
      fetch: async (url, init) => app.request(String(url), init),
    });
  return {
    ...open,
    runtime,
    send,
    as: (role) => client(keys.get(role)),
    keys,
    nobody: client(),
    async stop() {
      await open.close();
      await runtime.close();
    },
  };
}
