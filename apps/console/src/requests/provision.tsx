import type { Request } from "@atoll/contract/schemas/request";
import { Button, Group, Modal, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useAct } from "../hub/act.ts";
import { useEnvironments } from "../hub/environments.ts";
import { ActButton } from "../parts/act-button.tsx";
import { Load } from "../parts/load.tsx";
import { PlanView } from "../parts/plan-view.tsx";
import { Problem } from "../parts/problem.tsx";
import classes from "./provision.module.css";
import { requestPlan } from "./request-plan.tsx";

interface ProvisionProps {
  request: Request;
  act: "approve" | "retry";
  opened: boolean;
  onClose(): void;
}

const words = {
  approve: { title: "Approve", does: "Approve", said: "Approved: it is being made." },
  retry: { title: "Retry", does: "Retry", said: "Provisioning goes on." },
} as const;

/** Approves or retries a request: first its plan, under another slug where the first one is taken; then the decision. */
export function Provision({ request, act, opened, onClose }: ProvisionProps) {
  const { title } = words[act];
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size="lg"
      title={`${title} ${request.name}?`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Decision request={request} act={act} onClose={onClose} />
    </Modal>
  );
}

function Decision({ request, act, onClose }: Omit<ProvisionProps, "opened">) {
  const [slug, setSlug] = useState(request.slug);
  const [asked] = useDebouncedValue(slug.trim(), 400);
  const environments = useEnvironments();
  const [environment, setEnvironment] = useState<string>();
  // Only what differs from how it would be done anyway.
  const decided = {
    ...(asked !== request.slug && { slug: asked }),
    ...(environment !== undefined && { environment }),
  };
  const query = useQuery(requestPlan(request.id, decided));
  const { said, does } = words[act];
  const approve = useAct("approveRequest", { said, onDone: onClose });
  const retry = useAct("retryRequest", { said, onDone: onClose });
  const { mutate, isPending, error } = act === "approve" ? approve : retry;
  const isShown = query.data !== undefined && query.error === null && asked === slug.trim();
  return (
    <Stack gap="md">
      {!request.confirmed && <Text size="sm">Nobody has confirmed the address {request.email} yet.</Text>}
      <TextInput
        label="Slug"
        description="Part of every name and of the address. Change it where it is taken."
        value={slug}
        maxLength={60}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setSlug(event.currentTarget.value)}
      />
      {act === "approve" && environments.length > 0 && (
        <NativeSelect
          label="Environment"
          description="The provider accounts that it is made with. It stays there."
          value={environment ?? environments[0]}
          data={[...environments]}
          onChange={(event) => setEnvironment(event.currentTarget.value)}
        />
      )}
      <Load query={query} lines={6} lineHeight={36}>
        {(plan) => <PlanView plan={plan} />}
      </Load>
      <Problem error={error} />
      <Group justify="flex-end" gap="xs" className={classes.foot}>
        <Button variant="default" onClick={onClose}>
          Not yet
        </Button>
        <ActButton
          loading={isPending}
          reason={isShown ? undefined : "The plan comes first: it says what will be made."}
          onClick={() => mutate({ params: { id: request.id }, body: decided })}
        >
          {does}
        </ActButton>
      </Group>
    </Stack>
  );
}
