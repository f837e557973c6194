// What many provisionings at once cost: three workers on one machine, the local cloud without applications. The floor
// of the calls is a bare script that makes the same ones in the same order without a journal.
import { registryMode } from "./scale/registry.ts";
import { cpuMsEach, type RoundFigures, roundOf } from "./scale/round.ts";
import { simulateMode } from "./scale/simulate.ts";

const workers = 3;

/** The sizes that are compared: `--quick`, `--sizes A,B`, or the full ones. */
function sizesOf(flags: readonly string[]): [number, number] {
  const given = flags[flags.indexOf("--sizes") + 1];
  if (flags.includes("--sizes") && given !== undefined) {
    const [few = 1, many = few] = given.split(",").map(Number);
    return [few, many];
  }
  return flags.includes("--quick") ? [10, 40] : [200, 1_000];
}

/**
 * Provisions few instances at once, then many, each on a home of its own. `--registry [N]` lives with a large registry
 * instead, `--simulate` with a larger one in virtual time.
 * @public `main.ts` imports it by the benchmark's name.
 */
export async function measure() {
  const flags = process.argv.slice(3);
  if (flags.includes("--registry")) return registryMode(flags);
  if (flags.includes("--simulate")) return simulateMode(flags);
  const [few, many] = sizesOf(flags);
  const small = await roundOf(few, workers);
  const large = few === many ? small : await roundOf(many, workers);
  return {
    // Equal = what one costs does not grow with how many there are.
    ratio: cpuMsEach(large) / cpuMsEach(small),
    target: 1.2,
    also: [
      {
        what: "instances that did not become live",
        ratio: large.size - (large.states.live ?? 0),
        target: 0,
      },
      {
        what: "calls of an instance against the bare script",
        ratio: large.calls / large.size / large.floor.calls,
        target: 1.6,
      },
    ],
    figures: { rounds: [small, large] },
    text: textOf([small, large]),
  };
}

function textOf(rounds: readonly RoundFigures[]): string {
  const line = (what: string, value: (round: RoundFigures) => number | string) =>
    `${what.padEnd(46)}${rounds.map((each) => shown(value(each)).padStart(12)).join("")}`;
  const each = (told: (worker: number) => string) =>
    Array.from({ length: workers }, (_, index) => told(index));
  const crew = (index: number, of: "cpuMs" | "peakMiB") => (round: RoundFigures) =>
    round.crew[index]?.[of] ?? 0;
  return [
    line("instances at once", ({ size }) => size),
    line("all of them live", ({ size, states }) => (states.live === size ? "yes" : "no")),
    line("approvals answered after, s", ({ approvedMs }) => approvedMs / 1_000),
    line("last one ended after, s", ({ wallMs }) => wallMs / 1_000),
    line("wall time of one, ms", ({ wallMs, size }) => wallMs / size),
    line("CPU of the hub's side of one, ms", cpuMsEach),
    line("  of it hub", ({ hub, size }) => hub.cpuMs / size),
    line("  of it workers", ({ crew: all, size }) => all.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / size),
    line("  of it database", ({ databaseCpuMs, size }) => databaseCpuMs / size),
    line("CPU of the local cloud for one, ms", ({ cloudCpuMs, size }) => cloudCpuMs / size),
    line("bare script for one: CPU, ms", ({ floor }) => floor.cpuMs),
    line("bare script for one: wall time, ms", ({ floor }) => floor.wallMs),
    line("calls of one", ({ calls, size }) => calls / size),
    line("bare script: calls of one", ({ floor }) => floor.calls),
    line("calls that were refused or cut", ({ refusals }) => refusals),
    line("peak memory, hub, MiB", ({ hub }) => hub.peakMiB),
    ...each((index) => line(`peak memory, worker ${index + 1}, MiB`, crew(index, "peakMiB"))),
    ...each((index) =>
      line(`CPU time, worker ${index + 1}, s`, (round) => crew(index, "cpuMs")(round) / 1_000),
    ),
    line("connections to the database, peak", ({ queriesInside }) => queriesInside),
    line("journal of one in `atoll`, KiB", ({ bytes, size }) => bytes.atoll / size / 1_024),
    line("journal of one in `dbos`, KiB", ({ bytes, size }) => bytes.dbos / size / 1_024),
    line("longest run, s", ({ longestRunMs }) => longestRunMs / 1_000),
    ...rounds.flatMap(({ faults }) =>
      Object.entries(faults).map(([what, count]) => `failed ${count} times: ${what}`),
    ),
  ].join("\n");
}

const shown = (value: number | string) =>
  typeof value === "string" ? value : value.toFixed(value < 100 && value % 1 !== 0 ? 1 : 0);
