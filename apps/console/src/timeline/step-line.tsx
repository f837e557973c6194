import { type ReactNode, useId, useState } from "react";
import { State } from "../parts/state.tsx";
import { lasting } from "../parts/time.ts";
import { useNow } from "../parts/use-now.ts";
import type { Row } from "./layout.ts";
import type { RunEvent, Step } from "./segments.ts";
import { StepDetails } from "./step-details.tsx";
import classes from "./timeline.module.css";
import { stateWords } from "./words.ts";

interface StepLineProps {
  row: Row;
  events: readonly RunEvent[];
  cuts: ReactNode;
}

/** One step's line: its state, when it worked and waited, and, opened, what it did. */
export function StepLine({ row, events, cuts }: StepLineProps) {
  const { step, bars, undo, tookMs, decides } = row;
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const isLive = step.state === "running" || step.state === "waiting";
  return (
    <li className={decides ? classes.decides : undefined} data-step={step.step} data-state={step.state}>
      <button
        type="button"
        className={classes.line}
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setOpen(!isOpen)}
      >
        <span className={classes.label}>
          <State state={step.state} word="" />
          <span className={classes.name} title={`${step.kind} ${step.name}`}>
            {step.step}
          </span>
          <span className="hidden">{`: ${stateWords(step)}`}</span>
        </span>
        <span className={classes.track} aria-hidden>
          {cuts}
          {bars.map(({ left, width, is }, index) => (
            <span
              key={index}
              className={classes.bar}
              data-is={is}
              data-live={(isLive && index === bars.length - 1) || undefined}
              style={{ left: `min(${left * 100}%, calc(100% - 3px))`, width: `${width * 100}%` }}
            />
          ))}
          {undo && (
            <span
              className={classes.undo}
              data-failed={undo.failed || undefined}
              style={{ left: `min(${undo.at * 100}%, calc(100% - 2px))` }}
            />
          )}
        </span>
        <span className={classes.took}>{tookMs === undefined ? "–" : lasting(tookMs)}</span>
        <Why step={step} />
      </button>
      {isOpen && (
        <div id={id} className={classes.details}>
          <StepDetails
            step={step}
            events={events.filter((each) => "step" in each && each.step === step.step)}
          />
        </div>
      )}
    </li>
  );
}

/** Why a step waits and until when, or what is wrong with it. */
function Why({ step }: { step: Step }) {
  const nowMs = useNow(step.waitingUntil === undefined ? 0 : 1_000);
  const { state, why, waitingUntil, fault, undo, undoFault } = step;
  if (undo === "owed" && undoFault)
    return (
      <span className={classes.why} data-bad>
        Not undone: {undoFault.what}
      </span>
    );
  if (state === "waiting") {
    const leftMs = waitingUntil === undefined ? 0 : Date.parse(waitingUntil) - nowMs;
    const until = leftMs > 0 ? ` Looks again in ${lasting(Math.ceil(leftMs / 1000) * 1000)}.` : "";
    return (
      <span className={classes.why} data-bad={fault !== undefined || undefined}>
        {fault?.what ?? `Waits: ${why ?? "for its provider"}.`}
        {until}
      </span>
    );
  }
  if (fault !== undefined)
    return (
      <span className={classes.why} data-bad>
        {fault.what}
      </span>
    );
  return state === "skipped" && why !== undefined ? <span className={classes.why}>{why}</span> : null;
}
