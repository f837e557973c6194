import type { InstanceSchema } from "@atoll/contract/schemas/fleet";
import { Group, NumberInput } from "@mantine/core";
import { IconVersions } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { hub } from "../hub/client.ts";
import { pages } from "../hub/pages.ts";
import { read } from "../hub/read.ts";
import { Empty } from "../parts/empty.tsx";
import { EnvironmentFilter } from "../parts/environment-filter.tsx";
import { PickOne } from "../parts/filters.tsx";
import { TextLink } from "../parts/links.tsx";
import { LongList } from "../parts/long-list.tsx";
import { Page } from "../parts/page.tsx";
import type { SchemaFilter } from "./search.ts";
import { VersionRow, versionColumns } from "./version-row.tsx";

const route = getRouteApi("/console/schema/instances");
const atOnce = 100;
const onlyWords = { behind: "behind", drifted: "differs", unknown: "unknown" } as const;
const onlyNames = ["behind", "drifted", "unknown"] as const;

/** The schema of each instance, as last seen: filtered, part by part. */
export function VersionsPage() {
  const wanted = route.useSearch();
  const { only, blueprint, environment, version } = wanted;
  const navigate = useNavigate({ from: "/schema/instances" });
  const choose = (chosen: SchemaFilter) =>
    void navigate({ search: (before: SchemaFilter) => ({ ...before, ...chosen }), replace: true });
  const query = useInfiniteQuery({
    ...pages("listSchemas", wanted, (part, signal) =>
      hub.call("listSchemas", { query: { ...wanted, ...part, limit: atOnce } }, { signal }),
    ),
    refetchInterval: ({ state }) => (state.data && state.data.pages.length > 2 ? false : 10_000),
  });
  const { data: overview } = useQuery(read("schemaOverview", {}));
  const isFiltered = Object.values(wanted).some((each) => each !== undefined);
  return (
    <Page
      title="Schemas of instances"
      above={
        <TextLink to="/schema" size="sm">
          Schema
        </TextLink>
      }
      intro="As last seen; no database is asked for this list."
    >
      <Group gap="xs">
        <PickOne
          label="Standing"
          options={onlyNames}
          words={onlyWords}
          chosen={only}
          onChoose={(next) => choose({ only: onlyNames.find((each) => each === next) })}
        />
        <PickOne
          label="Blueprint"
          options={overview?.blueprints.map((each) => each.blueprint) ?? []}
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
          max={9_999}
          value={version ?? ""}
          onChange={(next) => choose({ version: next === "" ? undefined : Number(next) })}
        />
      </Group>
      <LongList<InstanceSchema>
        query={query}
        label="Schemas of instances"
        columns={versionColumns}
        heads={["Instance", "Stands", "Version", "State", "Seen"]}
        row={(each) => <VersionRow key={each.instance} schema={each} />}
        more="Show more"
        empty={
          <Empty icon={<IconVersions size={28} stroke={1.5} />} title="No instances">
            {isFiltered ? "None like this. Take a filter away." : "None has a database yet."}
          </Empty>
        }
      />
    </Page>
  );
}
