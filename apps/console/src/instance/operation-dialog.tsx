import { Button, Checkbox, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { read } from "../hub/read.ts";
import { Load } from "../parts/load.tsx";
import { PlanItems } from "../parts/plan-items.tsx";
import { Problem } from "../parts/problem.tsx";
import type { Begin, Started } from "./starting.ts";

type Kind = "pause" | "resume" | "archive";

const words: Record<Kind, { does: string; says: string; option?: { field: string; label: string } }> = {
  pause: {
    does: "Pause",
    says: "Its site and workflows stand still. Data, sign-ins and addresses stay; resuming brings back what was.",
    option: { field: "database", label: "Pause the database too: nothing reaches the data meanwhile" },
  },
  resume: {
    does: "Resume",
    says: "Sets going again what the pause halted, and nothing that stood still before it.",
  },
  archive: {
    does: "Archive",
    says: "Its things are removed or put away, as the settings say. The record and the slug stay; a repair makes its things anew, and a backup fills them.",
    option: { field: "withoutBackup", label: "Go on without a verified backup: its data is gone for good" },
  },
};

interface OperationDialogProps {
  kind: Kind;
  slug: string;
  onClose(): void;
  start: Started;
  begin: Begin;
}

/** Pauses, resumes or archives after showing what that does; archiving asks for the slug. */
export function OperationDialog({ kind, slug, onClose, start, begin }: OperationDialogProps) {
  const [isOn, setOn] = useState(false);
  const [typed, setTyped] = useState("");
  const { does, says, option } = words[kind];
  const input = option !== undefined && isOn ? { [option.field]: true } : undefined;
  const body = { kind, ...(input && { input }) };
  // It asks providers: once for each set of options.
  const query = useQuery({ ...read("planRun", { params: { slug }, body }), retry: false, gcTime: 0 });
  const isBlocked = query.data?.items.some((item) => item.does === "blocked") ?? false;
  const isReady = query.isSuccess && !isBlocked && (kind !== "archive" || typed === slug);
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={`${does} ${slug}?`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) begin({ ...body, ...(kind === "archive" && { confirm: slug }) });
        }}
      >
        <Stack gap="md">
          <Text size="sm">{says}</Text>
          {option && (
            <Checkbox
              label={option.label}
              checked={isOn}
              onChange={(event) => setOn(event.currentTarget.checked)}
            />
          )}
          <Load query={query} lines={4} lineHeight={36}>
            {({ items }) =>
              items.every((item) => item.does === "keep") ? (
                <Text size="sm">Nothing to do: everything stands like that already.</Text>
              ) : (
                <PlanItems label="What it would do" items={items.filter((item) => item.does !== "keep")} />
              )
            }
          </Load>
          {kind === "archive" && (
            <TextInput
              label={`Type ${slug} to go on`}
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
              autoComplete="off"
              spellCheck={false}
            />
          )}
          <Problem error={start.error} />
          <Group justify="flex-end">
            <Button
              type="submit"
              color={kind === "archive" ? "red.9" : undefined}
              loading={start.isPending}
              disabled={!isReady}
            >
              {does}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
