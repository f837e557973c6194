import type { Answer } from "@atoll/contract/types";
import { Group, Stack, Text } from "@mantine/core";
import { money } from "./money.ts";
import { PlanItems } from "./plan-items.tsx";
import classes from "./plan-view.module.css";

type Plan = Answer<"planRequest">;

/** What a run would do, thing by thing, and what that costs a month. */
export function PlanView({ plan }: { plan: Plan }) {
  const { items, cost, region, slug } = plan;
  const kept = items.filter(({ does }) => does === "keep").length;
  const shown = items.filter(({ does }) => does !== "keep");
  return (
    <Stack gap="sm">
      <Group gap="lg" className={classes.sum}>
        <Fact name="Slug" value={slug} />
        {region !== undefined && <Fact name="Region" value={region} />}
        <Fact
          name="Things"
          value={kept === 0 ? `${items.length}` : `${shown.length}, ${kept} stay as they are`}
        />
        <Fact name="Costs a month" value={money(cost.monthly, cost.currency)} />
      </Group>
      {cost.lines.length > 0 && (
        <Text size="xs" c="dimmed">
          {cost.lines.map((line) => `${line.label} ${money(line.monthly, line.currency)}`).join(" · ")}. An
          estimate from the table in the settings.
        </Text>
      )}
      {shown.length === 0 ? (
        <Text size="sm">Nothing to do: everything is as it should be.</Text>
      ) : (
        <PlanItems label="What it would do" items={shown} />
      )}
    </Stack>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text fw={600}>{value}</Text>
    </div>
  );
}
