import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Cloud, startCloud } from "../cloud.ts";
import { type CloudSettings, latencies, localTokens } from "../kit/settings.ts";

const fallback = latencies.instant;

/** Settings of a quick cloud in a folder of this test file's own. */
function testSettings(change: Partial<CloudSettings> = {}): CloudSettings {
  const folder = mkdtempSync(path.join(tmpdir(), "atoll-cloud-test-"));
  chmodSync(folder, 0o711);
  if (fallback === undefined) throw new Error("There are no instant latencies.");
  return {
    dataDir: path.join(folder, "cloud"),
    port: 0,
    sitePort: 0,
    smtpPort: 0,
    light: true,
    rateLimits: false,
    latencies: { ...fallback },
    templateDir: path.join(folder, "template"),
    buildCache: path.join(folder, "builds"),
    ...change,
  };
}

/** A quick cloud in this process, with what a test does to it over HTTP. Close it in `afterAll`. */
export async function testCloud(change: Partial<CloudSettings> = {}) {
  const settings = testSettings(change);
  let cloud: Cloud = await startCloud(settings);

  async function call(method: string, at: string, body?: unknown, headers: Record<string, string> = {}) {
    const answer = await fetch(`${cloud.url}${at}`, {
      method,
      headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
      body: (text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : text) as any,
    };
  }

  return {
    settings,
    call,
    url: () => cloud.url,
    /** The Management API of Supabase. */
    manage: (method: string, at: string, body?: unknown) =>
      call(method, `/supabase/v1${at}`, body, { authorization: `Bearer ${localTokens.supabase}` }),
    /** Ends it and removes all that it kept. */
    async close() {
      await cloud.close();
      rmSync(path.dirname(settings.dataDir), { recursive: true, force: true });
    },
    async restart() {
      await cloud.close();
      cloud = await startCloud(settings);
    },
  };
}
