import { type InstanceMonitor, type MonitorRange, monitorRanges } from "@atoll/contract/schemas/monitor";
import { SegmentedControl, Stack, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { read } from "../hub/read.ts";
import { Facts } from "../parts/facts.tsx";
import { Load } from "../parts/load.tsx";
import { Section } from "../parts/page.tsx";
import rows from "../parts/rows.module.css";
import { Rows } from "../parts/rows.tsx";
import { State } from "../parts/state.tsx";
import { When } from "../parts/when.tsx";
import { IncidentRow, incidentColumns, incidentHeads } from "./incident-row.tsx";
import { LatencyPlot } from "./latency-plot.tsx";
import { UptimeBars } from "./uptime-bars.tsx";
import { kindWords, likeState, likeVerdict, percent, rangeWords, verdictWords } from "./words.ts";

/** How one instance is and has been: verdicts, uptime, time to answer, incidents. */
export function InstanceHealth({ slug }: { slug: string }) {
  const [range, setRange] = useState<MonitorRange>("24h");
  const query = useQuery({
    ...read("instanceMonitor", { params: { slug }, query: { range } }),
    refetchInterval: 15_000,
    placeholderData: keepPreviousData,
  });
  return (
    <Load query={query} lines={8}>
      {(shown) => (
        <Stack gap="xl">
          <Now monitor={shown} />
          <Section
            title="History"
            actions={
              <SegmentedControl
                size="xs"
                aria-label="How far back"
                data={monitorRanges.map((each) => ({ value: each, label: rangeWords[each] }))}
                value={range}
                onChange={(next) => setRange(monitorRanges.find((each) => each === next) ?? "24h")}
              />
            }
          >
            <History monitor={shown} />
          </Section>
          <Section title="Incidents">
            {shown.incidents.length === 0 ? (
              <Text c="dimmed" size="sm">
                None so far.
              </Text>
            ) : (
              <Rows label="Incidents" columns={incidentColumns} heads={incidentHeads}>
                {shown.incidents.map((incident) => (
                  <IncidentRow key={incident.id} incident={incident} />
                ))}
              </Rows>
            )}
          </Section>
        </Stack>
      )}
    </Load>
  );
}

function Now({ monitor: { state, checkedAt, uptime, probes } }: { monitor: InstanceMonitor }) {
  return (
    <Section title="Now">
      <Facts
        facts={[
          ["State", <State key="state" state={likeState[state]} word={state} />],
          ["Looked at", <When key="when" at={checkedAt} />],
          ...uptime.map(({ range, share }) => [`Uptime, ${rangeWords[range]}`, percent(share)] as const),
        ]}
      />
      {probes.length === 0 ? (
        <Text c="dimmed" size="sm">
          Nobody has looked yet: a live instance is looked at within a minute.
        </Text>
      ) : (
        <Rows
          label="What was looked at"
          columns="130px 150px minmax(0, 1fr) 130px 110px"
          heads={["What", "Verdict", "Problem", "Time to answer", "Looked at"]}
        >
          {probes.map(({ kind, verdict, problem, p50Ms, p95Ms, checkedAt: at }) => (
            <li key={kind} className={rows.row}>
              <span className={rows.main}>{kindWords[kind]}</span>
              <State state={likeVerdict[verdict]} word={verdictWords[verdict]} />
              <span style={{ overflowWrap: "anywhere" }}>{problem ?? ""}</span>
              <span className={`${rows.faint} ${rows.wide}`}>
                {p50Ms === undefined ? "–" : `${p50Ms} ms, at most ${p95Ms} ms`}
              </span>
              <span className={`${rows.faint} ${rows.end}`}>
                <When at={at} />
              </span>
            </li>
          ))}
        </Rows>
      )}
    </Section>
  );
}

function History({ monitor: { series, range, bucketSeconds } }: { monitor: InstanceMonitor }) {
  if (series.length === 0)
    return (
      <Text c="dimmed" size="sm">
        Nothing was measured in that time.
      </Text>
    );
  return (
    <Stack gap="lg">
      {series.map(({ kind, buckets }) => (
        <UptimeBars key={kind} name={kindWords[kind]} range={range} buckets={buckets} />
      ))}
      {series
        .filter(({ kind }) => kind === "page" || kind === "api")
        .map(({ kind, buckets }) => (
          <LatencyPlot
            key={kind}
            name={kindWords[kind]}
            range={range}
            bucketSeconds={bucketSeconds}
            buckets={buckets}
          />
        ))}
    </Stack>
  );
}
