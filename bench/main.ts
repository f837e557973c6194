// `npm run bench -- NAME [--json]`: measures Atoll and its floor in the same run and ends with one line,
// `bench NAME ratio R target T ok` (or `short`). Exit code 0 either way: a figure is not a failure.
import { readdirSync } from "node:fs";
import { endAll, endOnSignals } from "./kit/ending.ts";

/** What a benchmark gives: a ratio against its floor, the most (or the least) it should be, and what it measured. */
interface Measured {
  ratio: number;
  target: number;
  /** The ratio is a share that should be kept: the target is the least. */
  atLeast?: boolean;
  /** Further figures that have to be met. */
  also?: { what: string; ratio: number; target: number }[];
  figures: object;
  text: string;
}

const folder = new URL(".", import.meta.url);
const names = readdirSync(folder)
  .filter((each) => each.endsWith(".bench.ts"))
  .map((each) => each.replace(".bench.ts", ""));

const [name, ...flags] = process.argv.slice(2);
if (name === undefined || !names.includes(name)) {
  console.error(
    `${name === undefined ? "Say which benchmark" : `There is no benchmark "${name}"`}: ${names.join(", ")}.`,
  );
  process.exit(2);
}

const { measure } = (await import(new URL(`${name}.bench.ts`, folder).href)) as {
  measure: () => Promise<Measured>;
}; // every *.bench.ts exports it
endOnSignals();
const { ratio, target, atLeast = false, also = [], figures, text } = await measure().finally(endAll);
const word = (met: boolean) => (met ? "ok" : "short");
if (flags.includes("--json"))
  console.log(JSON.stringify({ name, ratio, target, atLeast, also, ...figures }, null, 2));
else {
  console.log(text);
  for (const each of also)
    console.log(
      `${each.what}: ${each.ratio.toFixed(3)} target ${each.target.toFixed(3)} ${word(each.ratio <= each.target)}`,
    );
}
const met = (atLeast ? ratio >= target : ratio <= target) && also.every((each) => each.ratio <= each.target);
console.log(`bench ${name} ratio ${ratio.toFixed(2)} target ${target.toFixed(2)} ${word(met)}`);
