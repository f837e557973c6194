import type { Job, JobTools } from "@atoll/engine/job";
import type { Store } from "../store/store.ts";
import { type WaveWork, wavesPart } from "../waves/part.ts";
import type { Template } from "./template.ts";
import {
  findUpdate,
  saidOfInstances,
  settleTemplateTarget,
  type TemplateTargetRow,
  type TemplateUpdateRow,
  takeTargets,
  templateTables,
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
  async part(id, tools) {
    const here = await desk;
    return wavesPart<TemplateUpdateRow, TemplateTargetRow>(
      {
        store: here.store,
        tables: templateTables,
        find: (each) => findUpdate(here.store, each),
        open: async (row) => workOn(here, row, tools),
        said: saidOfInstances,
      },
      id,
      tools,
    );
  },
});

/** Brings instances a step further, each for itself. */
function workOn(
  { store, template, place }: TemplateDesk,
  { id, commit, options }: TemplateUpdateRow,
  tools: JobTools,
): WaveWork<TemplateTargetRow> {
  return {
    take: (wave) => takeTargets(store, { id, wave, limit: options.concurrency }),
    inTurn: (_, work) => work(),
    async bring(target) {
      const outcome = await bringFurther(target, {
        ...{ template, commit, options, place },
        timeScale: tools.timeScale,
      });
      const scaled =
        outcome.is === "waiting" ? { ...outcome, inMs: Math.ceil(outcome.inMs / tools.timeScale) } : outcome;
      return () => settleTemplateTarget(store, target, scaled);
    },
  };
}
