import { Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { InstanceBackupsTab } from "../backups/instance-backups.tsx";
import { InstanceDriftTab } from "../drift/instance-drift.tsx";
import { InstanceHealth } from "../health/instance-health.tsx";
import { read } from "../hub/read.ts";
import { EnvironmentMark } from "../parts/environment-mark.tsx";
import { OutLink, TextLink } from "../parts/links.tsx";
import { Load } from "../parts/load.tsx";
import { Page } from "../parts/page.tsx";
import { State } from "../parts/state.tsx";
import { InstanceUsageTab } from "../usage/instance-usage.tsx";
import { Checklist } from "./checklist.tsx";
import { Configuration } from "./configuration.tsx";
import { Deployments } from "./deployments.tsx";
import { Domains } from "./domains.tsx";
import { Exports } from "./exports.tsx";
import { History } from "./history.tsx";
import classes from "./instance.module.css";
import { InstanceActs } from "./instance-acts.tsx";
import { Overview } from "./overview.tsx";
import { Resources } from "./resources.tsx";
import { InstanceSchemaTab } from "./schema.tsx";
import { Standing } from "./standing.tsx";
import { type Tab, tabs } from "./tabs.ts";
import { Team } from "./team.tsx";
import { Vault } from "./vault.tsx";

const route = getRouteApi("/console/instances/$slug");
const tabWords: Record<Tab, string> = {
  overview: "Overview",
  health: "Health",
  usage: "Usage",
  checklist: "Checklist",
  drift: "Drift",
  schema: "Schema",
  domains: "Domains",
  deployments: "Deployments",
  resources: "Resources",
  configuration: "Configuration",
  vault: "Vault",
  team: "Team",
  backups: "Backups",
  exports: "Exports",
  history: "History",
};

/** One instance: how it is, what it is made of, what was done to it, and what can be done. */
export function InstancePage() {
  const { slug } = route.useParams();
  const { tab = "overview" } = route.useSearch();
  const navigate = useNavigate({ from: "/instances/$slug" });
  const query = useQuery({ ...read("showInstance", { params: { slug } }), refetchInterval: 5_000 });
  const { data: instance } = query;
  return (
    <Page
      title={instance?.name ?? slug}
      beside={
        instance && (
          <>
            <State state={instance.state} />
            <EnvironmentMark environment={instance.environment} />
          </>
        )
      }
      above={
        <TextLink to="/instances" size="sm">
          Instances
        </TextLink>
      }
      intro={instance?.url ? <OutLink href={instance.url} /> : slug}
      actions={instance && <InstanceActs instance={instance} />}
    >
      {instance && <Standing instance={instance} />}
      <Tabs
        value={tab}
        onChange={(next) => void navigate({ search: { tab: tabs.find((each) => each === next) } })}
        keepMounted={false}
      >
        <Tabs.List mb="lg" className={classes.tabs}>
          {tabs.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {tabWords[each]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Load query={query} lines={6}>
          {(shown) => (
            <>
              <Tabs.Panel value="overview">
                <Overview instance={shown} />
              </Tabs.Panel>
              <Tabs.Panel value="health">
                <InstanceHealth slug={slug} />
              </Tabs.Panel>
              <Tabs.Panel value="usage">
                <InstanceUsageTab slug={slug} />
              </Tabs.Panel>
              <Tabs.Panel value="checklist">
                <Checklist instance={shown} />
              </Tabs.Panel>
              <Tabs.Panel value="drift">
                <InstanceDriftTab instance={shown} />
              </Tabs.Panel>
              <Tabs.Panel value="schema">
                <InstanceSchemaTab instance={shown} />
              </Tabs.Panel>
              <Tabs.Panel value="domains">
                <Domains instance={shown} />
              </Tabs.Panel>
              <Tabs.Panel value="deployments">
                <Deployments instance={shown} />
              </Tabs.Panel>
              <Tabs.Panel value="resources">
                <Resources slug={slug} />
              </Tabs.Panel>
              <Tabs.Panel value="configuration">
                <Configuration instance={shown} />
              </Tabs.Panel>
              <Tabs.Panel value="vault">
                <Vault instance={shown} />
              </Tabs.Panel>
              <Tabs.Panel value="team">
                <Team instance={shown} />
              </Tabs.Panel>
              <Tabs.Panel value="backups">
                <InstanceBackupsTab instance={shown} />
              </Tabs.Panel>
              <Tabs.Panel value="exports">
                <Exports instance={shown} />
              </Tabs.Panel>
              <Tabs.Panel value="history">
                <History slug={slug} />
              </Tabs.Panel>
            </>
          )}
        </Load>
      </Tabs>
    </Page>
  );
}
