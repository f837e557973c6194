import type { Run } from "@atoll/contract/schemas/run";
import { runKinds, runStates } from "@atoll/contract/schemas/run";
import { Group } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { hub } from "../hub/client.ts";
import { pages } from "../hub/pages.ts";
import { Empty } from "../parts/empty.tsx";
import { EnvironmentFilter } from "../parts/environment-filter.tsx";
import { PickMany } from "../parts/filters.tsx";
import { LongList } from "../parts/long-list.tsx";
import { Page } from "../parts/page.tsx";
import { RunRow, runColumns } from "./run-row.tsx";
import { kindWords } from "./words.ts";

const route = getRouteApi("/console/runs");

/** Everything that is and was done to instances. */
export function RunsPage() {
  const { state, kind, environment } = route.useSearch();
  const navigate = useNavigate({ from: "/runs" });
  const filter = { state: state?.join(","), kind: kind?.join(","), environment };
  const query = useInfiniteQuery({
    ...pages("listRuns", filter, (part, signal) =>
      hub.call("listRuns", { query: { ...filter, ...part } }, { signal }),
    ),
    refetchInterval: 5_000,
  });
  return (
    <Page title="Runs" intro="Everything that is and was done to instances, newest first.">
      <Group gap="xs">
        <PickMany
          label="State"
          options={runStates}
          chosen={state}
          onChoose={(chosen) =>
            navigate({ search: (before) => ({ ...before, state: chosen }), replace: true })
          }
        />
        <PickMany
          label="Kind"
          options={runKinds}
          words={kindWords}
          chosen={kind}
          onChoose={(chosen) =>
            navigate({ search: (before) => ({ ...before, kind: chosen }), replace: true })
          }
        />
        <EnvironmentFilter
          chosen={environment}
          onChoose={(chosen) =>
            navigate({ search: (before) => ({ ...before, environment: chosen }), replace: true })
          }
        />
      </Group>
      <LongList<Run>
        query={query}
        label="Runs"
        columns={runColumns}
        heads={["Instance", "Why", "State", "Took", "Began"]}
        row={(run) => <RunRow key={run.id} run={run} />}
        empty={
          <Empty icon={<IconPlayerPlay size={28} stroke={1.5} />} title="No runs">
            {state || kind || environment
              ? "None of this kind. Take a filter away."
              : "A run begins when a request is approved."}
          </Empty>
        }
      />
    </Page>
  );
}
