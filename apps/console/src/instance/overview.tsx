import { Stack } from "@mantine/core";
import { HealthMark } from "../instances/health-mark.tsx";
import { Facts } from "../parts/facts.tsx";
import { OutLink, TextLink } from "../parts/links.tsx";
import { Section } from "../parts/page.tsx";
import { When } from "../parts/when.tsx";
import { RunView } from "../timeline/run-view.tsx";
import type { InstanceDetails } from "./details.ts";
import { HealthCheck } from "./health-check.tsx";
import { Hosts } from "./hosts.tsx";
import { Dashboards } from "./resources.tsx";

/** The newest run, how it is, where everything is. */
export function Overview({ instance }: { instance: InstanceDetails }) {
  const { slug, run, state } = instance;
  // While something goes on, or went wrong, that comes first.
  const isAsked = state !== "removed" && state !== "paused" && state !== "archived";
  const isCalm = state === "live" || state === "paused" || state === "archived";
  const newest = run !== undefined && (
    <Section
      title="Newest run"
      actions={
        <TextLink to="/runs/$id" params={{ id: run }} size="sm">
          The run's own page
        </TextLink>
      }
    >
      <RunView key={run} id={run} />
    </Section>
  );
  return (
    <Stack gap="xl">
      {!isCalm && newest}
      <Section title="Facts">
        <InstanceFacts instance={instance} />
      </Section>
      {isAsked && <HealthCheck slug={slug} />}
      {state !== "removed" && <Hosts slug={slug} />}
      {isCalm && newest}
    </Stack>
  );
}

function InstanceFacts({ instance }: { instance: InstanceDetails }) {
  const { slug, url, blueprint, version, environment, health, createdAt, updatedAt } = instance;
  return (
    <Facts
      facts={[
        ["Address", url ? <OutLink href={url} /> : "none yet"],
        ["Slug", slug],
        ["Blueprint", blueprint],
        ["Schema version", version ?? "none yet"],
        ["Environment", environment],
        ["Health", <HealthFact key="health" health={health} />],
        ["Made", <When key="made" at={createdAt} />],
        ["Changed", <When key="changed" at={updatedAt} />],
        ["At the providers", <Dashboards key="providers" slug={slug} />],
      ]}
    />
  );
}

function HealthFact({ health }: Pick<InstanceDetails, "health">) {
  return (
    <>
      <HealthMark health={health} />
      {health && (
        <>
          , looked at <When at={health.checkedAt} />
        </>
      )}
    </>
  );
}
