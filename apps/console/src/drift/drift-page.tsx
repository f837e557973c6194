import { type DriftItem, driftAreas } from "@atoll/contract/schemas/drift";
import { Group, Stack } from "@mantine/core";
import { IconEyeCheck } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { hub } from "../hub/client.ts";
import { pages } from "../hub/pages.ts";
import { read } from "../hub/read.ts";
import { Empty } from "../parts/empty.tsx";
import { EnvironmentFilter } from "../parts/environment-filter.tsx";
import { EnvironmentMark } from "../parts/environment-mark.tsx";
import { PickOne } from "../parts/filters.tsx";
import { LongList } from "../parts/long-list.tsx";
import { Page } from "../parts/page.tsx";
import rows from "../parts/rows.module.css";
import { When } from "../parts/when.tsx";
import classes from "./drift.module.css";
import { Policy } from "./policy.tsx";
import { type DriftFilter, standings } from "./search.ts";
import { areaWords, standingOf, valueWords } from "./words.ts";

const route = getRouteApi("/console/drift");
const atOnce = 100;
const standingWords = { open: "open", accepted: "accepted", stopped: "keeps coming back" } as const;

/** Everything that differs from what was accepted, over the whole fleet, as last seen. */
export function DriftPage() {
  const wanted = route.useSearch();
  const { area, only, blueprint, environment } = wanted;
  const navigate = useNavigate({ from: "/drift" });
  const choose = (chosen: DriftFilter) =>
    void navigate({ search: (before: DriftFilter) => ({ ...before, ...chosen }), replace: true });
  const query = useInfiniteQuery({
    ...pages("listDrift", wanted, (part, signal) =>
      hub.call("listDrift", { query: { ...wanted, ...part, limit: atOnce } }, { signal }),
    ),
    refetchInterval: ({ state }) => (state.data && state.data.pages.length > 2 ? false : 10_000),
  });
  const { data: blueprints } = useQuery(read("listBlueprints", { query: {} }));
  const isFiltered = Object.values(wanted).some((each) => each !== undefined);
  return (
    <Page
      title="Drift"
      intro="What was changed behind our back, as last seen. An instance's own page repairs and accepts."
    >
      <Stack gap="xl">
        <Stack gap="md">
          <Group gap="xs">
            <PickOne
              label="Area"
              options={driftAreas}
              words={areaWords}
              chosen={area}
              onChoose={(next) => choose({ area: driftAreas.find((each) => each === next) })}
            />
            <PickOne
              label="Standing"
              options={standings}
              words={standingWords}
              chosen={only}
              onChoose={(next) => choose({ only: standings.find((each) => each === next) })}
            />
            <PickOne
              label="Blueprint"
              options={blueprints?.items.map(({ name }) => name) ?? []}
              chosen={blueprint}
              onChoose={(next) => choose({ blueprint: next })}
            />
            <EnvironmentFilter chosen={environment} onChoose={(next) => choose({ environment: next })} />
          </Group>
          <LongList<DriftItem>
            query={query}
            label="Differences"
            columns="minmax(0, 1fr) minmax(0, 2.4fr) 110px 150px 100px"
            heads={["Instance", "Differs", "Area", "Standing", "First seen"]}
            row={(item) => <DriftRow key={`${item.instance} ${item.path}`} item={item} />}
            more="Show more"
            empty={
              <Empty icon={<IconEyeCheck size={28} stroke={1.5} />} title="No drift">
                {isFiltered
                  ? "None like this. Take a filter away."
                  : "Every instance is as it was accepted, as last seen."}
              </Empty>
            }
          />
        </Stack>
        <Policy />
      </Stack>
    </Page>
  );
}

/** A difference in the list; it leads to its instance. */
function DriftRow({ item }: { item: DriftItem }) {
  const { instance, blueprint, environment, path, area, firstSeenAt } = item;
  return (
    <li>
      <Link
        to="/instances/$slug"
        params={{ slug: instance }}
        search={{ tab: "drift" }}
        className={`${rows.row} ${classes.row}`}
      >
        <span>
          <span className={rows.main}>{instance}</span>
          <span className={rows.minor}>
            {blueprint}
            <EnvironmentMark environment={environment} />
          </span>
        </span>
        <span>
          <span className={rows.main} title={path}>
            {path}
          </span>
          <span className={rows.minor} title={valueWords(item)}>
            {valueWords(item)}
          </span>
        </span>
        <span className={rows.wide}>{areaWords[area]}</span>
        <span className={rows.wide}>{standingOf(item)}</span>
        <span className={`${rows.faint} ${rows.end} ${rows.wide}`}>
          <When at={firstSeenAt} />
        </span>
      </Link>
    </li>
  );
}
