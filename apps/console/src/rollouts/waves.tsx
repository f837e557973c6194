import type { Rollout } from "@atoll/contract/schemas/fleet";
import classes from "../schema/schema.module.css";
import { waveBars } from "./waves.ts";

/** The waves, one under the other: what is done and what failed of each. */
export function Waves({ rollout }: { rollout: Rollout }) {
  return (
    <ol className={classes.bars} aria-label="Waves">
      {waveBars(rollout).map(({ wave, name, words, donePercent, failedPercent, isNow }) => (
        <li key={wave} className={classes.bar} aria-current={isNow ? "step" : undefined}>
          <span className={classes.label}>
            <span className={classes.version}>{name}</span>
            {isNow && <span className={classes.minor}> now</span>}
          </span>
          <span className={classes.track} aria-hidden>
            <span className={classes.part} data-is="done" style={{ width: `${donePercent}%` }} />
            <span className={classes.part} data-is="failed" style={{ width: `${failedPercent}%` }} />
          </span>
          <span className={classes.count}>{words}</span>
        </li>
      ))}
    </ol>
  );
}
