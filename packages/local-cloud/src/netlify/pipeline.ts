import { existsSync } from "node:fs";
import { appendFile, mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { AppSpec } from "../sites/app.ts";
import type { Apps } from "../sites/apps.ts";
import type { Builder } from "../sites/build/builder.ts";
import { openMaker } from "../sites/make.ts";
import { installationId } from "./facts.ts";
import { type Deploy, deploysOf, type State, type World } from "./world.ts";

interface PipelineOptions {
  world: World;
  builder: Builder;
  apps: Apps;
  signal: AbortSignal;
}

/** Where a deploy's application lies, and what it finds in its environment. */
export function specOf(dataDir: string, { id, siteId, environment, review }: Deploy): AppSpec {
  const context: Record<string, string> =
    review === undefined
      ? { CONTEXT: "production" }
      : { CONTEXT: "deploy-preview", PULL_REQUEST: "true", REVIEW_ID: String(review) };
  const system = { NETLIFY: "true", ...context, SITE_ID: siteId, DEPLOY_ID: id };
  return {
    deploymentId: id,
    folder: path.join(dataDir, "netlify", "sites", id),
    environment: { ...environment, ...system },
  };
}

/** Settings of a build may be set before the command, as a shell takes them; the command itself is npm's. */
const isBuildable = (cmd: string) => /^(\w+=\S* )*npm run build$/.test(cmd);

/** Takes deploys from `new` to `ready`: clones, builds, starts, and publishes what is newest. */
export function openPipeline({ world, builder, apps, signal }: PipelineOptions) {
  const { context, deploys, sites } = world;
  const { settings, clock } = context;
  const maker = openMaker({ context, provider: "netlify", builder, apps, signal });

  /** False when the deploy was cancelled or deleted meanwhile. */
  function move(id: string, state: State, more: Partial<Deploy> = {}): boolean {
    const deploy = deploys.get(id);
    if (!deploy || deploy.state === "error" || signal.aborted) return false;
    deploys.set(id, Object.assign(deploy, { state }, more));
    return true;
  }

  const spend = (part: number) => wait(clock.real(settings.latencies.buildMs * part), undefined, { signal });

  async function make(deploy: Deploy): Promise<void> {
    const repository = sites.get(deploy.siteId)?.repository;
    if (repository?.installationId !== installationId)
      throw new Error(
        "Failed during stage 'preparing repo': Unable to access repository. The Netlify GitHub App is not installed there.",
      );
    if (!isBuildable(deploy.cmd))
      throw new Error(
        `The local cloud builds by "npm run build" only, and this site's command is "${deploy.cmd}".`,
      );
    const folder = path.join(settings.dataDir, "netlify", "logs");
    await mkdir(folder, { recursive: true });
    const log = path.join(folder, `${deploy.id}.log`);
    const onLine = (_: string, text: string) =>
      void appendFile(log, `${text.slice(0, 4000)}\n`).catch(() => {});
    await maker.make({
      name: deploy.name,
      spec: specOf(settings.dataDir, deploy),
      onLine,
      share: 0.8,
      checkOut: (into) => maker.clone(deploy.commit, into, onLine),
    });
  }

  async function go(deploy: Deploy): Promise<void> {
    const { id } = deploy;
    await spend(0.05);
    if (!move(id, "enqueued")) return;
    await spend(0.1);
    if (!move(id, "building")) return;
    try {
      await make(deploy);
    } catch (error) {
      if (signal.aborted) return;
      const words = error instanceof Error ? error.message : String(error);
      move(id, "error", {
        error: words.startsWith("Failed") ? words : `Failed during stage 'building site': ${words}`,
      });
      return;
    }
    if (!move(id, "processing")) return await drop(id);
    await spend(0.05);
    if (deploy.review !== undefined) {
      if (!move(id, "ready")) await drop(id);
      return;
    }
    const site = sites.get(deploy.siteId);
    const newest = deploysOf(world, deploy.siteId).find(
      (each) => each.state === "ready" && each.review === undefined,
    );
    // One that was begun earlier and ended later does not take the address from a newer one.
    const first = site?.locked !== true && (newest === undefined || newest.createdAt <= deploy.createdAt);
    if (!move(id, "ready", first ? { publishedAt: clock.now() } : {})) return await drop(id);
    if (!site || !first) return;
    const before = site.publishedId;
    sites.set(site.id, Object.assign(site, { publishedId: id, updatedAt: clock.now() }));
    if (before !== undefined && before !== id) await apps.stop(before);
  }

  async function drop(id: string): Promise<void> {
    await apps.stop(id);
    await rm(path.join(settings.dataDir, "netlify", "sites", id), { recursive: true, force: true });
  }

  return {
    drop,
    begin(deploy: Deploy): void {
      void go(deploy).catch((error: unknown) => {
        if (!signal.aborted) console.error(`Netlify deploy ${deploy.id}:`, error);
      });
    },
    /** Whether its files are still there. */
    isBuilt: (deploy: Deploy) => existsSync(specOf(settings.dataDir, deploy).folder),
  };
}
