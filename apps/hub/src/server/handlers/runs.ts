import type { runRoutes } from "@atoll/contract/routes/runs";
import { sql } from "kysely";
import { cursorOf, openCursor } from "../../store/cursor.ts";
import type { Call, Handlers, Hub } from "../context.ts";
import { notFound } from "../refusal.ts";
import { shownRun, shownRunRow, shownRunWithSteps } from "../shown.ts";

async function find(hub: Hub, id: string) {
  const run = await hub.runtime.journal.run(id);
  if (run === undefined) throw notFound(`run "${id}"`);
  return run;
}

/** Does something to a run, with the deed in the audit log first: what was asked for is known whatever happens. */
async function asked(call: Call, id: string, action: string, work: (id: string) => Promise<void>) {
  const run = await find(call.hub, id);
  await call.act({ action, subject: `run/${id}`, details: { instance: run.slug } }, async () => {});
  await work(id);
  call.hub.wake();
  return shownRun(await find(call.hub, id));
}

/** Runs: what is going on, live, and how to go on after a failure. */
export const runHandlers: Handlers<keyof typeof runRoutes> = {
  async listRuns({ query }, { hub }) {
    let list = hub.store.selectFrom("runs as u").innerJoin("instances as i", "i.id", "u.instance_id");
    if (query.state && query.state.length > 0) list = list.where("u.state", "in", query.state);
    if (query.environment) list = list.where("i.environment", "=", query.environment);
    if (query.kind && query.kind.length > 0) list = list.where("u.kind", "in", query.kind);
    const [at, id] = openCursor(query.cursor, "time", "text") ?? [];
    if (at !== undefined && id !== undefined)
      list = list.where(sql<boolean>`(u.created_at, u.id) < (${String(at)}::timestamptz, ${String(id)})`);
    const rows = await list
      .selectAll("u")
      .select(["i.slug", "i.environment", sql<string>`u.created_at::text`.as("place")])
      .orderBy("u.created_at", "desc")
      .orderBy("u.id", "desc")
      .limit(query.limit + 1)
      .execute();
    const workers = await hub.runtime.journal.workers();
    const items = rows.slice(0, query.limit);
    const last = items.at(-1);
    return {
      items: items.map((row) => shownRunRow(row, workers)),
      ...(rows.length > query.limit && last && { nextCursor: cursorOf(last.place, last.id) }),
    };
  },

  async showRun({ params }, { hub }) {
    const run = await find(hub, params.id);
    const instance = await hub.runtime.instance(run.slug);
    const steps = hub.runtime.stepsOf(instance.blueprint);
    return shownRunWithSteps(run, new Map(steps.map((each) => [each.step, each.needs])));
  },

  async showProof({ params }, { hub }) {
    await find(hub, params.id);
    return hub.runtime.proof(params.id);
  },

  async followRun({ params }, { hub, after, signal }) {
    await find(hub, params.id);
    return hub.runtime.journal.events(params.id, { after, follow: true, signal });
  },

  cancelRun: ({ params }, call) =>
    asked(call, params.id, "run.cancel", (id) => call.hub.runtime.journal.cancel(id)),
  retryRun: ({ params }, call) =>
    asked(call, params.id, "run.retry", (id) => call.hub.runtime.journal.retry(id)),
  retryUndo: ({ params }, call) =>
    asked(call, params.id, "run.retry-undo", (id) => call.hub.runtime.journal.retryUndo(id)),
};
