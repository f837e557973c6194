import type { InstanceSummary } from "@atoll/contract/schemas/instance";
import { memo } from "react";
import rows from "../parts/rows.module.css";
import { State } from "../parts/state.tsx";
import { When } from "../parts/when.tsx";
import { HealthMark } from "./health-mark.tsx";

/** Columns of the list of instances. */
export const instanceColumns = "minmax(0, 1.3fr) minmax(0, 1.3fr) 100px 64px 120px 110px 90px";

/**
 * An instance in a list; it leads to its page. A plain link, for which the list answers: hundreds of the router's own
 * would be felt while scrolling.
 */
export const InstanceRow = memo(function InstanceRow({ instance }: { instance: InstanceSummary }) {
  const { slug, name, url, blueprint, version, state, health, environment, createdAt } = instance;
  return (
    <a href={`/instances/${encodeURIComponent(slug)}`} className={rows.row} style={{ height: "100%" }}>
      <span>
        <span className={rows.main}>{name}</span>
        <span className={rows.minor}>{environment === "production" ? slug : `${slug} · ${environment}`}</span>
      </span>
      <span className={`${rows.minor} ${rows.wide}`}>{url?.replace(/^https?:\/\//, "") ?? "–"}</span>
      <span className={`${rows.faint} ${rows.wide}`}>{blueprint}</span>
      <span className={`${rows.faint} ${rows.wide}`}>{version ?? "–"}</span>
      <span>
        <State state={state} />
      </span>
      <span className={rows.wide}>
        <HealthMark health={health} />
      </span>
      <span className={`${rows.faint} ${rows.end} ${rows.wide}`}>
        <When at={createdAt} />
      </span>
    </a>
  );
});
