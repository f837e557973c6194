import { HubProblem } from "@atoll/contract/client";
import { fixedAnswers } from "@atoll/core/instance";
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useAct } from "../hub/act.ts";
import { hub } from "../hub/client.ts";
import { useRole } from "../hub/me.ts";
import { read } from "../hub/read.ts";
import { ActButton } from "../parts/act-button.tsx";
import { Load } from "../parts/load.tsx";
import { PlanView } from "../parts/plan-view.tsx";
import { Problem } from "../parts/problem.tsx";
import { FieldInput } from "../public/ask/field-input.tsx";
import { fieldAt, fieldsOf } from "../public/ask/fields.ts";
import { words } from "../public/words.ts";
import { reasonOfInstance } from "../rules/reasons.ts";
import { changesOf, shownAnswers } from "./changes.ts";
import type { InstanceDetails } from "./details.ts";

/** The button that changes what was answered for an instance: its modules, its name, its language. */
export function Change({ instance }: { instance: InstanceDetails }) {
  const role = useRole();
  const [opened, setOpened] = useState(false);
  return (
    <>
      <ActButton
        variant="default"
        reason={reasonOfInstance("update", instance.state, role)}
        onClick={() => setOpened(true)}
      >
        Change
      </ActButton>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        size="lg"
        title={`Change ${instance.slug}`}
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <ChangeForm instance={instance} onClose={() => setOpened(false)} />
      </Modal>
    </>
  );
}

function ChangeForm({ instance, onClose }: { instance: InstanceDetails; onClose(): void }) {
  const { slug, answers, blueprint } = instance;
  const blueprints = useQuery(read("listBlueprints", { query: {} }));
  const asked = blueprints.data?.items.find(({ name }) => name === blueprint);
  const fields =
    asked === undefined ? [] : fieldsOf(asked.questions).filter(({ name }) => !fixedAnswers.includes(name));
  const [typed, setTyped] = useState<Record<string, string | string[]>>({});
  const changes = changesOf(fields, answers, typed);
  const [settled] = useDebouncedValue(JSON.stringify(changes), 500);
  const isChanged = Object.keys(changes).length > 0;
  const plan = useQuery({
    queryKey: ["planChange", slug, settled],
    queryFn: ({ signal }) =>
      hub.call("planChange", { params: { slug }, body: { answers: JSON.parse(settled) } }, { signal }),
    enabled: settled !== "{}",
    // It asks every provider: not again by itself.
    staleTime: 60_000,
    retry: false,
  });
  const navigate = useNavigate();
  const start = useAct("startRun", {
    onDone: ({ id }) => void navigate({ to: "/runs/$id", params: { id } }),
  });
  const refused = [start.error, plan.error].find((each) => each instanceof HubProblem);
  const wrong = isChanged ? fieldAt(refused?.problem.field, fields) : undefined;
  const shown = shownAnswers(fields, answers, typed);
  const isPlanned = isChanged && settled === JSON.stringify(changes) && plan.isSuccess;
  const blocked = plan.data?.items.find(({ does }) => does === "blocked");
  const reason = isPlanned
    ? blocked && (blocked.why ?? `"${blocked.step}" cannot be changed like this.`)
    : "The plan comes first: it says what will be changed.";
  return (
    <Stack gap="md">
      <Load query={blueprints} lines={4}>
        {() =>
          fields.map((field) => (
            <FieldInput
              key={field.name}
              field={field}
              words={words.en}
              own={asked?.words?.en}
              value={shown[field.name] ?? ""}
              error={wrong === field.name ? refused?.problem.title : undefined}
              onChange={(value) => {
                start.reset();
                setTyped((before) => ({ ...before, [field.name]: value }));
              }}
            />
          ))
        }
      </Load>
      {isChanged ? (
        <Load query={plan} lines={5} lineHeight={36}>
          {(planned) => <PlanView plan={planned} />}
        </Load>
      ) : (
        <Text size="sm" c="dimmed">
          Nothing is changed yet. What follows from a change is shown here before it is made.
        </Text>
      )}
      <Problem error={start.error} />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Not yet
        </Button>
        <ActButton
          loading={start.isPending}
          reason={reason}
          onClick={() => start.mutate({ params: { slug }, body: { kind: "update", answers: changes } })}
        >
          Update
        </ActButton>
      </Group>
    </Stack>
  );
}
