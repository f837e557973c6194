import type { CheckLine } from "@atoll/contract/schemas/checklist";
import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useAct } from "../hub/act.ts";
import { useRole } from "../hub/me.ts";
import { read } from "../hub/read.ts";
import { ActButton } from "../parts/act-button.tsx";
import { Load } from "../parts/load.tsx";
import { Section } from "../parts/page.tsx";
import { Problem } from "../parts/problem.tsx";
import rows from "../parts/rows.module.css";
import { Rows } from "../parts/rows.tsx";
import { State } from "../parts/state.tsx";
import { When } from "../parts/when.tsx";
import { reasonOfRole } from "../rules/reasons.ts";
import { endingOf, results } from "./checklist-words.ts";
import type { InstanceDetails } from "./details.ts";

/** What has to be true of a finished instance: each with what was found and what to do about it. */
export function Checklist({ instance: { slug, state } }: { instance: InstanceDetails }) {
  const role = useRole();
  const query = useQuery(read("showChecklist", { params: { slug } }));
  const check = useAct("checkInstance");
  const reason =
    state === "removed" ? "It is removed: there is nothing to check." : reasonOfRole(role, "operator");
  return (
    <Section
      title="Checklist"
      intro="Asks every provider. Nothing is changed, but that the first admin's account notes a sign-in: it is tried by a one-time link."
      actions={
        <ActButton
          variant="default"
          reason={reason}
          loading={check.isPending}
          onClick={() => check.mutate({ params: { slug } })}
        >
          Check now
        </ActButton>
      }
    >
      <Problem error={check.error} />
      <Load query={query} lines={8}>
        {({ lines, checkedAt }) => (
          <div aria-live="polite">
            {checkedAt === undefined ? (
              <Text size="sm" c="dimmed">
                Nobody has checked it yet.
              </Text>
            ) : (
              <Stack gap="md">
                <Text size="sm">
                  {endingOf(lines)} Checked <When at={checkedAt} />.
                </Text>
                <Rows label="Checklist" columns="minmax(0, 1fr) 140px">
                  {lines.map((line) => (
                    <Line key={line.check} line={line} />
                  ))}
                </Rows>
              </Stack>
            )}
          </div>
        )}
      </Load>
    </Section>
  );
}

function Line({ line: { title, result, what, next } }: { line: CheckLine }) {
  const { mark, word } = results[result];
  return (
    <li className={rows.row}>
      <span>
        <span className={rows.main}>{title}</span>
        <span className={rows.minor}>{what}</span>
        {next !== undefined && <Text size="sm">{next}</Text>}
      </span>
      <span className={rows.end}>
        <State state={mark} word={word} />
      </span>
    </li>
  );
}
