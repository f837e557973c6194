import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { AppSpec } from "../sites/app.ts";
import type { Apps } from "../sites/apps.ts";
import { type Builder, placeFiles } from "../sites/build/builder.ts";
import { openMaker } from "../sites/make.ts";
import { openBuildLog } from "./log.ts";
import {
  assignsDomains,
  type Deployment,
  deploymentsOf,
  type Project,
  type ReadyState,
  type World,
} from "./world.ts";

interface PipelineOptions {
  world: World;
  builder: Builder;
  apps: Apps;
  signal: AbortSignal;
}

/** Where a deployment's application lies. */
export function siteOf(dataDir: string, deployment: Deployment): AppSpec {
  const { id, environment, target } = deployment;
  const system = { VERCEL: "1", VERCEL_ENV: target === "production" ? "production" : "preview" };
  return {
    deploymentId: id,
    folder: path.join(dataDir, "vercel", "sites", id),
    environment: { ...environment, ...system },
  };
}

/** Takes deployments from QUEUED to READY: clones, builds, starts, and points production to what is newest. */
export function openPipeline({ world, builder, apps, signal }: PipelineOptions) {
  const { context, deployments, projects } = world;
  const { settings, clock } = context;
  const maker = openMaker({ context, provider: "vercel", builder, apps, signal });

  /** False when the deployment was cancelled or deleted meanwhile. */
  function move(id: string, readyState: ReadyState, more: Partial<Deployment> = {}): boolean {
    const deployment = deployments.get(id);
    if (!deployment || deployment.readyState === "CANCELED" || signal.aborted) return false;
    deployments.set(id, Object.assign(deployment, { readyState }, more));
    return true;
  }

  const spend = (part: number) => wait(clock.real(settings.latencies.buildMs * part), undefined, { signal });

  async function go(deployment: Deployment): Promise<void> {
    const { id } = deployment;
    const onLine = openBuildLog(settings.dataDir, id);
    await spend(0.05);
    if (!move(id, "INITIALIZING")) return;
    await spend(0.1);
    if (!move(id, "BUILDING", { buildingAt: clock.now() })) return;
    try {
      const { source, name } = deployment;
      const buildKey = await maker.make({
        name,
        spec: siteOf(settings.dataDir, deployment),
        onLine,
        share: 0.85,
        checkOut: (folder) =>
          source.type === "files"
            ? placeFiles(folder, world.filesDir, source.files)
            : maker.clone(source, folder, onLine),
      });
      onLine("stdout", "Deployment completed");
      if (!move(id, "READY", { readyAt: clock.now(), ...(buildKey && { buildKey }) })) return await drop(id);
    } catch (error) {
      if (signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      onLine("stderr", message);
      move(id, "ERROR", { error: { code: "BUILD_FAILED", message, step: "buildStep" } });
      return;
    }
    const project = projects.get(deployment.projectId);
    if (!project || deployment.target !== "production") return;
    const newest = deploymentsOf(world, project.id).find(
      (each) => each.target === "production" && each.readyState === "READY",
    );
    // One that was begun earlier and ended later does not take the address from a newer one.
    if (newest?.id === id && assignsDomains(project)) await promote(project, deployment);
  }

  async function promote(project: Project, deployment: Deployment): Promise<void> {
    const before = project.productionId;
    deployments.set(deployment.id, Object.assign(deployment, { promoted: true }));
    project.productionId = deployment.id;
    project.updatedAt = clock.now();
    projects.set(project.id, project);
    if (before !== undefined && before !== deployment.id) await apps.stop(before);
  }

  async function drop(id: string): Promise<void> {
    await apps.stop(id);
    await rm(path.join(settings.dataDir, "vercel", "sites", id), { recursive: true, force: true });
  }

  return {
    promote,
    drop,
    begin(deployment: Deployment): void {
      void go(deployment).catch((error: unknown) => {
        if (!signal.aborted) console.error(`Vercel deployment ${deployment.id}:`, error);
      });
    },
    /** Whether its files are still there. */
    isBuilt: (deployment: Deployment) => existsSync(siteOf(settings.dataDir, deployment).folder),
  };
}
