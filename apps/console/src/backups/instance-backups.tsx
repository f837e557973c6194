import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useAct } from "../hub/act.ts";
import { useRole } from "../hub/me.ts";
import { read } from "../hub/read.ts";
import type { InstanceDetails } from "../instance/details.ts";
import { ActButton } from "../parts/act-button.tsx";
import { Load } from "../parts/load.tsx";
import { Section } from "../parts/page.tsx";
import { Problem } from "../parts/problem.tsx";
import { Rows } from "../parts/rows.tsx";
import { When } from "../parts/when.tsx";
import { BackupRow, backupColumns } from "./backup-row.tsx";
import { ProviderBackups } from "./provider-backups.tsx";
import { useRestoring } from "./restoring.tsx";
import { reasonOfBackup } from "./words.ts";

/** Backups of one instance: ours, and its provider's. */
export function InstanceBackupsTab({ instance }: { instance: InstanceDetails }) {
  const { slug, state } = instance;
  const role = useRole();
  const navigate = useNavigate();
  const { dialog, ...restoring } = useRestoring();
  const query = useQuery({ ...read("showBackups", { params: { slug } }), refetchInterval: 10_000 });
  const start = useAct("startRun", {
    onDone: ({ id }) => void navigate({ to: "/runs/$id", params: { id } }),
  });
  return (
    <>
      <Section
        title="Backups"
        intro="Each is restored into a scratch database and compared row by row: only such a backup counts."
        actions={
          <ActButton
            reason={reasonOfBackup(state, role)}
            loading={start.isPending}
            onClick={() => start.mutate({ params: { slug }, body: { kind: "backup" } })}
          >
            Back up now
          </ActButton>
        }
      >
        <Problem error={start.error} />
        <Load query={query} lines={3} lineHeight={48}>
          {({ items, dueAt, skipped }) => (
            <>
              {items.length === 0 ? (
                <Text size="sm" c="dimmed">
                  There is none yet.
                </Text>
              ) : (
                <Rows label="Backups" columns={backupColumns} heads={["Made", "State", "Rows", "Size", ""]}>
                  {items.map((each) => (
                    <BackupRow key={each.id} backup={each} state={state} {...restoring} />
                  ))}
                </Rows>
              )}
              <Text size="sm" c="dimmed" mt="sm">
                {dueAt === undefined ? (
                  "The hub makes none by itself."
                ) : (
                  <>
                    The next one is made <When at={dueAt} />.
                  </>
                )}{" "}
                {skipped}
              </Text>
            </>
          )}
        </Load>
      </Section>
      <Section
        title="At the provider"
        intro="What the provider of the database keeps itself. It goes with the project when that is removed."
      >
        <Load query={query} lines={2} lineHeight={36}>
          {({ provider }) => <ProviderBackups instance={instance} provider={provider} />}
        </Load>
      </Section>
      {dialog}
    </>
  );
}
