import type { RolloutTarget } from "@atoll/contract/schemas/fleet";
import { Text } from "@mantine/core";
import { TextLink } from "../parts/links.tsx";
import rows from "../parts/rows.module.css";
import { State } from "../parts/state.tsx";
import { lasting } from "../parts/time.ts";
import { targetWords } from "./words.ts";

/** Columns of the list of a rollout's databases. */
export const targetColumns = "minmax(0, 2fr) 90px 110px minmax(0, 1fr) 90px";

/** One database of a rollout: where it stands, from which version to which, why not, and to where it could be taken back. */
export function TargetRow({ target }: { target: RolloutTarget }) {
  const { instance, wave, state, fromVersion, version, attempts, fault, restorePoint, durationMs } = target;
  return (
    <li className={rows.row}>
      <span>
        <TextLink
          to="/instances/$slug"
          params={{ slug: instance }}
          search={{ tab: "schema" }}
          size="sm"
          fw={600}
        >
          {instance}
        </TextLink>
        {fault !== undefined && (
          <>
            <Text size="sm" component="span" display="block" style={{ overflowWrap: "anywhere" }}>
              {fault.what}
            </Text>
            <Text size="xs" component="span" display="block" c="dimmed">
              {fault.next}
            </Text>
          </>
        )}
      </span>
      <span className={`${rows.faint} ${rows.wide}`}>{wave === 0 ? "canary" : `wave ${wave}`}</span>
      <span className={rows.end} style={{ justifySelf: "start" }}>
        <State state={state} word={targetWords[state]} />
        {attempts > 1 && (
          <Text size="xs" component="span" display="block" c="dimmed">
            try no. {attempts}
          </Text>
        )}
      </span>
      <span className={`${rows.minor} ${rows.wide}`} title={restorePoint?.what}>
        {fromVersion ?? "?"} → {version ?? "–"}
        {restorePoint !== undefined && <span className={rows.minor}>{restorePoint.what}</span>}
      </span>
      <span className={`${rows.faint} ${rows.end} ${rows.wide}`}>
        {durationMs === undefined ? "" : lasting(durationMs)}
      </span>
    </li>
  );
}
