import type { RolloutState, TargetState } from "@atoll/contract/schemas/fleet";
import type { InstanceState, RequestState, RunState, StepState } from "@atoll/core/states";
import classes from "./state.module.css";

type AnyState = InstanceState | RequestState | RunState | StepState | RolloutState | TargetState;
type Tone = "good" | "busy" | "wait" | "bad" | "idle";

const tones: Record<AnyState, Tone> = {
  pending: "wait",
  approved: "busy",
  provisioning: "busy",
  deployed: "good",
  failed: "bad",
  rejected: "idle",
  withdrawn: "idle",
  live: "good",
  updating: "busy",
  paused: "idle",
  archived: "idle",
  removing: "wait",
  removed: "idle",
  queued: "wait",
  running: "busy",
  waiting: "wait",
  undoing: "wait",
  succeeded: "good",
  undone: "idle",
  cancelled: "idle",
  done: "good",
  skipped: "idle",
  "awaiting-approval": "wait",
  stopped: "bad",
  finished: "good",
  "left-behind": "wait",
};

const moving = new Set<AnyState>(["provisioning", "updating", "removing", "running", "waiting", "undoing"]);

interface StateProps {
  state: AnyState;
  /** Another word than the state's own. */
  word?: string;
}

/** A state as a dot and its word: never by colour alone. */
export function State({ state, word }: StateProps) {
  const tone = tones[state];
  return (
    <span className={classes.state}>
      <span
        className={classes.dot}
        data-hollow={tone === "idle" || tone === "wait" || undefined}
        data-moving={moving.has(state) || undefined}
        style={{ "--tone": `var(--${tone})` } as React.CSSProperties}
        aria-hidden
      />
      {word ?? state}
    </span>
  );
}
