import { setTimeout as sleep } from "node:timers/promises";
import { poolDrain as drainSchema, type Pool, poolSize } from "@atoll/contract/schemas/pool";
import { Fault } from "@atoll/core/fault";
import { type CommandContext, withDesk } from "../../context.ts";
import type { Desk } from "../../desk.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler, Outcome } from "../../output/outcome.ts";
import { paint, plain } from "../../output/paint.ts";
import { columns, numberIn } from "../schema/words.ts";

const pauseMs = 1_000;
/** A project takes minutes to come up; one that takes longer is the hub's to go on with. */
const patienceMs = 600_000;

const ageOf = (iso: string): string => {
  const minutes = Math.max(0, Math.round((Date.now() - Date.parse(iso)) / 60_000));
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2_880 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1_440)} days`;
};

function poolText({ isOn, maxAgeDays, places, items, costs }: Pool): string {
  const head = isOn
    ? `Projects are kept ready, each for ${maxAgeDays} days at most.`
    : "The warm pool is off: every project is made when it is wanted.";
  const rows = places.map(({ environment, region, wanted, ready, making, failed }) => [
    plain(environment),
    plain(region),
    `${ready} of ${wanted} ready`,
    `${making} being made, ${failed} failed`,
  ]);
  const reasons = places.flatMap(({ region, reason }) =>
    reason ? [`  ${plain(region)}: ${plain(reason.what)}`, `  next  ${plain(reason.next)}`] : [],
  );
  const each = items.map(({ name, ref, region, state, instance, createdAt, reason }) => [
    state,
    plain(region),
    plain(ref ?? name),
    ageOf(createdAt),
    plain(instance ?? reason?.what ?? ""),
  ]);
  const cost = costs.map(({ currency, monthly }) => `${monthly.toFixed(2)} ${plain(currency)}`).join(" + ");
  return [
    head,
    ...columns(rows),
    ...reasons,
    ...(each.length > 0 ? ["", ...columns(each)] : []),
    ...(places.length > 0 && cost !== "" ? ["", paint("dim", `Unclaimed ones cost ${cost} a month.`)] : []),
  ].join("\n");
}

const told = (pool: Pool): Outcome => ({
  result: pool,
  text: poolText(pool),
  exitCode: pool.places.some(({ reason, wanted }) => reason && wanted > 0) ? exitCode.differs : exitCode.ok,
});

/** Goes on with what is due until it is so, or nothing more will come of it. */
async function until(desk: Desk, isSo: (pool: Pool) => boolean): Promise<Pool> {
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    await desk.pool.round();
    const pool = await desk.pool.show();
    if (isSo(pool)) return pool;
    if (performance.now() > giveUpAt)
      throw new Fault("try-again", {
        what: "The pool is not there yet after ten minutes.",
        next: "`atoll pool` says how far it is; a running hub goes on with it.",
      });
    await sleep(pauseMs);
  }
}

/** What was typed, as the contract takes it. Throws a fault on the field. */
function checked<T>(
  parsed:
    | { success: true; data: T }
    | { success: false; error: { issues: { path: PropertyKey[]; message: string }[] } },
): T {
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = String(issue?.path[0] ?? "region");
  throw new Fault("rejected", {
    what: `The ${field} does not fit: ${issue?.message ?? "it is wrong"}.`,
    next: "Write it like `atoll pool set eu-central-1 2`.",
    field,
  });
}

/** `pool`: exit code 3 where a place is not full and something stands in its way. */
export async function* poolShow(context: CommandContext): Handler {
  return yield* withDesk(context, { worker: false }, async (desk) => told(await desk.pool.show()));
}

/** `pool set`: how many are kept ready in a region; with `wait` until they are. */
export async function* poolSet(
  context: CommandContext,
  given: { region: string; count: string; environment?: string; maxAgeDays?: string; wait: boolean },
): Handler {
  const { region, environment, maxAgeDays, wait } = given;
  const size = checked(
    poolSize.safeParse({
      region,
      count: numberIn("count", given.count, [0, 20]),
      ...(environment !== undefined && { environment }),
      ...(maxAgeDays !== undefined && { maxAgeDays: numberIn("max-age-days", maxAgeDays, [1, 365]) }),
    }),
  );
  return yield* withDesk(context, { worker: false, environment }, async (desk) => {
    const pool = await desk.pool.resize(size, desk.operator);
    if (!wait) return told(pool);
    const isFull = ({ places }: Pool) =>
      places
        .filter((each) => each.region === region)
        .every(({ wanted, ready, failed }) => ready + failed >= wanted);
    return told(await until(desk, isFull));
  });
}

/** `pool drain`: wants none any more, and stays until those that nobody claimed are seen gone. */
export async function* poolDrain(
  context: CommandContext,
  given: { region?: string; environment?: string },
): Handler {
  const which = checked(drainSchema.safeParse(given));
  return yield* withDesk(context, { worker: false, environment: given.environment }, async (desk) => {
    await desk.pool.drain(which, desk.operator);
    // One with a reason stays until somebody has done something about it.
    const isGone = ({ items }: Pool) =>
      items.every(({ state, reason }) => state !== "removing" || reason !== undefined);
    return told(await until(desk, isGone));
  });
}
