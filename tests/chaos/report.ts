import type { House } from "./house.ts";
import { invariants } from "./invariants.ts";
import type { Round } from "./round.ts";

/** What is counted over all schedules. */
interface Tally {
  schedules: number;
  failed: number[];
  durationsMs: number[];
  acts: Map<string, number>;
  troubles: Map<string, number>;
  deaths: Map<string, number>;
}

/** Nothing counted yet. */
export const emptyTally = (): Tally => ({
  schedules: 0,
  failed: [],
  durationsMs: [],
  acts: new Map(),
  troubles: new Map(),
  deaths: new Map(),
});

const count = (counts: Map<string, number>, name: string, by = 1) =>
  counts.set(name, (counts.get(name) ?? 0) + by);

/** Counts one schedule. */
export function addTo(tally: Tally, { schedule, violations, acts, durationMs }: Round): void {
  tally.schedules += 1;
  tally.durationsMs.push(durationMs);
  if (violations.length > 0) tally.failed.push(schedule.seed);
  for (const { does, state } of acts) count(tally.acts, state === "succeeded" ? does : `${does} (${state})`);
  if (schedule.rolloutAtMs !== undefined) count(tally.acts, "rollout");
  for (const act of schedule.clients.flat()) if (act.cancelAfterMs !== undefined) count(tally.acts, "cancel");
  for (const each of schedule.troubles)
    if (each.does === "fault") count(tally.troubles, each.fault.kind, each.fault.times);
    else count(tally.troubles, each.does);
  count(tally.troubles, "wrong clock", schedule.shiftsMs.filter((shift) => shift !== 0).length);
}

/** Counts what happened to a house's workers and its Postgres, once, when it is left. */
export function addHouse(tally: Tally, house: House): void {
  const { kills, freezes, fenced, broken } = house.crew.counts;
  count(tally.deaths, "workers killed", kills);
  count(tally.deaths, "workers frozen", freezes);
  count(tally.deaths, "workers fenced", fenced);
  count(tally.deaths, "workers that could not begin", broken);
  count(tally.deaths, "Postgres killed", house.postgresDeaths());
}

/** Everything about a schedule that failed. */
export function failureText(
  { schedule, violations, durationMs, acts }: Round,
  log: readonly string[],
): string {
  return [
    `seed ${schedule.seed}: FAILS after ${(durationMs / 1_000).toFixed(1)} s`,
    ...violations.map(({ invariant, what }) => `  ${invariant}: ${what}`),
    `acts: ${acts.map(({ slug, does, state }) => `${slug} ${does} ${state}`).join("; ")}`,
    `schedule: ${JSON.stringify(schedule)}`,
    "the workers' last words:",
    ...log.slice(-12).map((line) => `  ${line.slice(0, 400)}`),
  ].join("\n");
}

const sorted = (counts: Map<string, number>) => [...counts].toSorted(([a], [b]) => a.localeCompare(b));

/** The table at the end, and its figures. */
export function tableOf(tally: Tally, durationMs: number, first: number) {
  const sortedMs = tally.durationsMs.toSorted((a, b) => a - b);
  const figures = {
    seeds: [first, first + tally.schedules - 1],
    schedules: tally.schedules,
    failed: tally.failed,
    seconds: Math.round(durationMs / 1_000),
    secondsEach: {
      median: Number(((sortedMs[sortedMs.length >> 1] ?? 0) / 1_000).toFixed(1)),
      longest: Number(((sortedMs.at(-1) ?? 0) / 1_000).toFixed(1)),
    },
    acts: Object.fromEntries(sorted(tally.acts)),
    faults: Object.fromEntries(sorted(tally.troubles)),
    deaths: Object.fromEntries(sorted(tally.deaths)),
    invariants: Object.keys(invariants).length + 2,
  };
  const line = (name: string, value: string) => `${name.padEnd(14)}${value}`;
  const list = (counts: object) =>
    Object.entries(counts)
      .map(([name, value]) => `${name} ${value}`)
      .join(", ");
  const table = [
    "",
    line("seeds", `${figures.seeds[0]} to ${figures.seeds[1]}`),
    line(
      "schedules",
      `${figures.schedules}, ${figures.failed.length} failed${figures.failed.length > 0 ? `: ${figures.failed.join(", ")}` : ""}`,
    ),
    line(
      "duration",
      `${figures.seconds} s, median ${figures.secondsEach.median} s, longest ${figures.secondsEach.longest} s`,
    ),
    line("acts", list(figures.acts)),
    line("faults", list(figures.faults)),
    line("deaths", list(figures.deaths)),
    line("invariants", `${figures.invariants}, each after every schedule`),
  ].join("\n");
  return { figures, table };
}
