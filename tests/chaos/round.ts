import type { House } from "./house.ts";
import { heldBy } from "./invariants/holding.ts";
import { always, type Violation, violationsOf } from "./invariants.ts";
import { type Inventory, lookAt } from "./look.ts";
import { actOn, play, type Rest } from "./play.ts";
import { mayFail, type Schedule } from "./schedule.ts";

/** How one schedule ended. */
export interface Round {
  schedule: Schedule;
  durationMs: number;
  violations: Violation[];
  acts: Rest["acts"];
}

let rounds = 0;

/**
 * Plays a schedule, looks whether everything is as it has to be, removes its clients, and looks again. `restWithinMs` is how
 * long it may go on once everything is healed.
 */
export async function round(house: House, schedule: Schedule, restWithinMs?: number): Promise<Round> {
  const begun = performance.now();
  rounds += 1;
  house.crew.forgetLog();
  house.forgetWrites();
  const violations: Violation[] = [];
  let acts: Rest["acts"] = [];
  try {
    const name = `c${rounds.toString(36)}x${schedule.seed.toString(36)}`;
    const rest = await play(house, schedule, name, restWithinMs);
    acts = rest.acts;
    if (rest.restless.length > 0) {
      const told = [...rest.restless, ...(await unfinished(house, rest))];
      violations.push(...told.map((what) => ({ invariant: "everything comes to rest" as const, what })));
      violations.push(...(await violationsOf(await lookAt(house, rest, true), always)));
    } else {
      await mend(house, rest);
      violations.push(...(await violationsOf(await lookAt(house, rest, mayFail(schedule)))));
      violations.push(...(await cleared(house, rest)));
    }
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    violations.push({ invariant: "the harness works", what });
  }
  return { schedule, durationMs: performance.now() - begun, violations, acts };
}

/** What has not ended, where it stands, and who should do it. */
async function unfinished(house: House, { slugs, acts }: Rest): Promise<string[]> {
  return house.patiently(async ({ pool }) => {
    const { rows: runs } = await pool.query<{ text: string }>(
      `select concat_ws(' ', i.slug, r.kind, r.id, r.state, s.step, s.state, s.why, 'claimed by', c.executor_id) as text
         from atoll.runs r join atoll.instances i on i.id = r.instance_id
         left join atoll.run_steps s on s.run_id = r.id and s.state not in ('done', 'skipped')
         left join atoll.step_claims c on c.instance_id = i.id and c.step = s.step
        where r.state in ('queued', 'running', 'waiting', 'undoing')`,
    );
    const { rows: flows } = await pool.query<{ text: string }>(
      `select concat_ws(' ', workflow_uuid, name, status, executor_id, queue_name) as text from dbos.workflow_status
        where status not in ('SUCCESS', 'ERROR', 'CANCELLED') limit 40`,
    );
    const { rows: leases } = await pool.query<{ text: string }>(
      `select concat_ws(' ', executor_id, beat_at - clock_timestamp(), taken_over_at - clock_timestamp()) as text
         from atoll.worker_lease order by beat_at desc limit 5`,
    );
    const acted = slugs.map(
      (slug) =>
        `${slug}: ${acts.filter((act) => act.slug === slug).map(({ does, state }) => `${does} ${state}`)}`,
    );
    return [
      ...acted,
      ...runs.map(({ text }) => `run ${text}`),
      ...flows.map(({ text }) => `workflow ${text}`),
      ...leases.map(({ text }) => `lease ${text}`),
    ];
  });
}

/** What was refused or taken back on order, or was on its way when the newer schema came out, is brought to its end. */
const mend = (house: House, rest: Rest) => Promise.all(rest.slugs.map((slug) => mendOne(house, rest, slug)));

async function mendOne(house: House, rest: Rest, slug: string): Promise<void> {
  for (let tries = 0; tries < 3; tries++) {
    const { state, owing } = await house.patiently(async ({ journal }) => {
      const runs = await journal.runs(slug).catch(() => []);
      const last = runs.at(-1);
      return {
        state: (await journal.find(slug))?.state,
        owing: last !== undefined && last.owed.length > 0 && last.kind !== "destroy" ? last.id : undefined,
      };
    });
    if (owing !== undefined) {
      await house.patiently(({ journal }) => journal.retryUndo(owing)).catch(() => {});
      await house.patiently(({ journal }) => journal.wait(owing));
    } else if (state === "failed") {
      const wasLive = rest.acts.some(
        (each) => each.slug === slug && each.does === "up" && each.state === "succeeded",
      );
      await actOn(house, slug, { does: wasLive ? "repair" : "up", afterMs: 0 }, 0);
    } else break;
  }
  const state = await house.patiently(async ({ journal }) => (await journal.find(slug))?.state);
  if (rest.isReleased && state === "live") await actOn(house, slug, { does: "repair", afterMs: 0 }, 0);
}

/** Removes every client that is left: afterwards nothing of them stands anywhere. */
async function cleared(house: House, { slugs }: Rest): Promise<Violation[]> {
  const left = await house.patiently(async ({ journal }) => {
    const found = await Promise.all(slugs.map((slug) => journal.find(slug)));
    return found.flatMap((each) => (each && each.state !== "removed" ? [each] : []));
  });
  const ends = await Promise.all(
    left.map(({ slug }) => actOn(house, slug, { does: "destroy", afterMs: 0 }, 0)),
  );
  const wrong = ends
    .filter(({ state }) => state !== "succeeded")
    .map(({ slug, state, what }) => `destroy of ${slug} ended ${state}: ${what}`);
  const inventory = (await house.cloud.inventory()) as unknown as Inventory; // as the emulators show themselves
  const registered = await house.patiently(
    async ({ pool }) => (await pool.query("select 1 from atoll.resources")).rowCount,
  );
  if (registered === 0) wrong.push(...heldBy(inventory).map((each) => `${each} is left`));
  else wrong.push(`the registry has ${registered} things left`);
  return wrong.map((what) => ({ invariant: "a removal leaves nothing" as const, what }));
}
