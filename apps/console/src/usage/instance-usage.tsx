import type { InstanceUsage as Usage, UsageLine, UsageRange } from "@atoll/contract/schemas/usage";
import { Stack, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useAct } from "../hub/act.ts";
import { useRole } from "../hub/me.ts";
import { read } from "../hub/read.ts";
import { ActButton } from "../parts/act-button.tsx";
import { Facts } from "../parts/facts.tsx";
import { Load } from "../parts/load.tsx";
import { money } from "../parts/money.ts";
import { Section } from "../parts/page.tsx";
import { Problem } from "../parts/problem.tsx";
import rows from "../parts/rows.module.css";
import { Rows } from "../parts/rows.tsx";
import { When } from "../parts/when.tsx";
import { reasonOfRole } from "../rules/reasons.ts";
import { Costs } from "./costs.tsx";
import { UsagePlots } from "./usage-plots.tsx";
import { countWords, requestsOf, sizeWords } from "./words.ts";

/** What one instance used: this month, over time, and what that costs. */
export function InstanceUsageTab({ slug }: { slug: string }) {
  const [range, setRange] = useState<UsageRange>("30d");
  const series = useQuery({
    ...read("instanceUsage", { params: { slug }, query: { range } }),
    refetchInterval: 60_000,
    placeholderData: keepPreviousData,
  });
  const report = useQuery({ ...read("usageReport", { query: { slug } }), refetchInterval: 60_000 });
  return (
    <Load query={series} lines={8}>
      {(shown) => (
        <Stack gap="xl">
          <Counted slug={slug} usage={shown} line={report.data?.items[0]} />
          <UsagePlots range={range} buckets={shown.buckets} onRange={setRange} />
        </Stack>
      )}
    </Load>
  );
}

function Counted({ slug, usage, line }: { slug: string; usage: Usage; line: UsageLine | undefined }) {
  const role = useRole();
  const measure = useAct("measureUsage", { said: "Counted." });
  const { measuredAt, problems } = usage;
  return (
    <Section
      title="This month, so far"
      actions={
        <ActButton
          variant="default"
          size="xs"
          reason={reasonOfRole(role, "operator")}
          loading={measure.isPending}
          onClick={() => measure.mutate({ params: { slug }, body: {} })}
        >
          Count now
        </ActButton>
      }
    >
      <Problem error={measure.error} />
      {problems.map(({ of, what, next }) => (
        <Text key={of} size="sm" c="dimmed">
          Not counted: {of}. {what} {next}
        </Text>
      ))}
      <Facts
        facts={[
          ["Counted", <When key="when" at={measuredAt} />],
          ...(line === undefined
            ? []
            : ([
                ["Requests", countWords(requestsOf(line))],
                ["Executions", `${countWords(line.executions)}, ${countWords(line.failedExecutions)} failed`],
                ["Deployments", countWords(line.deployments)],
                ["Mails", countWords(line.mails)],
                ["Database", `${sizeWords(line.databaseBytes)}, ${countWords(line.databaseRows)} rows`],
                ["People", `${countWords(line.users)}, ${countWords(line.activeUsers)} active`],
                ["Hours counted", `${line.hours} of ${line.ofHours}`],
                ["Cost, estimated", <Costs key="costs" costs={line.costs} />],
              ] as const)),
        ]}
      />
      {line !== undefined && line.costs.length > 0 && (
        <Rows
          label="What it costs"
          columns="minmax(0, 1fr) 120px 120px"
          heads={["For", "Quantity", "Amount"]}
        >
          {line.costs.flatMap(({ currency, lines }) =>
            lines.map(({ label, quantity, amount }) => (
              <li key={`${currency} ${label}`} className={rows.row}>
                <span>{label}</span>
                <span className={rows.minor}>{quantity}</span>
                <span className={rows.end}>{money(amount, currency)}</span>
              </li>
            )),
          )}
        </Rows>
      )}
    </Section>
  );
}
