import type { DriftItem, InstanceDrift } from "@atoll/contract/schemas/drift";
import { Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useAct } from "../hub/act.ts";
import { useRole } from "../hub/me.ts";
import { read } from "../hub/read.ts";
import type { InstanceDetails } from "../instance/details.ts";
import { ActButton } from "../parts/act-button.tsx";
import { Facts } from "../parts/facts.tsx";
import { Load } from "../parts/load.tsx";
import { Section } from "../parts/page.tsx";
import { Problem, Saying } from "../parts/problem.tsx";
import { Rows } from "../parts/rows.tsx";
import { When } from "../parts/when.tsx";
import { reasonOfRole } from "../rules/reasons.ts";
import { InstanceDriftRow } from "./instance-drift-row.tsx";
import { RepairDialog } from "./repair-dialog.tsx";

/** What one instance differs in: looked at, accepted, repaired. */
export function InstanceDriftTab({ instance: { slug, state } }: { instance: InstanceDetails }) {
  const query = useQuery({ ...read("showDrift", { params: { slug } }), refetchInterval: 10_000 });
  return (
    <Load query={query} lines={6}>
      {(drift) => <Shown drift={drift} isLive={state === "live"} state={state} />}
    </Load>
  );
}

interface ShownProps {
  drift: InstanceDrift;
  isLive: boolean;
  state: string;
}

function Shown({ drift, isLive, state }: ShownProps) {
  const { instance: slug, items, problems, besides, lookedAt, dueAt } = drift;
  const params = { slug };
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [asks, setAsks] = useState(false);
  const navigate = useNavigate();
  const reason = reasonOfRole(useRole(), "operator") ?? (isLive ? undefined : `It is ${state}.`);
  const look = useAct("lookForDrift", { said: "Looked at." });
  const accept = useAct("acceptDrift", { said: "Accepted.", onDone: () => setChosen([]) });
  const unaccept = useAct("unacceptDrift", { said: "Not accepted any more." });
  const picked = items.filter(({ path }) => chosen.includes(path));
  const paths = picked.map(({ path }) => path);
  const choose = (path: string, isOn: boolean) =>
    setChosen((before) => (isOn ? [...before, path] : before.filter((each) => each !== path)));
  return (
    <Section
      title="Drift"
      intro="What was changed behind our back."
      actions={
        <Group gap="xs">
          <ActButton
            variant="default"
            reason={reason}
            loading={look.isPending}
            onClick={() => look.mutate({ params, body: {} })}
          >
            Look again
          </ActButton>
          <ActButton
            variant="default"
            reason={reason ?? reasonOfNone(picked)}
            loading={accept.isPending}
            onClick={() => accept.mutate({ params, body: { paths } })}
          >
            Accept chosen
          </ActButton>
          <ActButton reason={reason ?? reasonOfRepair(picked)} onClick={() => setAsks(true)}>
            Repair chosen
          </ActButton>
        </Group>
      }
    >
      <Stack gap="md">
        <Problem error={look.error ?? accept.error ?? unaccept.error} />
        {problems.map(({ where, what, next }) => (
          <Saying key={`${where} ${what}`} live={false} what={what} next={next} detail={where} />
        ))}
        <Facts
          facts={[
            ["Looked at", <When key="looked" at={lookedAt} />],
            ["Next look", <When key="due" at={isLive ? dueAt : undefined} />],
            ...(besides.length === 0
              ? []
              : ([["A repair also does", besides.join(", ")]] as [string, string][])), // a pair, which a list is not
          ]}
        />
        {items.length === 0 ? (
          <Text size="sm">
            {lookedAt === undefined
              ? "Nobody has looked yet."
              : "Everything is as it was accepted, as last seen."}
          </Text>
        ) : (
          <Rows label="Differences" columns="28px minmax(0, 1fr)">
            {items.map((item) => (
              <InstanceDriftRow
                key={item.path}
                item={item}
                isChosen={chosen.includes(item.path)}
                onChoose={(isOn) => choose(item.path, isOn)}
                reason={reason}
                isPending={unaccept.isPending}
                onUnaccept={() => unaccept.mutate({ params, body: { paths: [item.path] } })}
              />
            ))}
          </Rows>
        )}
      </Stack>
      {asks && (
        <RepairDialog
          drift={drift}
          chosen={picked}
          onClose={() => setAsks(false)}
          onStarted={(run) => {
            setAsks(false);
            setChosen([]);
            if (run !== undefined) void navigate({ to: "/runs/$id", params: { id: run } });
          }}
        />
      )}
    </Section>
  );
}

const reasonOfNone = (picked: readonly DriftItem[]) =>
  picked.length === 0 ? "Choose differences first." : undefined;

function reasonOfRepair(picked: readonly DriftItem[]): string | undefined {
  const byHand = picked.find(({ repair }) => repair === "none");
  return byHand === undefined
    ? reasonOfNone(picked)
    : `No run sets ${byHand.path} right: do it by hand, or accept it.`;
}
