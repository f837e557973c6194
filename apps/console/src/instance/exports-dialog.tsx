import { type ExportForm, exportForms } from "@atoll/contract/schemas/exports";
import { Button, Checkbox, Group, Modal, Radio, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useAct } from "../hub/act.ts";
import { read } from "../hub/read.ts";
import { Load } from "../parts/load.tsx";
import { PlanItems } from "../parts/plan-items.tsx";
import { Problem } from "../parts/problem.tsx";

const forms: Record<ExportForm, { label: string; says: string }> = {
  archive: {
    label: "Archive",
    says: "Everything, with password hashes and secrets: an instance can be filled from it.",
  },
  "take-out": {
    label: "Take-out",
    says: "For the client: without passwords, secrets and tokens. No instance can be filled from it.",
  },
};

/** Asks what goes into an export, shows what that does, and starts it. */
export function ExportDialog({ slug, onClose }: { slug: string; onClose(): void }) {
  const navigate = useNavigate();
  const [form, setForm] = useState<ExportForm>("archive");
  const [wantsSql, setSql] = useState(false);
  const sql = wantsSql && form === "archive";
  const body = { kind: "export", input: { form, sql } } as const;
  const start = useAct("startRun", {
    onDone: (run) => {
      onClose();
      void navigate({ to: "/runs/$id", params: { id: run.id } });
    },
  });
  const query = useQuery({ ...read("planRun", { params: { slug }, body }), retry: false, gcTime: 0 });
  const isReady = query.isSuccess && query.data.items.every((item) => item.does !== "blocked");
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={`Export ${slug}`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) start.mutate({ params: { slug }, body });
        }}
      >
        <Stack gap="md">
          <Radio.Group
            label="What goes into it"
            value={form}
            onChange={(value) => setForm(exportForms.find((each) => each === value) ?? "archive")}
          >
            <Stack gap="xs" mt="xs">
              {exportForms.map((each) => (
                <Radio key={each} value={each} label={forms[each].label} description={forms[each].says} />
              ))}
            </Stack>
          </Radio.Group>
          <Checkbox
            label="With SQL, as pg_dump prints it"
            disabled={form === "take-out"}
            description={form === "take-out" ? "pg_dump leaves no secrets out." : undefined}
            checked={sql}
            onChange={(event) => setSql(event.currentTarget.checked)}
          />
          <Load query={query} lines={2} lineHeight={36}>
            {({ items }) => <PlanItems label="What it would do" items={items} />}
          </Load>
          <Problem error={start.error} />
          <Group justify="flex-end">
            <Button type="submit" loading={start.isPending} disabled={!isReady}>
              Export
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
