import { Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { read } from "../hub/read.ts";
import { EnvironmentMark } from "../parts/environment-mark.tsx";
import { OutLink, TextLink } from "../parts/links.tsx";
import { Load } from "../parts/load.tsx";
import { Page } from "../parts/page.tsx";
import { State } from "../parts/state.tsx";
import { Checklist } from "./checklist.tsx";
import { Configuration } from "./configuration.tsx";
import { History } from "./history.tsx";
import classes from "./instance.module.css";
import { InstanceActs } from "./instance-acts.tsx";
import { Overview } from "./overview.tsx";
import { Resources } from "./resources.tsx";
import { InstanceSchemaTab } from "./schema.tsx";
import { type Tab, tabs } from "./tabs.ts";
import { Vault } from "./vault.tsx";

const route = getRouteApi("/console/instances/$slug");
const tabWords: Record<Tab, string> = {
  overview: "Overview",
  checklist: "Checklist",
  schema: "Schema",
  resources: "Resources",
  configuration: "Configuration",
  vault: "Vault",
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
              <Tabs.Panel value="checklist">
                <Checklist instance={shown} />
              </Tabs.Panel>
              <Tabs.Panel value="schema">
                <InstanceSchemaTab instance={shown} />
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
