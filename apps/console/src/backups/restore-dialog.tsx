import type { Backup } from "@atoll/contract/schemas/backups";
import { Button, Checkbox, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useAct } from "../hub/act.ts";
import { read } from "../hub/read.ts";
import { Load } from "../parts/load.tsx";
import { PlanItems } from "../parts/plan-items.tsx";
import { Problem } from "../parts/problem.tsx";

interface DialogProps {
  backup: Backup;
  onClose(): void;
}

/** Restores a backup over what stands there, after showing what that does; asks for the slug. */
export function RestoreDialog({ backup: { id, instance: slug }, onClose }: DialogProps) {
  return (
    <RestoreOver slug={slug} input={{ backup: id }} onClose={onClose}>
      <Text size="sm">
        All rows, accounts, stored files and workflows become those of the backup; what was written since then
        goes, but files that were added stay. What stands there now is backed up first. If anything fails,
        everything stays as it is.
      </Text>
    </RestoreOver>
  );
}

interface OverProps {
  slug: string;
  /** What the run is asked for; undefined = not chosen yet. */
  input: Record<string, unknown> | undefined;
  onClose(): void;
  children: ReactNode;
}

/** Restores over what stands there: plan, safety, slug, and the run. */
export function RestoreOver({ slug, input, onClose, children }: OverProps) {
  const navigate = useNavigate();
  const [isBare, setBare] = useState(false);
  const [typed, setTyped] = useState("");
  const body = { kind: "restore" as const, input: { ...input, ...(isBare && { withoutSafety: true }) } };
  const query = useQuery({
    ...read("planRun", { params: { slug }, body }),
    retry: false,
    gcTime: 0,
    enabled: input !== undefined,
  });
  const start = useAct("startRun", {
    onDone: ({ id: run }) => void navigate({ to: "/runs/$id", params: { id: run } }),
  });
  const isBlocked = query.data?.items.some((item) => item.does === "blocked") ?? false;
  const isReady = query.isSuccess && !isBlocked && typed === slug;
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={`Restore ${slug}?`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) start.mutate({ params: { slug }, body: { ...body, confirm: slug } });
        }}
      >
        <Stack gap="md">
          {children}
          <Checkbox
            label="Make no backup of what stands there now: it is gone for good then"
            checked={isBare}
            onChange={(event) => setBare(event.currentTarget.checked)}
          />
          {input !== undefined && (
            <Load query={query} lines={4} lineHeight={36}>
              {({ items }) => <PlanItems label="What it would do" items={items} />}
            </Load>
          )}
          <TextInput
            label={`Type ${slug} to go on`}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
          />
          <Problem error={start.error} />
          <Group justify="flex-end">
            <Button type="submit" color="red.9" loading={start.isPending} disabled={!isReady}>
              Restore
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** Makes a new instance of a backup. */
export function RestoreAsDialog({ backup, onClose }: DialogProps) {
  const [slug, setSlug] = useState("");
  const act = useAct("restoreAs", {
    said: "The new instance is being made. The page of backups shows how far it is.",
    onDone: onClose,
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Make a new instance of ${backup.instance}?`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          act.mutate({ params: { id: backup.id }, body: { slug } });
        }}
      >
        <Stack gap="md">
          <Text size="sm">
            It is answered for as the old one was, under another slug. Everybody signs in with the password
            they had; no welcome mail goes out.
          </Text>
          <TextInput
            label="Slug of the new instance"
            value={slug}
            onChange={(event) => setSlug(event.currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
          />
          <Problem error={act.error} />
          <Group justify="flex-end">
            <Button type="submit" loading={act.isPending} disabled={slug === ""}>
              Make it
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
