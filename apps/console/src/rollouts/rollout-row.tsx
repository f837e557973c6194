import type { Rollout } from "@atoll/contract/schemas/fleet";
import { Link } from "@tanstack/react-router";
import { EnvironmentMark } from "../parts/environment-mark.tsx";
import rows from "../parts/rows.module.css";
import { State } from "../parts/state.tsx";
import { When } from "../parts/when.tsx";

/** Columns of the list of rollouts. */
export const rolloutColumns = "minmax(0, 1.2fr) minmax(0, 1.4fr) 150px 110px 120px";

/** A rollout in a list; it leads to its page. */
export function RolloutRow({ rollout }: { rollout: Rollout }) {
  const { id, blueprint, toVersion, environment, state, why, by, counts, waves, lacksWorker, createdAt } =
    rollout;
  const total = waves.reduce((sum, { targets }) => sum + targets, 0);
  return (
    <li>
      <Link to="/rollouts/$id" params={{ id }} className={rows.row}>
        <span>
          <span className={rows.main}>
            {blueprint} to version {toVersion}
          </span>
          <span className={rows.minor}>
            {id}
            <EnvironmentMark environment={environment} />
          </span>
        </span>
        <span className={`${rows.minor} ${rows.wide}`} title={why}>
          {why ?? (lacksWorker ? "waits for a worker" : `by ${by}`)}
        </span>
        <span>
          <State state={state} />
        </span>
        <span className={`${rows.faint} ${rows.wide}`}>
          {counts.done} of {total}
        </span>
        <span className={`${rows.faint} ${rows.end} ${rows.wide}`}>
          <When at={createdAt} />
        </span>
      </Link>
    </li>
  );
}
