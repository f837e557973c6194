import type { Answer } from "@atoll/contract/types";
import { Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useRole } from "../hub/me.ts";
import { read } from "../hub/read.ts";
import { ActButton } from "../parts/act-button.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { OutLink } from "../parts/links.tsx";
import { Load } from "../parts/load.tsx";
import { Section } from "../parts/page.tsx";
import rows from "../parts/rows.module.css";
import { Rows } from "../parts/rows.tsx";
import { State } from "../parts/state.tsx";
import { When } from "../parts/when.tsx";
import { type Reason, reasonOfRole } from "../rules/reasons.ts";
import type { InstanceDetails } from "./details.ts";
import { OperationRun, useOperation } from "./operation-run.tsx";

type Deployment = Answer<"listDeployments">["items"][number];
type Deed = "redeploy" | "rollback" | "promote";

const asking: Record<Deed, { title: string; does: string; says: string }> = {
  redeploy: {
    title: "Build it anew?",
    does: "Redeploy",
    says: "The same code is built with the environment of now. Visitors get it when it answers.",
  },
  rollback: {
    title: "Go back to this deployment?",
    does: "Roll back",
    says: "Visitors get it at once. Newer ones, also of later pushes, wait until one is promoted.",
  },
  promote: {
    title: "Promote this deployment?",
    does: "Promote",
    says: "Visitors get it at once, and newer ones follow by themselves again.",
  },
};

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
          <Rows
            label="Deployments"
            columns="minmax(0, 1.5fr) 110px 140px 210px"
            heads={["Deployment", "State", "Made", ""]}
          >
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
        <Confirm
          opened
          onClose={() => setAsked(undefined)}
          title={asking[asked.deed].title}
          does={asking[asked.deed].does}
          isPending={act.isPending}
          error={act.error}
          onConfirm={() => {
            act.ask({ do: asked.deed, deployment: asked.deployment.id });
            setAsked(undefined); // how it goes stands above the list
          }}
        >
          {asking[asked.deed].says} When the site does not answer, it is taken back.
        </Confirm>
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
        <span className={rows.main}>{commit?.slice(0, 7) ?? id}</span>
        {isCurrent && (
          <span className={rows.minor}>
            {isKept ? "visitors get this one; newer ones wait" : "visitors get this one"}
          </span>
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
      <span className={`${rows.faint} ${rows.wide}`}>
        <When at={createdAt} />
      </span>
      <Group gap={4} className={rows.end} wrap="nowrap">
        {deed !== undefined && (
          <ActButton
            variant="subtle"
            size="compact-sm"
            reason={reason}
            loading={isPending}
            onClick={() => onAsk(deed)}
            aria-label={`${asking[deed].does} ${commit?.slice(0, 7) ?? id}`}
          >
            {asking[deed].does}
          </ActButton>
        )}
      </Group>
    </li>
  );
}
