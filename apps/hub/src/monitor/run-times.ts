import type { RunTimes } from "@atoll/contract/schemas/monitor";
import { usualRunBudgets } from "@atoll/contract/schemas/settings";
import { Fault } from "@atoll/core/fault";
import type { RunKind } from "@atoll/core/states";
import { sql } from "kysely";
import { record } from "../store/audit.ts";
import { readSettings, writeSettings } from "../store/settings.ts";
import type { Store } from "../store/store.ts";
import { closeIncident, openIncident, openIncidents, type Telling } from "./incidents.ts";

/** So many runs say something. */
const fewest = 3;

/** Seconds that a run may take, by kind; one that is not there may take as long as it does. */
export type RunBudgets = Partial<Record<RunKind, number>>;

/** The budgets that hold: those of the settings, and the usual ones. */
export async function runBudgetsOf(store: Store): Promise<RunBudgets> {
  return { ...usualRunBudgets, ...(await readSettings(store)).value.runBudgetsSeconds };
}

/** Gives a kind of run a budget in seconds, or with `undefined` the usual one again. */
export async function setRunBudget(
  store: Store,
  { kind, seconds, by }: { kind: RunKind; seconds: number | undefined; by: string },
): Promise<void> {
  await store.transaction().execute(async (tx) => {
    const { value, version } = await readSettings(tx);
    const { [kind]: _, ...others } = value.runBudgetsSeconds ?? {};
    const runBudgetsSeconds = seconds === undefined ? others : { ...others, [kind]: seconds };
    if (!(await writeSettings(tx, { ...value, runBudgetsSeconds }, version)))
      throw new Fault("try-again", {
        what: "Somebody changed the settings at this moment.",
        next: "Run the command again.",
      });
    const details = { changed: ["runBudgetsSeconds"] };
    await record(tx, { actor: by, action: "settings.change", subject: "settings", details });
  });
}

const took = sql`extract(epoch from u.ended_at - u.started_at) * 1000`;
const percentileOf = (part: number, of: typeof took) =>
  sql<number>`round(percentile_cont(${sql.lit(part)}) within group (order by ${of}))::integer`;

/**
 * How long runs that succeeded in the last `days` took, and each of their steps, by kind. Those that were tried again are
 * left out: they began with their first try, and how long somebody waited before the next says nothing.
 */
export async function runTimesOf(store: Store, days: number): Promise<RunTimes> {
  const since = sql`u.state = 'succeeded' and u.attempt = 1 and u.ended_at > clock_timestamp() - make_interval(days => ${days})`;
  const stepTook = sql`extract(epoch from s.ended_at - s.started_at) * 1000`;
  const [runs, steps, budgets] = await Promise.all([
    sql<{ kind: RunKind; runs: number; p50Ms: number; p95Ms: number }>`
      select u.kind, count(*)::integer as runs, ${percentileOf(0.5, took)} as "p50Ms", ${percentileOf(0.95, took)} as "p95Ms"
        from atoll.runs u where ${since} and u.started_at is not null group by u.kind order by u.kind`.execute(
      store,
    ),
    sql<{ kind: string; step: string; runs: number; p50Ms: number; p95Ms: number; maxMs: number }>`
      select u.kind, s.step, count(*)::integer as runs, ${percentileOf(0.5, stepTook)} as "p50Ms",
             ${percentileOf(0.95, stepTook)} as "p95Ms", round(max(${stepTook}))::integer as "maxMs"
        from atoll.run_steps s join atoll.runs u on u.id = s.run_id
       where ${since} and s.state = 'done' and s.started_at is not null and s.ended_at is not null
       group by u.kind, s.step order by u.kind, "p95Ms" desc, s.step`.execute(store),
    runBudgetsOf(store),
  ]);
  return {
    days,
    kinds: runs.rows.map((run) => {
      const seconds = budgets[run.kind];
      const budgetMs = seconds === undefined ? undefined : seconds * 1_000;
      return {
        ...run,
        isOver: budgetMs !== undefined && run.runs >= fewest && run.p95Ms > budgetMs,
        ...(budgetMs !== undefined && { budgetMs }),
        steps: steps.rows.filter(({ kind }) => kind === run.kind).map(({ kind: _, ...step }) => step),
      };
    }),
  };
}

/** Begins an incident where runs of the last day take longer than their budget, and ends it when they do no more. */
export async function watchRunTimes(telling: Telling, environment: string): Promise<void> {
  const { kinds } = await runTimesOf(telling.store, 1);
  const open = await openIncidents(telling.store, "runs/");
  for (const { kind, isOver, p95Ms, budgetMs, runs, steps } of kinds) {
    const subject = `runs/${kind}`;
    if (!isOver || open.some((each) => each.subject === subject)) continue;
    const [slowest] = steps;
    await openIncident(telling, {
      subject,
      cause: "runs-slow",
      environment,
      what: `Runs "${kind}" take long: 95 of 100 of the last day's ${runs} ended within ${Math.round(p95Ms / 1_000)} s, and ${Math.round((budgetMs ?? 0) / 1_000)} s is the budget.`,
      next: `Look at Health, run times${slowest ? `: "${slowest.step}" takes longest` : ""}; the budget is changed in the settings, or by \`atoll health budget ${kind}\`.`,
    });
  }
  for (const row of open)
    if (!kinds.some(({ kind, isOver }) => isOver && row.subject === `runs/${kind}`))
      await closeIncident(telling, { id: row.id, ending: "Runs keep to their budget again." });
}
