import { healths, instanceStates } from "@atoll/contract/schemas/instance";
import { Group, NumberInput } from "@mantine/core";
import { IconHexagons } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { hub } from "../hub/client.ts";
import { pages } from "../hub/pages.ts";
import { read } from "../hub/read.ts";
import { Empty } from "../parts/empty.tsx";
import { EnvironmentFilter } from "../parts/environment-filter.tsx";
import { PickMany, PickOne, Search } from "../parts/filters.tsx";
import { Lines } from "../parts/load.tsx";
import { Page } from "../parts/page.tsx";
import { Problem } from "../parts/problem.tsx";
import { InstanceList } from "./instance-list.tsx";
import type { InstanceFilter } from "./search.ts";

const route = getRouteApi("/console/instances");
const atOnce = 500;

/** Every instance: searched, filtered, ten thousand of them as easily as ten. */
export function InstancesPage() {
  const wanted = route.useSearch();
  const { state, health, blueprint, environment, version, search } = wanted;
  const navigate = useNavigate({ from: "/instances" });
  const choose = (chosen: InstanceFilter) =>
    void navigate({ search: (before: InstanceFilter) => ({ ...before, ...chosen }), replace: true });
  const states = { state: state?.join(","), health: health?.join(",") };
  const filter = { ...states, blueprint, environment, version, search };
  const query = useInfiniteQuery({
    ...pages("listInstances", filter, (part, signal) =>
      hub.call("listInstances", { query: { ...filter, ...part, limit: atOnce } }, { signal }),
    ),
    // All parts that were read are read again: not for the many of somebody who scrolled far.
    refetchInterval: ({ state }) => (state.data && state.data.pages.length > 2 ? false : 10_000),
  });
  const { data: blueprints } = useQuery({ ...read("listBlueprints", { query: {} }), staleTime: 300_000 });
  const isFiltered = Object.values(wanted).some((each) => each !== undefined);
  const total = query.data?.pages[0]?.total;
  const items = query.data?.pages.flatMap((page) => page.items);
  return (
    <Page
      title="Instances"
      intro={
        total === undefined
          ? "\u00a0"
          : `${total.toLocaleString("en")} ${isFiltered ? "like this" : "in all"}`
      }
    >
      <Group gap="xs">
        <Search label="Search by name or slug" value={search} onSearch={(text) => choose({ search: text })} />
        <PickMany
          label="State"
          options={instanceStates}
          chosen={state}
          onChoose={(next) => choose({ state: next })}
        />
        <PickMany
          label="Health"
          options={healths}
          chosen={health}
          onChoose={(next) => choose({ health: next })}
        />
        <PickOne
          label="Blueprint"
          options={blueprints?.items.map(({ name }) => name) ?? []}
          chosen={blueprint}
          onChoose={(next) => choose({ blueprint: next })}
        />
        <EnvironmentFilter chosen={environment} onChoose={(next) => choose({ environment: next })} />
        <NumberInput
          aria-label="Version of the schema"
          placeholder="Version"
          size="sm"
          w={110}
          min={0}
          max={100_000}
          value={version ?? ""}
          onChange={(next) => choose({ version: next === "" ? undefined : Number(next) })}
        />
      </Group>
      {query.error && <Problem error={query.error} onAgain={() => void query.refetch()} />}
      {items === undefined && query.error === null && <Lines lines={8} height={56} />}
      {items?.length === 0 && (
        <Empty icon={<IconHexagons size={28} stroke={1.5} />} title="No instances">
          {isFiltered
            ? "None like this. Take a filter away."
            : "The first one comes when a request is approved."}
        </Empty>
      )}
      {items !== undefined && items.length > 0 && (
        <InstanceList
          items={items}
          total={total ?? items.length}
          onNeedMore={() => {
            if (query.hasNextPage && !query.isFetching) void query.fetchNextPage();
          }}
        />
      )}
    </Page>
  );
}
