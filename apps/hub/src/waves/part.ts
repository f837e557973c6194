import type { JobTools, Next } from "@atoll/engine/job";
import type { Move } from "@atoll/fleet/rollout";
import { inPool } from "../schema/pool.ts";
import type { Store } from "../store/store.ts";
import { begin, leave, moveOf, putBack, setWave, untilDue, type WaveJob, type WaveTables } from "./rows.ts";

/** How one job's instances are worked on. */
export interface WaveWork<Target> {
  /** Marks so many that are due as begun, and gives them. */
  take(wave: number): Promise<Target[]>;
  /** Has an instance wait for its turn, where only so many may be worked on at once. */
  inTurn(target: Target, work: () => Promise<void>): Promise<void>;
  /** Brings one instance further; gives what writes down what became of it. */
  bring(target: Target): Promise<() => Promise<void>>;
}

/** Something that goes over many instances in waves, as a job of the engine. */
interface Waves<Row extends WaveJob, Target extends { instance_id: string }> {
  store: Store;
  tables: WaveTables;
  find(id: string): Promise<Row | undefined>;
  /** Asked once a part; where it cannot go on, why, and what to do. */
  open(row: Row): Promise<WaveWork<Target> | { why: string; next: string }>;
  /** Says in its own words why it stops or ends. */
  said?(move: Move): Move;
}

/** Longest part: a pause, a stop or another worker's takeover waits for what is under way, not for a wave. */
const partMs = 10_000;
const lookEveryMs = 250;

/** One part: what a dead worker left is taken up, then what is due until the time is over. */
export async function wavesPart<Row extends WaveJob, Target extends { instance_id: string }>(
  waves: Waves<Row, Target>,
  id: string,
  tools: JobTools,
): Promise<Next> {
  const { store, tables } = waves;
  const row = await waves.find(id);
  if (row === undefined || row.attempt !== tools.attempt) return { is: "over" };
  await tools.stillOurs();
  await putBack(store, tables, id);
  if (row.state !== "queued" && row.state !== "running") return { is: "over" };
  if (row.state === "queued") await begin(store, tables, id);
  const work = await waves.open(row);
  if (!("why" in work)) return go(waves, row, tools, work);
  await leave(store, tables, id, { state: "stopped", ...work });
  return { is: "over" };
}

async function go<Row extends WaveJob, Target extends { instance_id: string }>(
  waves: Waves<Row, Target>,
  row: Row,
  tools: JobTools,
  work: WaveWork<Target>,
): Promise<Next> {
  const { store, tables, said = (move) => move } = waves;
  const { id, options } = row;
  const stopAt = performance.now() + partMs;
  const goesOn = stillRunning(waves, row);

  /** The instances of a wave that are due, until the time is over, the budget is spent, or somebody says stop. */
  async function* dueOf(wave: number): AsyncGenerator<Target> {
    while (performance.now() < stopAt && (await goesOn())) {
      const move = await moveOf(store, tables, row);
      if (move.is !== "work" || move.wave !== wave) return;
      // As many as begin at once, no more: what is marked as begun and is not would look as if it were.
      const due = await work.take(wave);
      if (due.length === 0) return;
      yield* due;
    }
  }

  for (;;) {
    const move = said(await moveOf(store, tables, row));
    if (move.is !== "work") {
      await leaveBy(waves, id, move);
      return { is: "over" };
    }
    await setWave(store, tables, id, move.wave);
    let began = 0;
    await inPool(dueOf(move.wave), options.concurrency, async (target) => {
      began += 1;
      await work.inTurn(target, async () => {
        await tools.mayBegin();
        // Somebody may have said stop while it waited for its turn.
        if (!(await goesOn())) return putBack(store, tables, id, target.instance_id);
        const settle = await work.bring(target);
        await tools.stillOurs();
        await settle();
      });
    });
    const now = await waves.find(id);
    if (now?.state !== "running" || now.attempt !== row.attempt) return { is: "over" };
    if (performance.now() > stopAt) return { is: "again", inMs: 0 };
    if (began > 0) continue;
    const inMs = await untilDue(store, tables, id, move.wave);
    if (inMs !== undefined && inMs > 0) return { is: "again", inMs: Math.min(inMs, 5_000) };
  }
}

async function leaveBy<Row extends WaveJob, Target extends { instance_id: string }>(
  { store, tables }: Waves<Row, Target>,
  id: string,
  move: Exclude<Move, { is: "work" }>,
): Promise<void> {
  if (move.is !== "approve")
    return leave(store, tables, id, { ...move, state: move.is === "stop" ? "stopped" : move.state });
  await setWave(store, tables, id, move.wave);
  await leave(store, tables, id, {
    state: "awaiting-approval",
    why: "The wave before is through.",
    next: `Look at it, then approve wave ${move.wave}.`,
  });
}

/** Does it still go on, in this attempt? Asks again when its last answer is old. */
function stillRunning<Row extends WaveJob>(
  { find }: Pick<Waves<Row, never>, "find">,
  row: Row,
): () => Promise<boolean> {
  let askAt = performance.now() + lookEveryMs;
  let last = true;
  return async () => {
    if (!last || performance.now() < askAt) return last;
    const now = await find(row.id);
    last = now?.state === "running" && now.attempt === row.attempt;
    askAt = performance.now() + lookEveryMs;
    return last;
  };
}
