import type { Rollout, RolloutTarget, TargetState } from "@atoll/contract/schemas/fleet";
import { targetStates } from "@atoll/contract/schemas/fleet";
import { IconVersions } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { hub } from "../hub/client.ts";
import { pages } from "../hub/pages.ts";
import { Empty } from "../parts/empty.tsx";
import { PickOne } from "../parts/filters.tsx";
import { LongList } from "../parts/long-list.tsx";
import { Section } from "../parts/page.tsx";
import { TargetRow, targetColumns } from "./target-row.tsx";
import { isActive } from "./waves.ts";
import { targetWords } from "./words.ts";

const atOnce = 100;

interface TargetsProps {
  rollout: Rollout;
  state: TargetState | undefined;
  onChoose(state: TargetState | undefined): void;
}

/** The databases of a rollout, wave by wave. */
export function Targets({ rollout, state, onChoose }: TargetsProps) {
  const { id } = rollout;
  const query = useInfiniteQuery({
    ...pages("listRolloutTargets", { id, state }, (part, signal) =>
      hub.call(
        "listRolloutTargets",
        { params: { id }, query: { state, ...part, limit: atOnce } },
        { signal },
      ),
    ),
    // All parts that were read are read again: not for the many of somebody who went far.
    refetchInterval: ({ state: read }) =>
      isActive(rollout) && (read.data?.pages.length ?? 0) <= 2 ? 2_000 : false,
  });
  return (
    <Section
      title="Databases"
      actions={
        <PickOne
          label="State"
          options={targetStates}
          words={targetWords}
          chosen={state}
          onChoose={(next) => onChoose(targetStates.find((each) => each === next))}
        />
      }
    >
      <LongList<RolloutTarget>
        query={query}
        label="Databases"
        columns={targetColumns}
        heads={["Instance", "Wave", "State", "Version, restore point", "SQL took"]}
        row={(target) => <TargetRow key={target.instance} target={target} />}
        more="Show more"
        empty={
          <Empty icon={<IconVersions size={28} stroke={1.5} />} title="No databases">
            None like this. Take the filter away.
          </Empty>
        }
      />
    </Section>
  );
}
