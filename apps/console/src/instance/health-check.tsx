import { Button, Group, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { read } from "../hub/read.ts";
import { Facts } from "../parts/facts.tsx";
import { Section } from "../parts/page.tsx";
import { PlanItems } from "../parts/plan-items.tsx";
import { Problem, Saying } from "../parts/problem.tsx";
import { stateWords } from "./vault-words.ts";

/** Asks every provider, when somebody presses a button: does everything answer, and was anything changed by hand? */
export function HealthCheck({ slug }: { slug: string }) {
  const queries = useQueryClient();
  const input = { params: { slug } };
  const health = useQuery({ ...read("checkHealth", input), enabled: false, retry: false });
  const drift = useQuery({ ...read("checkDrift", input), enabled: false, retry: false });
  const { dataUpdatedAt } = health;
  useEffect(() => {
    // What was found stands in the list, too.
    if (dataUpdatedAt > 0) void queries.invalidateQueries({ queryKey: ["showInstance"] });
  }, [dataUpdatedAt, queries]);
  return (
    <Section title="Look closer" intro="Each asks every provider; nothing is changed.">
      <Group gap="xs">
        <Button variant="default" loading={health.isFetching} onClick={() => void health.refetch()}>
          Does everything answer?
        </Button>
        <Button variant="default" loading={drift.isFetching} onClick={() => void drift.refetch()}>
          Was anything changed by hand?
        </Button>
      </Group>
      <div aria-live="polite">
        <Problem error={health.error} />
        {health.data?.healthy && <Text size="sm">Everything answers as it should.</Text>}
        {health.data && !health.data.healthy && (
          <Facts facts={health.data.problems.map(({ step, problem }) => [step, problem])} />
        )}
      </div>
      <div aria-live="polite">
        <Problem error={drift.error} />
        {drift.data?.items.length === 0 && drift.data.vault.length === 0 && (
          <Text size="sm">Nothing was changed behind our back.</Text>
        )}
        {drift.data && drift.data.items.length > 0 && (
          <>
            <Saying
              live={false}
              what="Something was changed by hand."
              next="Repair brings it back, or change the answers."
            />
            <PlanItems label="Changed by hand" items={drift.data.items} />
          </>
        )}
        {drift.data && drift.data.vault.length > 0 && (
          <>
            <Saying
              live={false}
              what="The vault differs from what the hub wrote."
              next="Repair leaves it alone: say under Vault which side wins."
            />
            <Facts facts={drift.data.vault.map(({ key, state }) => [key, stateWords[state] ?? ""])} />
          </>
        )}
      </div>
    </Section>
  );
}
