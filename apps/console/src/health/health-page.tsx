import type { HealthState, Incident, MonitorOverview } from "@atoll/contract/schemas/monitor";
import { healthStates } from "@atoll/contract/schemas/monitor";
import { Text } from "@mantine/core";
import { IconHeartbeat } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { hub } from "../hub/client.ts";
import { pages } from "../hub/pages.ts";
import { read } from "../hub/read.ts";
import { Empty } from "../parts/empty.tsx";
import { TextLink } from "../parts/links.tsx";
import { Load } from "../parts/load.tsx";
import { LongList } from "../parts/long-list.tsx";
import { Page, Section } from "../parts/page.tsx";
import rows from "../parts/rows.module.css";
import { Rows } from "../parts/rows.tsx";
import { State } from "../parts/state.tsx";
import { When } from "../parts/when.tsx";
import classes from "./health.module.css";
import { IncidentRow, incidentColumns, incidentHeads } from "./incident-row.tsx";
import { QuotaList } from "./quotas.tsx";
import { RunTimeList } from "./run-times.tsx";
import { likeState } from "./words.ts";

/** How the whole fleet is, what is wrong and what was, and how near providers' limits are. */
export function HealthPage() {
  const overview = useQuery({ ...read("monitorOverview", {}), refetchInterval: 10_000 });
  const past = useInfiniteQuery({
    ...pages("listIncidents", { only: "closed" }, (part, signal) =>
      hub.call("listIncidents", { query: { only: "closed", limit: 20, ...part } }, { signal }),
    ),
    refetchInterval: 30_000,
  });
  return (
    <Page title="Health" intro={overview.data && rhythm(overview.data.everySeconds)}>
      <Load query={overview} lines={5}>
        {(shown) => <Fleet overview={shown} />}
      </Load>
      <Section title="Past incidents">
        <LongList<Incident>
          query={past}
          label="Past incidents"
          columns={incidentColumns}
          heads={incidentHeads}
          row={(incident) => <IncidentRow key={incident.id} incident={incident} />}
          empty={
            <Empty icon={<IconHeartbeat size={28} stroke={1.5} />} title="None">
              What was wrong and is over stands here.
            </Empty>
          }
        />
      </Section>
      <QuotaList />
      <RunTimeList />
    </Page>
  );
}

const rhythm = (everySeconds: number) =>
  everySeconds === 0
    ? "This hub does not look at instances by itself: ATOLL_PROBE_EVERY_SECONDS is 0."
    : `Every live instance is looked at every ${everySeconds === 1 ? "second" : `${everySeconds} seconds`}.`;

function Fleet({ overview: { states, unwell, incidents } }: { overview: MonitorOverview }) {
  const shown: HealthState[] = healthStates.filter((each) => states[each] > 0 || each === "up");
  return (
    <>
      <ul className={classes.counts} aria-label="Instances by state">
        {shown.map((state) => (
          <li key={state} className={classes.count}>
            <span className={classes.number}>{states[state]}</span>
            <State state={likeState[state]} word={state} />
          </li>
        ))}
      </ul>
      <Section title="Open incidents">
        {incidents.length === 0 ? (
          <Text c="dimmed" size="sm">
            {unwell.length === 0 ? "Nothing is wrong." : "No incident is open."}
          </Text>
        ) : (
          <Rows label="Open incidents" columns={incidentColumns} heads={incidentHeads}>
            {incidents.map((incident) => (
              <IncidentRow key={incident.id} incident={incident} />
            ))}
          </Rows>
        )}
      </Section>
      {unwell.length > 0 && (
        <Section title="Instances that are unwell">
          <Rows
            label="Instances that are unwell"
            columns="minmax(0, 1.4fr) minmax(0, 1fr) 140px 120px"
            heads={["Instance", "Environment", "State", "Since"]}
          >
            {unwell.map(({ instance, environment, state, since }) => (
              <li key={instance} className={rows.row}>
                <TextLink to="/instances/$slug" params={{ slug: instance }} search={{ tab: "health" }}>
                  {instance}
                </TextLink>
                <span className={`${rows.minor} ${rows.wide}`}>{environment}</span>
                <State state={likeState[state]} word={state} />
                <span className={`${rows.faint} ${rows.end}`}>
                  <When at={since} />
                </span>
              </li>
            ))}
          </Rows>
        </Section>
      )}
    </>
  );
}
