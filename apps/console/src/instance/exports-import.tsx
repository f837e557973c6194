import type { Upload } from "@atoll/contract/schemas/exports";
import { FileInput, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useAct } from "../hub/act.ts";
import { useRole } from "../hub/me.ts";
import { read } from "../hub/read.ts";
import { ActButton } from "../parts/act-button.tsx";
import { Load } from "../parts/load.tsx";
import { Section } from "../parts/page.tsx";
import { PlanItems } from "../parts/plan-items.tsx";
import { Problem } from "../parts/problem.tsx";
import { When } from "../parts/when.tsx";
import { countWords, sizeWords } from "../usage/words.ts";
import type { InstanceDetails } from "./details.ts";
import { reasonOfExport } from "./exports-rules.ts";

/** Fills a fresh instance from an archive: sends it in, shows what would be done, and does it when that is wanted. */
export function Import({ instance }: { instance: InstanceDetails }) {
  const { slug, state } = instance;
  const role = useRole();
  const [file, setFile] = useState<File | null>(null);
  const [sent, setSent] = useState<Upload>();
  const send = useAct("uploadArchive", { onDone: setSent });
  const reason = reasonOfExport("import", state, role);
  return (
    <Section
      title="Import"
      intro="Fills an instance that was just made from an archive of the same kind. One in use is not written over: restore a backup of it instead."
    >
      {sent === undefined ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (file !== null) send.mutate({ body: file });
          }}
        >
          <Stack gap="sm">
            <Group gap="sm" align="end">
              <FileInput
                label="Archive"
                placeholder="A .tar, as an export gives it"
                accept=".tar,application/x-tar"
                value={file}
                onChange={setFile}
                disabled={reason !== undefined || send.isPending}
                w={320}
                clearable
              />
              <ActButton
                type="submit"
                variant="default"
                loading={send.isPending}
                reason={reason ?? (file === null ? "Choose an archive first." : undefined)}
              >
                Send it in
              </ActButton>
            </Group>
            <Problem error={send.error} />
          </Stack>
        </form>
      ) : (
        <Filling slug={slug} sent={sent} onLeave={() => setSent(undefined)} />
      )}
    </Section>
  );
}

function Filling({ slug, sent, onLeave }: { slug: string; sent: Upload; onLeave(): void }) {
  const navigate = useNavigate();
  const body = { kind: "import", input: { upload: sent.id } } as const;
  const query = useQuery({ ...read("planRun", { params: { slug }, body }), retry: false, gcTime: 0 });
  const start = useAct("startRun", {
    onDone: (run) => void navigate({ to: "/runs/$id", params: { id: run.id } }),
  });
  const remove = useAct("removeUpload", { onDone: onLeave });
  const isReady = query.isSuccess && query.data.items.every((item) => item.does !== "blocked");
  return (
    <Stack gap="sm">
      <Text size="sm">
        {sent.slug}, made <When at={sent.madeAt} />: {countWords(sent.rows)} rows in {sent.tables} tables,{" "}
        {sizeWords(sent.sizeBytes)}.
      </Text>
      <Load query={query} lines={3} lineHeight={36}>
        {({ items }) => <PlanItems label="What it would do" items={items} />}
      </Load>
      <Problem error={start.error ?? remove.error} />
      <Group gap="sm">
        <ActButton
          loading={start.isPending}
          reason={isReady ? undefined : "Not with this archive: the plan says why."}
          onClick={() => start.mutate({ params: { slug }, body })}
        >
          Import
        </ActButton>
        <ActButton
          variant="default"
          loading={remove.isPending}
          onClick={() => remove.mutate({ params: { id: sent.id } })}
        >
          Leave it
        </ActButton>
      </Group>
    </Stack>
  );
}
