import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startCloud, stopCloud } from "@atoll/hub/cloud";
import type { LocalCloud } from "@atoll/hub/settings";
import { atEnd } from "./ending.ts";

/** A local cloud of a benchmark's own, in a folder that goes with it. */
export interface BenchHome {
  cloud: LocalCloud;
  /** What a hub on this folder and this cloud is started with. */
  env: NodeJS.ProcessEnv;
}

/** Starts a local cloud without application processes, and without rate limits: those run on real time. */
export async function openHome(cloudArgs: string[]): Promise<BenchHome> {
  const home = mkdtempSync(path.join(tmpdir(), "atoll-bench-"));
  chmodSync(home, 0o711); // through here Postgres's own user reaches its data
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ATOLL_HOME: home };
  atEnd(async () => {
    await stopCloud(home);
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  });
  const fixed = ["--light", "--no-rate-limits", "--port", "0", "--smtp-port", "0"];
  const { cloud } = await startCloud(home, { args: [...fixed, ...cloudArgs], env });
  return { cloud, env };
}

/** Answers of a client whose instance has every module, so that no step is left out. */
export const answersOf = (slug: string) => ({
  name: `Client ${slug}`,
  slug,
  adminEmail: `owner@${slug}.example`,
  modules: ["crm", "email", "social", "content"],
});

/** The middle one of an odd number of figures. */
export function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
}
