import type { SchemaDifference } from "@atoll/contract/schemas/fleet";
import { Badge, Button, CopyButton, Group, Text } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { read } from "../hub/read.ts";
import { ActButton } from "../parts/act-button.tsx";
import { Section } from "../parts/page.tsx";
import { Problem } from "../parts/problem.tsx";
import rows from "../parts/rows.module.css";
import { Rows } from "../parts/rows.tsx";
import type { Reason } from "../rules/reasons.ts";
import classes from "../schema/schema.module.css";

const actWords: Record<SchemaDifference["act"], string> = {
  create: "a repair makes it again",
  update: "a repair changes it back",
  remove: "a repair takes it away",
};

/** Compares every object of the database with what the migrations make, when somebody presses the button. */
export function SchemaDifferences({ slug, reason }: { slug: string; reason: Reason }) {
  const query = useQuery({
    ...read("schemaDrift", { params: { slug } }),
    enabled: false,
    retry: false,
  });
  const differences = query.data?.differences;
  const script = (differences ?? []).flatMap(({ sql }) => (sql === "" ? [] : [sql])).join("\n");
  return (
    <Section
      title="Compared with the migrations"
      intro="Table by table, policy by policy. Nothing is changed."
      actions={
        <Group gap="xs">
          {script !== "" && (
            <CopyButton value={`begin;\n${script}\ncommit;\n`}>
              {({ copied, copy }) => (
                <Button
                  variant="default"
                  leftSection={
                    copied ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />
                  }
                  onClick={copy}
                >
                  {copied ? "Copied" : "Copy the repair"}
                </Button>
              )}
            </CopyButton>
          )}
          <ActButton
            variant="default"
            reason={reason}
            loading={query.isFetching}
            onClick={() => void query.refetch()}
          >
            Compare with migrations
          </ActButton>
        </Group>
      }
    >
      <div aria-live="polite">
        <Problem error={query.error} />
        {differences?.length === 0 && <Text size="sm">Everything is as the migrations made it.</Text>}
        {differences !== undefined && differences.length > 0 && (
          <Rows label="Differences" columns="minmax(0, 1fr) auto">
            {differences.map((each) => (
              <Difference key={`${each.act} ${each.path}`} difference={each} />
            ))}
          </Rows>
        )}
      </div>
    </Section>
  );
}

function Difference({ difference: { path, act, what, isOurs, sql } }: { difference: SchemaDifference }) {
  return (
    <li className={rows.row}>
      <div>
        <code style={{ overflowWrap: "anywhere" }}>{path}</code>
        <Text size="sm">{what}</Text>
        <Text size="xs" c="dimmed">
          {sql === "" ? "Only a person can tell what to do about it." : actWords[act]}
        </Text>
        {sql !== "" && (
          <details>
            <summary>The SQL</summary>
            <pre className={classes.sql}>{sql}</pre>
          </details>
        )}
      </div>
      <span className={rows.end}>
        {!isOurs && (
          <Badge variant="default" size="sm">
            added beside
          </Badge>
        )}
      </span>
    </li>
  );
}
