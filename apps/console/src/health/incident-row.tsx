import type { Incident } from "@atoll/contract/schemas/monitor";
import { Group, NativeSelect, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useAct } from "../hub/act.ts";
import { useRole } from "../hub/me.ts";
import { ActButton } from "../parts/act-button.tsx";
import { TextLink } from "../parts/links.tsx";
import { Problem } from "../parts/problem.tsx";
import rows from "../parts/rows.module.css";
import { State } from "../parts/state.tsx";
import { lasting } from "../parts/time.ts";
import { When } from "../parts/when.tsx";
import { reasonOfRole } from "../rules/reasons.ts";
import classes from "./health.module.css";
import { causeWords } from "./words.ts";

export const incidentColumns = "minmax(130px, 0.8fr) minmax(0, 2.2fr) minmax(0, 1fr) 150px";
export const incidentHeads = ["Cause", "What and what to do", "Of", "Began"];

const silences = [
  { value: "", label: "Tell me when it is over" },
  { value: "60", label: "Silent for an hour" },
  { value: "1440", label: "Silent for a day" },
];

/** One incident: what is wrong, what to do, and, while it is open, that somebody looks after it. */
export function IncidentRow({ incident }: { incident: Incident }) {
  const { cause, what, next, instance, provider, environment, openedAt, closedAt, ending } = incident;
  const isOpen = closedAt === undefined;
  return (
    <li className={rows.row}>
      <span>
        <State state={isOpen ? "failed" : "done"} word={causeWords[cause]} />
      </span>
      <div className={classes.whole}>
        <Text size="sm">{what}</Text>
        <Text size="sm" c="dimmed">
          {isOpen ? next : ending}
        </Text>
        {incident.acknowledgedBy !== undefined && (
          <Text size="xs" c="dimmed">
            {incident.acknowledgedBy} looks after it, since <When at={incident.acknowledgedAt} />
            {incident.silencedUntil !== undefined && (
              <>
                ; silent until <When at={incident.silencedUntil} />
              </>
            )}
            .
          </Text>
        )}
        {incident.partOf !== undefined && (
          <Text size="xs" c="dimmed">
            Part of an incident of the provider's.
          </Text>
        )}
        {isOpen && incident.acknowledgedBy === undefined && <Acknowledge id={incident.id} />}
      </div>
      <span className={rows.minor}>
        {instance === undefined ? (
          `${provider ?? "runs"}, ${environment}`
        ) : (
          <TextLink to="/instances/$slug" params={{ slug: instance }} search={{ tab: "health" }}>
            {instance}
          </TextLink>
        )}
      </span>
      <span className={`${rows.faint} ${rows.end}`}>
        <When at={openedAt} />
        {closedAt !== undefined && `, for ${lasting(Date.parse(closedAt) - Date.parse(openedAt))}`}
      </span>
    </li>
  );
}

function Acknowledge({ id }: { id: string }) {
  const role = useRole();
  const [minutes, setMinutes] = useState("");
  const acknowledge = useAct("acknowledgeIncident", { said: "Noted." });
  return (
    <Stack gap={4} mt={6}>
      <Group gap="xs" align="flex-end">
        <NativeSelect
          aria-label="Its end"
          size="xs"
          data={silences}
          value={minutes}
          onChange={(event) => setMinutes(event.currentTarget.value)}
        />
        <ActButton
          size="xs"
          variant="default"
          reason={reasonOfRole(role, "operator")}
          loading={acknowledge.isPending}
          onClick={() =>
            acknowledge.mutate({
              params: { id },
              body: minutes === "" ? {} : { silenceMinutes: Number(minutes) },
            })
          }
        >
          I look after it
        </ActButton>
      </Group>
      <Problem error={acknowledge.error} />
    </Stack>
  );
}
