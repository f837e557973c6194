import type { Run } from "@atoll/contract/schemas/run";
import { Link } from "@tanstack/react-router";
import { EnvironmentMark } from "../parts/environment-mark.tsx";
import rows from "../parts/rows.module.css";
import { State } from "../parts/state.tsx";
import { lasting } from "../parts/time.ts";
import { When } from "../parts/when.tsx";
import { kindWords } from "./words.ts";

/** Columns of lists of runs. */
export const runColumns = "minmax(0, 1.4fr) minmax(0, 1fr) 130px 90px 120px";

/** A run in a list; it leads to its page. */
export function RunRow({ run }: { run: Run }) {
  const { startedAt, endedAt } = run;
  const tookMs = startedAt && endedAt ? Date.parse(endedAt) - Date.parse(startedAt) : undefined;
  return (
    <li>
      <Link to="/runs/$id" params={{ id: run.id }} className={rows.row}>
        <span>
          <span className={rows.main}>{run.instance}</span>
          <span className={rows.minor}>
            {kindWords[run.kind]} no. {run.number}
            {run.attempt > 1 && `, attempt ${run.attempt}`}
            <EnvironmentMark environment={run.environment} />
          </span>
        </span>
        <span className={`${rows.minor} ${rows.wide}`} title={run.fault?.what}>
          {run.fault?.what ?? (run.lacksWorker ? "waits for a worker" : `by ${run.by}`)}
        </span>
        <span>
          <State state={run.state} />
        </span>
        <span className={`${rows.faint} ${rows.wide}`}>{tookMs === undefined ? "" : lasting(tookMs)}</span>
        <span className={`${rows.faint} ${rows.end} ${rows.wide}`}>
          <When at={run.createdAt} />
        </span>
      </Link>
    </li>
  );
}
