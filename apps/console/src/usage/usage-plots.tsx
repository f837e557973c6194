import { type UsageBucket, type UsageRange, usageRanges } from "@atoll/contract/schemas/usage";
import { SegmentedControl, Stack, Text } from "@mantine/core";
import { Section } from "../parts/page.tsx";
import { UsagePlot } from "./usage-plot.tsx";
import { rangeWords, sizeWords } from "./words.ts";

interface UsagePlotsProps {
  range: UsageRange;
  buckets: readonly UsageBucket[];
  onRange(range: UsageRange): void;
}

/** What was used over time: requests, executions, deployments, mails, the database, people. */
export function UsagePlots({ range, buckets, onRange }: UsagePlotsProps) {
  const common = { range, buckets };
  return (
    <Section
      title="Over time"
      actions={
        <SegmentedControl
          size="xs"
          aria-label="How far back"
          data={usageRanges.map((each) => ({ value: each, label: rangeWords[each] }))}
          value={range}
          onChange={(next) => onRange(usageRanges.find((each) => each === next) ?? "30d")}
        />
      }
    >
      {buckets.length === 0 ? (
        <Text c="dimmed" size="sm">
          Nothing was counted in that time.
        </Text>
      ) : (
        <Stack gap="lg">
          <UsagePlot
            name="Requests"
            {...common}
            parts={[
              { word: "Data", pick: ({ rest }) => rest },
              { word: "Sign-in", pick: ({ auth }) => auth },
              { word: "Storage", pick: ({ storage }) => storage },
              { word: "Realtime", pick: ({ realtime }) => realtime },
            ]}
          />
          <UsagePlot
            name="Executions of workflows"
            {...common}
            parts={[
              {
                word: "Went through",
                pick: ({ executions, failedExecutions = 0 }) =>
                  executions === undefined ? undefined : executions - failedExecutions,
              },
              { word: "Failed", pick: ({ failedExecutions }) => failedExecutions },
            ]}
          />
          <UsagePlot
            name="Deployments"
            {...common}
            parts={[{ word: "Deployments", pick: ({ deployments }) => deployments }]}
          />
          <UsagePlot name="Mails" {...common} parts={[{ word: "Mails", pick: ({ mails }) => mails }]} />
          <UsagePlot
            name="Size of the database"
            {...common}
            parts={[{ word: "Size", pick: ({ databaseBytes }) => databaseBytes }]}
            words={sizeWords}
          />
          <UsagePlot
            name="Rows"
            {...common}
            parts={[{ word: "Rows", pick: ({ databaseRows }) => databaseRows }]}
          />
          <UsagePlot
            name="People who signed in within 30 days"
            {...common}
            parts={[{ word: "Active", pick: ({ activeUsers }) => activeUsers }]}
          />
        </Stack>
      )}
    </Section>
  );
}
