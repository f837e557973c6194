import type { MonitorRange } from "@atoll/contract/schemas/monitor";
import { useNow } from "../parts/use-now.ts";
import classes from "./health.module.css";
import { type Bucket, linesOf, topOf } from "./plot.ts";
import { PlotTable } from "./table.tsx";
import { moment, spans } from "./uptime-bars.tsx";
import { rangeWords } from "./words.ts";

const box = { width: 600, height: 120 };

interface LatencyPlotProps {
  name: string;
  range: MonitorRange;
  bucketSeconds: number;
  buckets: readonly Bucket[];
}

/** How long something took to answer: half of all answers, and 95 of 100. */
export function LatencyPlot({ name, range, bucketSeconds, buckets }: LatencyPlotProps) {
  const nowMs = useNow(60_000);
  const timed = buckets.filter(({ p95Ms }) => p95Ms !== undefined);
  if (timed.length === 0) return null;
  const highest = Math.max(...timed.map(({ p95Ms = 0 }) => p95Ms));
  const topMs = topOf(highest);
  const { spanMs } = spans[range];
  const at = { ...box, topMs, fromMs: nowMs - spanMs, toMs: nowMs, bucketMs: bucketSeconds * 1_000 };
  const last = timed.at(-1);
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.caption}>
        <span className={classes.name}>{name}: time to answer</span>
        <span className={`${classes.minor} ${classes.keys}`}>
          <span className={classes.key} data-is="p50">
            half
          </span>
          <span className={classes.key} data-is="p95">
            95 of 100
          </span>
        </span>
      </figcaption>
      <div className={classes.ends} aria-hidden>
        <span>{topMs} ms</span>
      </div>
      <svg
        className={classes.plot}
        viewBox={`0 0 ${box.width} ${box.height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${name}, ${rangeWords[range]}: half of the newest answers within ${last?.p50Ms ?? 0} ms, 95 of 100 within ${last?.p95Ms ?? 0} ms; at most ${highest} ms`}
      >
        <path className={classes.line} data-is="p95" d={linesOf(timed, ({ p95Ms }) => p95Ms, at)} />
        <path className={classes.line} data-is="p50" d={linesOf(timed, ({ p50Ms }) => p50Ms, at)} />
      </svg>
      <div className={classes.ends} aria-hidden>
        <span>{moment(nowMs - spanMs)}</span>
        <span>now</span>
      </div>
      <PlotTable
        label={`${name}: time to answer`}
        heads={["From", "Half, ms", "95 of 100, ms"]}
        rows={timed.map(({ at: from, p50Ms, p95Ms }) => [
          moment(Date.parse(from)),
          String(p50Ms ?? ""),
          String(p95Ms ?? ""),
        ])}
      />
    </figure>
  );
}
