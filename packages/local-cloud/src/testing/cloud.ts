import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Cloud, startCloud } from "../cloud.ts";
import type { CloudSettings } from "../kit/settings.ts";

/** A local cloud inside of the test's own process, instant and light, in a folder of its own. */
export async function cloudForTest(
  change: Partial<CloudSettings> = {},
): Promise<Cloud & { dataDir: string; remove(): Promise<void> }> {
  const folder = mkdtempSync(path.join(tmpdir(), "atoll-cloud-"));
  chmodSync(folder, 0o711);
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
      supabaseReadyMs: 60,
      keysMs: 20,
      repositoryFillMs: 40,
      buildMs: 60,
    },
    templateDir: path.join(folder, "template"),
    buildCache: path.join(folder, "builds"),
    ...change,
  };
  const cloud = await startCloud(settings);
  return {
    ...cloud,
    dataDir: settings.dataDir,
    async remove() {
      await cloud.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
