import { Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useRole } from "../hub/me.ts";
import { read } from "../hub/read.ts";
import { ActButton } from "../parts/act-button.tsx";
import { OutLink } from "../parts/links.tsx";
import { Load } from "../parts/load.tsx";
import { Section } from "../parts/page.tsx";
import rows from "../parts/rows.module.css";
import { Rows } from "../parts/rows.tsx";
import { State } from "../parts/state.tsx";
import { When } from "../parts/when.tsx";
import { type Reason, reasonOfRole } from "../rules/reasons.ts";
import { type Deed, DeployDialog, type Deployment, deeds } from "./deploy-dialog.tsx";
import type { InstanceDetails } from "./details.ts";
import { OperationRun, useOperation } from "./operation-run.tsx";

/** What visitors of an instance get, got, and could get. */
export function Deployments({ instance: { slug, state } }: { instance: InstanceDetails }) {
  const query = useQuery({
    ...read("listDeployments", { params: { slug } }),
    retry: false,
    refetchInterval: ({ state: { data } }) =>
      data?.items.some((each) => each.state === "building") ? 3_000 : false,
  });
  const [asked, setAsked] = useState<{ deed: Deed; deployment: Deployment }>();
  const act = useOperation(slug, "deploy", "listDeployments");
  const role = useRole();
  const isOpen = state === "live" || state === "failed";
  const reason = isOpen ? reasonOfRole(role, "operator") : `It is ${state}: its site does not answer now.`;
  return (
    <Section title="Deployments" intro="Production deployments of its site, newest first.">
      <OperationRun {...act} />
      <Load query={query} lines={3}>
        {({ items }) => (
          <Rows label="Deployments" columns="minmax(0, 1fr) 110px 130px" heads={["Deployment", "State", ""]}>
            {items.map((each) => (
              <Line
                key={each.id}
                deployment={each}
                deed={deedOf(each, items)}
                reason={reason}
                isPending={act.isPending}
                onAsk={(deed) => setAsked({ deed, deployment: each })}
              />
            ))}
          </Rows>
        )}
      </Load>
      {asked && (
        <DeployDialog
          slug={slug}
          {...asked}
          onClose={() => setAsked(undefined)}
          onDo={() => {
            act.ask({ do: asked.deed, deployment: asked.deployment.id });
            setAsked(undefined); // how it goes stands above the list
          }}
        />
      )}
    </Section>
  );
}

/** What can be done with one: an earlier one is gone back to, a later one promoted. */
function deedOf(deployment: Deployment, all: readonly Deployment[]): Deed | undefined {
  if (deployment.isCurrent) return "redeploy";
  if (deployment.state !== "ready") return undefined;
  const current = all.find(({ isCurrent }) => isCurrent);
  return current === undefined || deployment.createdAt > current.createdAt ? "promote" : "rollback";
}

// One commit may be built many times: a button says of which build it is.
const shortTime = (at: string) => `${at.slice(0, 16).replace("T", " ")} UTC`;

interface LineProps {
  deployment: Deployment;
  deed: Deed | undefined;
  reason: Reason;
  isPending: boolean;
  onAsk(deed: Deed): void;
}

function Line({ deployment, deed, reason, isPending, onAsk }: LineProps) {
  const { id, commit, createdAt, state, url, isCurrent, isKept } = deployment;
  return (
    <li className={rows.row}>
      <span>
        <span className={rows.main}>{commit?.slice(0, 7) ?? id}</span>{" "}
        <span className={rows.faint}>
          <When at={createdAt} />
        </span>
        {isCurrent && (
          <Text size="sm" c="dimmed" component="span" display="block">
            {isKept ? "visitors get this one; newer ones wait" : "visitors get this one"}
          </Text>
        )}
        {url !== undefined && (
          <Text size="xs" component="span" display="block">
            <OutLink href={url} />
          </Text>
        )}
      </span>
      <State
        state={state === "ready" ? "succeeded" : state === "building" ? "running" : state}
        word={state}
      />
      <Group gap={4} className={rows.end} wrap="nowrap">
        {deed !== undefined && (
          <ActButton
            variant="subtle"
            size="compact-sm"
            reason={reason}
            loading={isPending}
            onClick={() => onAsk(deed)}
            aria-label={`${deeds[deed].does} ${commit?.slice(0, 7) ?? id} of ${shortTime(createdAt)}`}
          >
            {deeds[deed].does}
          </ActButton>
        )}
      </Group>
    </li>
  );
}
