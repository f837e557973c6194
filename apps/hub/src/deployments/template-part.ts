import type { Job, JobTools, Next } from "@atoll/engine/job";
import { sql } from "kysely";
import { inPool } from "../schema/pool.ts";
import type { Store } from "../store/store.ts";
import type { Template } from "./template.ts";
import {
  findUpdate,
  putTargetsBack,
  settleTemplateTarget,
  type TemplateUpdateRow,
  takeTargets,
  templateMove,
  untilTargetDue,
} from "./template-store.ts";
import { bringFurther, type TargetDesk } from "./template-target.ts";

/** What a worker needs for updates of the template in its environment. */
export interface TemplateDesk {
  store: Store;
  template: Template;
  place: TargetDesk["place"];
}

/** Name of the engine's job that brings newer versions of the template. */
export const templateJob = "template-update";

/** The engine's job. `desk` may come later than the engine: a part waits for it. */
export const templateUpdates = (desk: Promise<TemplateDesk>): Job => ({
  name: templateJob,
  part: async (id, tools) => templatePart(await desk, id, tools),
});

/** Longest part: a pause, a stop or another worker's takeover waits for what is under way, not for a wave. */
const partMs = 10_000;

async function templatePart(desk: TemplateDesk, id: string, tools: JobTools): Promise<Next> {
  const { store } = desk;
  const row = await findUpdate(store, id);
  if (row === undefined || row.attempt !== tools.attempt) return { is: "over" };
  await tools.stillOurs();
  await putTargetsBack(store, id);
  if (row.state !== "queued" && row.state !== "running") return { is: "over" };
  if (row.state === "queued") await begin(store, id);
  const stopAt = performance.now() + partMs;
  for (;;) {
    const move = await templateMove(store, row);
    if (move.is === "approve") {
      await leave(store, id, "awaiting-approval", {
        wave: move.wave,
        why: "The wave before is through.",
        next: `Look at it, then approve wave ${move.wave}.`,
      });
      return { is: "over" };
    }
    if (move.is !== "work") {
      const { why, next } = move;
      const state = move.is === "stop" ? "stopped" : move.state;
      await leave(store, id, state, {
        ...(why !== undefined && { why }),
        ...(next !== undefined && { next }),
      });
      return { is: "over" };
    }
    const began = await workOn(desk, row, tools, move.wave);
    const now = await findUpdate(store, id);
    if (now?.state !== "running" || now.attempt !== row.attempt) return { is: "over" };
    if (began > 0 && performance.now() < stopAt) continue;
    const inMs = (await untilTargetDue(store, id, move.wave)) ?? 0;
    return { is: "again", inMs: Math.min(inMs, 5_000) };
  }
}

/** Brings the due instances of a wave a step further; gives how many. */
async function workOn(
  { store, template, place }: TemplateDesk,
  row: TemplateUpdateRow,
  tools: JobTools,
  wave: number,
): Promise<number> {
  const { id, commit, options } = row;
  await store.updateTable("template_updates").set({ wave }).where("id", "=", id).execute();
  const due = await takeTargets(store, id, wave, options.concurrency);
  await inPool(due, options.concurrency, async (target) => {
    await tools.mayBegin();
    const outcome = await bringFurther(target, {
      ...{ template, commit, options, place },
      timeScale: tools.timeScale,
    });
    await tools.stillOurs();
    await settleTemplateTarget(
      store,
      target,
      outcome.is === "waiting" ? { ...outcome, inMs: Math.ceil(outcome.inMs / tools.timeScale) } : outcome,
    );
  });
  return due.length;
}

async function begin(store: Store, id: string): Promise<void> {
  await store
    .updateTable("template_updates")
    .set({
      state: "running",
      started_at: sql<Date>`coalesce(started_at, clock_timestamp())`,
      why: null,
      next: null,
    })
    .where("id", "=", id)
    .where("state", "=", "queued")
    .execute();
}

async function leave(
  store: Store,
  id: string,
  state: "awaiting-approval" | "finished" | "failed" | "stopped",
  { wave, why, next }: { wave?: number; why?: string; next?: string },
): Promise<void> {
  await store
    .updateTable("template_updates")
    .set({
      state,
      why: why ?? null,
      next: next ?? null,
      ...(wave !== undefined && { wave }),
      ...(state !== "awaiting-approval" && { ended_at: sql<Date>`clock_timestamp()` }),
    })
    .where("id", "=", id)
    .where("state", "=", "running")
    .execute();
}
