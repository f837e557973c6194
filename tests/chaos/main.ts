// `npm run chaos`: random schedules, each of one seed, and what holds after each of them.
import { parseArgs } from "node:util";
import { openHouse } from "./house.ts";
import { type Guard, guards } from "./orders.ts";
import { addHouse, addTo, emptyTally, failureText, tableOf } from "./report.ts";
import { round } from "./round.ts";
import { scheduleOf } from "./schedule.ts";
import { shrunk } from "./shrink.ts";

const help = `npm run chaos -- [options]

  --seed <number>     seed of the first schedule; the next ones follow   (1)
  --runs <number>     how many schedules                                 (20)
  --minutes <number>  no further schedule is begun after so long
  --keep-going        go on after a schedule that failed, without shrinking it
  --without <guard>   workers do without it: ${guards.join(", ")}
  --json              figures as JSON`;

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    runs: { type: "string", default: "20" },
    minutes: { type: "string" },
    "keep-going": { type: "boolean", default: false },
    without: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

function number(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  console.error(`--${name} is "${text}"; it has to be a number from 0 upwards.`);
  process.exit(2);
}

function guardNamed(name: string | undefined): Guard | undefined {
  const found = guards.find((each) => each === name);
  if (name === undefined || found !== undefined) return found;
  console.error(`--without is "${name}"; it has to be one of: ${guards.join(", ")}.`);
  process.exit(2);
}

if (values.help) {
  console.log(help);
  process.exit(0);
}
const first = number("seed", values.seed);
const most = number("runs", values.runs);
const untilMs =
  values.minutes === undefined ? Number.POSITIVE_INFINITY : number("minutes", values.minutes) * 60_000;
const say = (text: string) => (values.json ? console.error(text) : console.log(text));

const guard = guardNamed(values.without);
let house = await openHouse({ without: guard });
const tally = emptyTally();
const begun = performance.now();

/** What a failed schedule left behind says nothing about the next one: that begins in a new house. */
async function moveOut(): Promise<void> {
  addHouse(tally, house);
  await house.stop();
  house = await openHouse({ without: guard });
}

let leaving: Promise<void> | undefined;
/** The table, and nothing left behind. */
function leave(): Promise<void> {
  leaving ??= (async () => {
    addHouse(tally, house);
    const { figures, table } = tableOf(tally, performance.now() - begun, first);
    console.log(values.json ? JSON.stringify(figures) : table);
    await house.stop();
  })();
  return leaving;
}

for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void leave().finally(() => process.exit(130)));

try {
  for (let seed = first; seed < first + most && performance.now() - begun < untilMs; seed++) {
    const result = await round(house, scheduleOf(seed));
    if (leaving !== undefined) break; // interrupted
    addTo(tally, result);
    if (result.violations.length === 0) {
      say(`seed ${seed}: holds, ${(result.durationMs / 1_000).toFixed(1)} s`);
      continue;
    }
    say(failureText(result, house.crew.log()));
    await moveOut();
    if (values["keep-going"]) continue;
    const smallest = await shrunk(result, async (schedule) => {
      const tried = await round(house, schedule);
      if (tried.violations.length > 0) await moveOut();
      return tried;
    });
    say(`The smallest schedule that still fails:\n${JSON.stringify(smallest.schedule, null, 1)}`);
    say(smallest.violations.map(({ invariant, what }) => `  ${invariant}: ${what}`).join("\n"));
    const without = guard === undefined ? "" : ` --without ${guard}`;
    say(`Repeat it: npm run chaos -- --seed ${seed} --runs 1${without}`);
    break;
  }
} finally {
  await leave();
}
process.exit(tally.failed.length > 0 ? 1 : 0);
