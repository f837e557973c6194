import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "@atoll/core/fault";
import { ended, type RunKind, type RunState } from "@atoll/core/states";
import { answersOf, type House } from "./house.ts";
import { kindName } from "./kind.ts";
import type { Act, Schedule, Trouble } from "./schedule.ts";

/** How one act ended; `refused` = it could not be asked for in the state that the instance was in. */
interface Played {
  slug: string;
  does: Act["does"];
  run: string | undefined;
  state: RunState | "refused" | "never";
  wasCancelled: boolean;
  what: string | undefined;
}

/** What became of a schedule, when it had come to rest. */
export interface Rest {
  slugs: string[];
  acts: Played[];
  /** The newer schema was out. */
  isReleased: boolean;
  /** State of the rollout, where there was one. */
  rollout: string | undefined;
  /** Why it did not come to rest. */
  restless: string[];
}

/** Trouble is over at the latest so long after the beginning. */
const healAfterMs = 9_000;
const restsWithinMs = 300_000;
/** Twice the longest deadline: how busy the machine is says little about it. */
const stillForMs = 60_000;

/** Plays a schedule, heals everything, and waits until nothing goes on any more. `name` begins all slugs. */
export async function play(
  house: House,
  schedule: Schedule,
  name: string,
  restWithinMs = restsWithinMs,
): Promise<Rest> {
  const { crew, cloud } = house;
  const slugs = schedule.clients.map((_, index) => `${name}-${index}`);
  const acts: Played[] = [];
  const restless: string[] = [];
  const over = new AbortController();
  const stuck = new Set<object>();
  for (const [place, shiftMs] of schedule.shiftsMs.entries()) crew.shift(place, shiftMs);
  await crew.allReady();

  async function strike(trouble: Trouble): Promise<void> {
    switch (trouble.does) {
      case "fault":
        return cloud.fault(trouble.fault);
      case "stuck": {
        const fault = {
          provider: trouble.provider,
          kind: "stuck" as const,
          path: slugs[trouble.client] ?? "",
        };
        stuck.add(fault);
        await cloud.fault(fault);
        await sleep(trouble.forMs, undefined, { signal: over.signal });
        // The control endpoint takes back all faults at once: those of calls end with it.
        stuck.delete(fault);
        await cloud.heal();
        for (const each of stuck) await cloud.fault(each as typeof fault);
        return;
      }
      case "kill":
        return crew.kill(trouble.place);
      case "die-at":
      case "freeze-at": {
        const does = trouble.does === "die-at" ? "die" : "freeze";
        return crew.order(trouble.place, { at: trouble.point, after: trouble.after, does }, trouble.forMs);
      }
      case "freeze":
        return crew.freeze(trouble.place, trouble.forMs);
      case "postgres":
        return house.killPostgres(trouble.downMs);
      case "clock":
        return crew.shift(trouble.place, trouble.shiftMs);
      case "clock-jump":
        return crew.jump(trouble.place, trouble.byMs);
    }
  }

  const striking = schedule.troubles.map(async (trouble) => {
    try {
      await sleep(trouble.atMs, undefined, { signal: over.signal });
      await strike(trouble);
    } catch (error) {
      if (!over.signal.aborted) throw error;
    }
  });

  async function clientOf(slug: string, list: readonly Act[]): Promise<void> {
    let changes = 0;
    for (const act of list) {
      await sleep(act.afterMs);
      if (act.does === "change") changes += 1;
      acts.push(await actOn(house, slug, act, changes));
    }
  }

  let isReleased = false;
  let rollout: string | undefined;
  async function rollOut(): Promise<void> {
    if (schedule.rolloutAtMs === undefined) return;
    await sleep(schedule.rolloutAtMs);
    isReleased = true;
    house.release(slugs[0] ?? "");
    rollout = await rolledOut(house);
  }

  const working = Promise.all([
    ...schedule.clients.map((list, index) => clientOf(slugs[index] ?? "", list)),
    rollOut(),
  ]);
  const healed = Promise.race([working.catch(() => {}), sleep(healAfterMs)]).then(async () => {
    over.abort();
    await Promise.allSettled(striking);
    await house.postgresUp();
    crew.calm();
    await cloud.heal();
    await crew.allReady();
  });
  await Promise.all(striking);
  await healed;
  const why = await restlessness(house, working, restWithinMs);
  if (why !== undefined) restless.push(why);
  return { slugs, acts, isReleased, rollout, restless };
}

/** Waits until the work has ended; undefined = it has, else why that is not waited for any more. */
async function restlessness(
  house: House,
  working: Promise<unknown>,
  withinMs: number,
): Promise<string | undefined> {
  const healedAt = performance.now();
  let [seen, seenAt] = ["", healedAt];
  for (;;) {
    const isOver = await Promise.race([working.then(() => true), sleep(500, false)]);
    if (isOver) return undefined;
    const told = await house.patiently(async ({ pool }) => {
      const { rows } = await pool.query<{ told: string }>(
        "select (select count(*) from atoll.events) || ' ' || (select count(*) from dbos.operation_outputs) as told",
      );
      return rows[0]?.told ?? "";
    });
    const now = performance.now();
    if (told !== seen) [seen, seenAt] = [told, now];
    if (now - seenAt > stillForMs)
      return `nothing goes on any more, ${stillForMs / 1_000} s after the last sign`;
    if (now - healedAt > withinMs) return `it goes on ${withinMs / 1_000} s after everything was healed`;
  }
}

const runKinds: Record<Act["does"], RunKind> = {
  up: "provision",
  change: "update",
  repair: "repair",
  pause: "pause",
  resume: "resume",
  backup: "backup",
  destroy: "destroy",
};

/** Asks for one thing, and waits until it has ended. */
export async function actOn(house: House, slug: string, act: Act, changes: number): Promise<Played> {
  const { blueprint } = house;
  const { does } = act;
  const said = { slug, does, wasCancelled: act.cancelAfterMs !== undefined };
  let run: string | undefined;
  try {
    run = await house.patiently(async ({ journal }) => {
      if (does === "up" && (await journal.find(slug)) === undefined)
        await journal.register({
          slug,
          blueprint: kindName,
          answers: answersOf(blueprint, slug),
          environment: "local",
        });
      const answers = does === "change" ? answersOf(blueprint, slug, changes) : undefined;
      return journal.submit(runKinds[does], slug, { by: "chaos", ...(answers !== undefined && { answers }) });
    });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { ...said, run, state: "refused", what: error.what };
  }
  const id = run;
  if (act.cancelAfterMs !== undefined) {
    await sleep(act.cancelAfterMs);
    await house
      .patiently(({ journal }) => journal.cancel(id))
      .catch((error: unknown) => {
        if (!(error instanceof Fault)) throw error; // ended by then
      });
  }
  const { state, what } = await endOf(house, id);
  return { ...said, run, state, what };
}

async function endOf(house: House, id: string): Promise<{ state: RunState; what: string | undefined }> {
  for (;;) {
    const row = await house.patiently(async ({ pool }) => {
      const { rows } = await pool.query<{ state: RunState; what: string | null }>(
        "select state, fault ->> 'what' as what from atoll.runs where id = $1",
        [id],
      );
      return rows[0];
    });
    if (row && ended.includes(row.state)) return { state: row.state, what: row.what ?? undefined };
    await sleep(40);
  }
}

/** Rolls the newer schema out over whoever is live, and waits until that has ended. */
async function rolledOut(house: House): Promise<string> {
  let id: string;
  try {
    id = await house.patiently(async ({ schemas, pool }) => {
      // Asked again after Postgres was away: it may have begun.
      const { rows } = await pool.query<{ id: string }>(
        "select id from atoll.rollouts where state in ('queued', 'running') limit 1",
      );
      if (rows[0]) return rows[0].id;
      return (
        await schemas.start({ blueprint: kindName, waves: [100], attempts: 10, errorBudget: 100 }, "chaos")
      ).id;
    });
  } catch (error) {
    if (error instanceof Fault) return `refused: ${error.what}`;
    throw error;
  }
  for (;;) {
    const { state, why } = await house.patiently(({ schemas }) => schemas.rollout(id));
    if (state !== "queued" && state !== "running") return state === "finished" ? state : `${state}: ${why}`;
    await sleep(60);
  }
}
