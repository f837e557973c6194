import type { UsageBucket, UsageCounts, UsageRange } from "@atoll/contract/schemas/usage";
import health from "../health/health.module.css";
import { PlotTable } from "../health/table.tsx";
import { useNow } from "../parts/use-now.ts";
import { type Slot, slotsOf, topOf } from "./plot.ts";
import classes from "./usage.module.css";
import { countWords, rangeWords } from "./words.ts";

const box = { width: 600, height: 120 };
const tones = ["first", "second", "third", "fourth"] as const;
const formats: Record<UsageRange, Intl.DateTimeFormat> = {
  "24h": new Intl.DateTimeFormat("en", {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: "UTC",
  }),
  "30d": new Intl.DateTimeFormat("en", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }),
  "12m": new Intl.DateTimeFormat("en", { month: "short", year: "numeric", timeZone: "UTC" }),
};

interface UsagePlotProps {
  name: string;
  range: UsageRange;
  buckets: readonly UsageBucket[];
  /** What is shown, stacked in this order, at most four. */
  parts: readonly { word: string; pick(counts: UsageCounts): number | undefined }[];
  /** How a number is written; sizes are not counts. */
  words?: (value: number | undefined) => string;
}

const valuesOf = ({ bucket }: Slot, parts: UsagePlotProps["parts"]) =>
  parts.map(({ pick }) => (bucket === undefined ? undefined : pick(bucket)));
const sumOf = (values: readonly (number | undefined)[]) =>
  values.every((each) => each === undefined)
    ? undefined
    : values.reduce<number>((sum, each) => sum + (each ?? 0), 0);

/** What was used, as bars of hours, days or months; where nobody counted stands a low grey mark. */
export function UsagePlot({ name, range, buckets, parts, words = countWords }: UsagePlotProps) {
  const nowMs = useNow(60_000);
  const slots = slotsOf(range, buckets, nowMs).map((slot) => ({ ...slot, values: valuesOf(slot, parts) }));
  const sums = slots.map(({ values }) => sumOf(values));
  const known = sums.filter((each) => each !== undefined);
  if (known.length === 0) return null;
  const highest = Math.max(...known);
  const top = topOf(highest);
  const width = box.width / slots.length;
  const timeOf = (at: Date) => formats[range].format(at);
  const [first, last] = [slots.at(0), slots.at(-1)];
  return (
    <figure className={health.figure}>
      <figcaption className={health.caption}>
        <span className={health.name}>{name}</span>
        {parts.length > 1 && (
          <span className={`${health.minor} ${health.keys}`}>
            {parts.map(({ word }, index) => (
              <span key={word} className={classes.key} data-is={tones[index]}>
                {word}
              </span>
            ))}
          </span>
        )}
      </figcaption>
      <div className={health.ends} aria-hidden>
        <span>{words(top)}</span>
      </div>
      <svg
        className={health.plot}
        viewBox={`0 0 ${box.width} ${box.height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${name}, ${rangeWords[range]}: last ${words(sums.at(-1))}, at most ${words(highest)}`}
      >
        {slots.map(({ at, values }, index) => {
          const x = index * width + width * 0.1;
          const sum = sums[index];
          if (sum === undefined)
            return (
              <rect
                key={at.getTime()}
                className={classes.gap}
                x={x}
                y={box.height - 4}
                width={width * 0.8}
                height={4}
              >
                <title>{`${timeOf(at)}: not counted`}</title>
              </rect>
            );
          let below = 0;
          return (
            <g key={at.getTime()}>
              <title>{`${timeOf(at)}: ${words(sum)}`}</title>
              {values.map((value = 0, part) => {
                const height = (value / top) * box.height;
                below += height;
                return (
                  <rect
                    key={tones[part]}
                    className={classes.bar}
                    data-is={tones[part]}
                    x={x}
                    y={box.height - below}
                    width={width * 0.8}
                    height={height}
                  />
                );
              })}
            </g>
          );
        })}
      </svg>
      <div className={health.ends} aria-hidden>
        <span>{first && timeOf(first.at)}</span>
        <span>{last && timeOf(last.at)}, UTC</span>
      </div>
      <PlotTable
        label={name}
        heads={["From, UTC", ...parts.map(({ word }) => word)]}
        rows={slots.map(({ at, values }) => [timeOf(at), ...values.map(words)])}
      />
    </figure>
  );
}
