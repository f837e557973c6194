import type { ReactNode } from "react";
import { lasting } from "../parts/time.ts";
import type { RunWithSteps } from "./advance.ts";
import { layoutOf } from "./layout.ts";
import type { RunEvent } from "./segments.ts";
import { StepLine } from "./step-line.tsx";
import classes from "./timeline.module.css";

interface TimelineProps {
  run: RunWithSteps;
  events: readonly RunEvent[];
  nowMs: number;
}

/** A run in time: each step a line, steps at the same time one under the other; a line opens for what it did and why. */
export function Timeline({ run, events, nowMs }: TimelineProps) {
  const { rows, scale, path } = layoutOf(run.steps, events, nowMs);
  const cuts = scale.cuts.map(({ at, leftOutMs }) => (
    <span
      key={at}
      className={classes.cut}
      style={{ left: `${at * 100}%` }}
      title={`${lasting(leftOutMs)} left out: nothing happened`}
    />
  ));
  return (
    <>
      <div className={classes.timeline}>
        <div className={classes.axis} aria-hidden>
          <span>Step</span>
          <span className={classes.ticks}>
            {scale.ticks
              .filter(({ at }) => at < 0.94)
              .map(({ at, ms }) => (
                <span key={ms} className={classes.tick} style={{ left: `${at * 100}%` }}>
                  {ms === 0 ? "0" : lasting(ms)}
                </span>
              ))}
            {cuts}
          </span>
          <span className={classes.took}>took</span>
        </div>
        <ol className={classes.rows} aria-label="Steps">
          {rows.map((row) => (
            <StepLine key={row.step.step} row={row} events={events} cuts={cuts} />
          ))}
        </ol>
      </div>
      <Legend>
        {path.durationMs > 0 && (
          <span>
            One after another: {lasting(path.sumMs)}. The chain that decides: {lasting(path.durationMs)} (
            {path.steps.join(" → ")}).
          </span>
        )}
      </Legend>
    </>
  );
}

function Legend({ children }: { children: ReactNode }) {
  const kinds = ["working", "waiting", "retrying", "failed"] as const;
  return (
    <div className={classes.legend}>
      {kinds.map((is) => (
        <span key={is}>
          <span className={classes.bar} data-is={is} aria-hidden />
          {is}
        </span>
      ))}
      {children}
    </div>
  );
}
