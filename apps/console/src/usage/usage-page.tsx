import type { UsageLine, UsageRange } from "@atoll/contract/schemas/usage";
import { Button, Group, NativeSelect, Stack, Text } from "@mantine/core";
import { IconChartBar, IconDownload } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { hub } from "../hub/client.ts";
import { pages } from "../hub/pages.ts";
import { read } from "../hub/read.ts";
import { Empty } from "../parts/empty.tsx";
import { EnvironmentFilter } from "../parts/environment-filter.tsx";
import { EnvironmentMark } from "../parts/environment-mark.tsx";
import { Facts } from "../parts/facts.tsx";
import { Load } from "../parts/load.tsx";
import { LongList } from "../parts/long-list.tsx";
import { Page, Section } from "../parts/page.tsx";
import rows from "../parts/rows.module.css";
import { useNow } from "../parts/use-now.ts";
import { PoolCost } from "../pool/pool-cost.tsx";
import { Costs } from "./costs.tsx";
import { monthsBack, type UsageFilter } from "./search.ts";
import classes from "./usage.module.css";
import { UsagePlots } from "./usage-plots.tsx";
import { countWords, requestsOf, sizeWords } from "./words.ts";

const route = getRouteApi("/console/usage");
const atOnce = 100;

/** What the whole fleet used: the report of a month, and the series. */
export function UsagePage() {
  const [range, setRange] = useState<UsageRange>("30d");
  const fleet = useQuery({
    ...read("fleetUsage", { query: { range } }),
    refetchInterval: 60_000,
    placeholderData: keepPreviousData,
  });
  return (
    <Page title="Usage" intro={fleet.data && rhythm(fleet.data.everyMinutes)}>
      <Stack gap="xl">
        <Report />
        <Load query={fleet} lines={6}>
          {({ buckets, instances, behind }) => (
            <>
              {behind > 0 && (
                <Text size="sm" c="dimmed">
                  {behind} of {instances} instances could not be counted as a whole last time. It is made up
                  for.
                </Text>
              )}
              <UsagePlots range={range} buckets={buckets} onRange={setRange} />
            </>
          )}
        </Load>
      </Stack>
    </Page>
  );
}

const rhythm = (everyMinutes: number) =>
  everyMinutes === 0
    ? "This hub does not count by itself: ATOLL_USAGE_EVERY_MINUTES is 0."
    : `Every instance is counted every ${everyMinutes} minutes. Months, days and hours are those of UTC.`;

function Report() {
  const wanted = route.useSearch();
  const nowMs = useNow(60_000);
  const navigate = useNavigate({ from: "/usage" });
  const choose = (chosen: UsageFilter) =>
    void navigate({ search: (before: UsageFilter) => ({ ...before, ...chosen }), replace: true });
  const query = useInfiniteQuery(
    pages("usageReport", wanted, (part, signal) =>
      hub.call("usageReport", { query: { ...wanted, ...part, limit: atOnce } }, { signal }),
    ),
  );
  const report = query.data?.pages[0];
  const months = monthsBack(nowMs);
  const month = wanted.month ?? months[0] ?? "";
  return (
    <Section
      title="Report"
      intro="What each instance used, and what that costs by the prices of the settings: an estimate."
      actions={
        <Group gap="xs">
          <NativeSelect
            size="xs"
            aria-label="Month"
            data={months.includes(month) ? months : [month, ...months]}
            value={month}
            onChange={(event) => choose({ month: event.currentTarget.value })}
          />
          <EnvironmentFilter chosen={wanted.environment} onChoose={(next) => choose({ environment: next })} />
          <Button
            component="a"
            variant="default"
            size="xs"
            href={hub.url("usageReportCsv", { query: { ...wanted, month } })}
            download={`usage-${month}.csv`}
            leftSection={<IconDownload size={14} aria-hidden />}
          >
            CSV
          </Button>
        </Group>
      }
    >
      {report !== undefined && report.items.length > 0 && (
        <Facts
          facts={[
            ["Requests", countWords(requestsOf(report.totals))],
            ["Executions", countWords(report.totals.executions)],
            ["Deployments", countWords(report.totals.deployments)],
            ["Mails", countWords(report.totals.mails)],
            ["Databases", sizeWords(report.totals.databaseBytes)],
            [
              report.isOver ? "Cost, estimated" : "Cost so far, estimated",
              <Costs key="c" costs={report.costs} />,
            ],
          ]}
        />
      )}
      <PoolCost />
      <LongList<UsageLine>
        query={query}
        label="Report"
        columns="minmax(0, 1.6fr) 90px 90px 90px 70px 100px 110px"
        heads={["Instance", "Requests", "Executions", "Deployments", "Mails", "Database", "Cost"]}
        row={(line) => <ReportRow key={line.instance} line={line} />}
        more="Show more"
        empty={
          <Empty icon={<IconChartBar size={28} stroke={1.5} />} title="Nothing was counted">
            A live instance is counted within the hour.
          </Empty>
        }
      />
    </Section>
  );
}

/** An instance in the report; it leads to its own page. */
function ReportRow({ line }: { line: UsageLine }) {
  const { instance, name, environment, executions, deployments, mails, databaseBytes, costs } = line;
  return (
    <li>
      <Link to="/instances/$slug" params={{ slug: instance }} search={{ tab: "usage" }} className={rows.row}>
        <span>
          <span className={rows.main}>{name}</span>
          <span className={rows.minor}>
            {instance}
            <EnvironmentMark environment={environment} />
          </span>
        </span>
        <span className={classes.number}>{countWords(requestsOf(line))}</span>
        <span className={`${classes.number} ${rows.wide}`}>{countWords(executions)}</span>
        <span className={`${classes.number} ${rows.wide}`}>{countWords(deployments)}</span>
        <span className={`${classes.number} ${rows.wide}`}>{countWords(mails)}</span>
        <span className={`${classes.number} ${rows.wide}`}>{sizeWords(databaseBytes)}</span>
        <span className={rows.end}>
          <Costs costs={costs} />
        </span>
      </Link>
    </li>
  );
}
