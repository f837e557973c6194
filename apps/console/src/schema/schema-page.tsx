import type { Rollout, SchemaOverview } from "@atoll/contract/schemas/fleet";
import { Stack } from "@mantine/core";
import { IconVersions } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useAct } from "../hub/act.ts";
import { hub } from "../hub/client.ts";
import { useRole } from "../hub/me.ts";
import { pages } from "../hub/pages.ts";
import { read } from "../hub/read.ts";
import { ActButton } from "../parts/act-button.tsx";
import { Empty } from "../parts/empty.tsx";
import { Load } from "../parts/load.tsx";
import { LongList } from "../parts/long-list.tsx";
import { Page, Section } from "../parts/page.tsx";
import { Problem } from "../parts/problem.tsx";
import { RolloutRow, rolloutColumns } from "../rollouts/rollout-row.tsx";
import { isOpen } from "../rollouts/waves.ts";
import { reasonOfRole } from "../rules/reasons.ts";
import { KindSchema } from "./kind.tsx";

/** Blueprints that have instances before those that have none. */
const inOrder = (kinds: SchemaOverview["blueprints"]) => [
  ...kinds.filter(({ instances }) => instances > 0),
  ...kinds.filter(({ instances }) => instances === 0),
];

/** Which version every database of the fleet has, and the rollouts that bring them to a new one. */
export function SchemaPage() {
  const role = useRole();
  const overview = useQuery({ ...read("schemaOverview", {}), refetchInterval: 10_000 });
  const rollouts = useInfiniteQuery({
    ...pages("listRollouts", {}, (part, signal) => hub.call("listRollouts", { query: part }, { signal })),
    refetchInterval: 5_000,
  });
  const check = useAct("checkSchemas", { said: "Every database was looked at." });
  const active = rollouts.data?.pages.flatMap((page) => page.items).filter(isOpen) ?? [];
  return (
    <Page
      title="Schema"
      intro="Which version every instance's database has, as last seen."
      actions={
        <ActButton
          variant="default"
          reason={reasonOfRole(role, "operator")}
          loading={check.isPending}
          onClick={() => check.mutate({ body: {} })}
        >
          Check now
        </ActButton>
      }
    >
      <Problem error={check.error} />
      <Load query={overview} lines={6}>
        {({ blueprints }) => (
          <Stack gap="xl">
            {inOrder(blueprints).map((kind) => (
              <KindSchema
                key={kind.blueprint}
                kind={kind}
                active={active.find(({ blueprint }) => blueprint === kind.blueprint)}
              />
            ))}
          </Stack>
        )}
      </Load>
      <Section title="Rollouts">
        <LongList<Rollout>
          query={rollouts}
          label="Rollouts"
          columns={rolloutColumns}
          heads={["Rollout", "Why", "State", "Databases", "Began"]}
          row={(rollout) => <RolloutRow key={rollout.id} rollout={rollout} />}
          empty={
            <Empty icon={<IconVersions size={28} stroke={1.5} />} title="No rollouts">
              One begins when instances are behind and somebody updates them.
            </Empty>
          }
        />
      </Section>
    </Page>
  );
}
