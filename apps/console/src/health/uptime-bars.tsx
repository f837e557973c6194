import type { MonitorRange } from "@atoll/contract/schemas/monitor";
import { useNow } from "../parts/use-now.ts";
import classes from "./health.module.css";
import { type Bucket, barsOf, toneOf } from "./plot.ts";
import { PlotTable } from "./table.tsx";
import { percent, rangeWords } from "./words.ts";

const hourMs = 3_600_000;

/** How long a range is, and into how many bars it is divided. */
export const spans: Record<MonitorRange, { spanMs: number; bars: number }> = {
  "24h": { spanMs: 24 * hourMs, bars: 48 },
  "7d": { spanMs: 168 * hourMs, bars: 42 },
  "30d": { spanMs: 720 * hourMs, bars: 30 },
  "90d": { spanMs: 2_160 * hourMs, bars: 45 },
};

const short = new Intl.DateTimeFormat("en", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});
/** A moment on an axis, in the reader's time zone. */
export const moment = (atMs: number): string => short.format(new Date(atMs));

interface UptimeBarsProps {
  name: string;
  range: MonitorRange;
  buckets: readonly Bucket[];
}

/** Whether something answered, bar by bar. */
export function UptimeBars({ name, range, buckets }: UptimeBarsProps) {
  const nowMs = useNow(60_000);
  const { spanMs, bars: count } = spans[range];
  const bars = barsOf(buckets, { bars: count, spanMs, nowMs });
  const looks = bars.reduce((sum, each) => sum + each.count, 0);
  const good = bars.reduce((sum, each) => sum + each.count * (each.share ?? 0), 0);
  const share = looks === 0 ? undefined : good / looks;
  const bad = bars.filter((each) => each.share !== undefined && each.share < 1).length;
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.caption}>
        <span className={classes.name}>{name}</span>
        <span className={classes.minor}>{percent(share)} of its looks were good</span>
      </figcaption>
      <svg
        className={classes.bars}
        viewBox={`0 0 ${count * 10} 32`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${name}, ${rangeWords[range]}: ${percent(share)} good, something failed in ${bad} of ${count} parts`}
      >
        {bars.map((bar, index) => (
          <rect
            key={bar.fromMs}
            className={classes.bar}
            data-is={toneOf(bar)}
            x={index * 10 + 1}
            // A bad one is higher, a missing one lower: the colour alone says nothing.
            y={bar.share === undefined ? 26 : bar.share < 1 ? 0 : 6}
            width={8}
            height={bar.share === undefined ? 6 : bar.share < 1 ? 32 : 26}
          >
            <title>{`${moment(bar.fromMs)}: ${percent(bar.share)}`}</title>
          </rect>
        ))}
      </svg>
      <div className={classes.ends} aria-hidden>
        <span>{moment(nowMs - spanMs)}</span>
        <span>now</span>
      </div>
      <PlotTable
        label={`${name}: uptime`}
        heads={["From", "Looks", "Good"]}
        rows={bars
          .filter((bar) => bar.share !== undefined)
          .map((bar) => [moment(bar.fromMs), String(bar.count), percent(bar.share)])}
      />
    </figure>
  );
}
