import type { Role } from "@atoll/contract/schemas/account";
import { Checkbox, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { read } from "../hub/read.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Load } from "../parts/load.tsx";
import { PlanItems } from "../parts/plan-items.tsx";
import type { Begin, Started } from "./starting.ts";

interface DestroyDialogProps {
  slug: string;
  role: Role;
  onClose(): void;
  start: Started;
  begin: Begin;
}

/** Removes an instance after its slug was typed; it cools off first, unless an owner says otherwise. */
export function DestroyDialog({ slug, role, onClose, start, begin }: DestroyDialogProps) {
  const [isNow, setNow] = useState(false);
  const query = useQuery(read("listResources", { params: { slug } }));
  return (
    <Confirm
      opened
      onClose={onClose}
      title={`Destroy ${slug}?`}
      does="Destroy it"
      typed={slug}
      danger
      isPending={start.isPending}
      error={start.error}
      onConfirm={() => begin({ kind: "destroy", confirm: slug, ...(isNow && { now: true }) })}
    >
      <Stack gap="sm">
        <Text size="sm">
          Its database, repository, deployment and automations are removed, with all data in them. It cools
          off first, for as long as the settings say: until then it can be cancelled. Afterwards nothing
          brings it back.
        </Text>
        <Load query={query} lines={4} lineHeight={36}>
          {({ items }) => (
            <PlanItems
              label="What is removed"
              items={items.map(({ step, kind, name, brought }) => ({
                step,
                kind,
                name,
                changes: [],
                after: [],
                does: brought ? ("keep" as const) : ("remove" as const),
                ...(brought && { why: "The client brought it: it is given back." }),
              }))}
            />
          )}
        </Load>
        {role === "owner" && (
          <Checkbox
            label="At once, without cooling off (it stands in the audit log)"
            checked={isNow}
            onChange={(event) => setNow(event.currentTarget.checked)}
          />
        )}
      </Stack>
    </Confirm>
  );
}
