import { type Backup, backupStates } from "@atoll/contract/schemas/backups";
import { Group, Stack } from "@mantine/core";
import { IconDatabaseExport } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { hub } from "../hub/client.ts";
import { pages } from "../hub/pages.ts";
import { read } from "../hub/read.ts";
import { Empty } from "../parts/empty.tsx";
import { PickOne } from "../parts/filters.tsx";
import { TextLink } from "../parts/links.tsx";
import { Load } from "../parts/load.tsx";
import { LongList } from "../parts/long-list.tsx";
import { Page, Section } from "../parts/page.tsx";
import rows from "../parts/rows.module.css";
import { Rows } from "../parts/rows.tsx";
import { When } from "../parts/when.tsx";
import { BackupRow, backupColumns } from "./backup-row.tsx";
import { useRestoring } from "./restoring.tsx";
import type { BackupFilter } from "./search.ts";
import { backupWords, restoreWords } from "./words.ts";

const route = getRouteApi("/console/backups");
const atOnce = 50;

/** Backups of the whole fleet, and new instances that are made of some. */
export function BackupsPage() {
  const { state, slug } = route.useSearch();
  const filter = { state: state?.join(","), slug };
  const navigate = useNavigate({ from: "/backups" });
  const { dialog, ...restoring } = useRestoring();
  const choose = (chosen: BackupFilter) =>
    void navigate({ search: (before: BackupFilter) => ({ ...before, ...chosen }), replace: true });
  const query = useInfiniteQuery({
    ...pages("listBackups", filter, (part, signal) =>
      hub.call("listBackups", { query: { ...filter, ...part, limit: atOnce } }, { signal }),
    ),
    refetchInterval: ({ state: { data } }) => (data && data.pages.length > 2 ? false : 10_000),
  });
  return (
    <Page
      title="Backups"
      intro="Each is restored into a scratch database and compared row by row: only such a backup counts."
    >
      <Stack gap="xl">
        <Stack gap="md">
          <Group gap="xs">
            <PickOne
              label="State"
              options={backupStates}
              words={backupWords}
              chosen={state?.[0]}
              onChoose={(next) => {
                const one = backupStates.find((each) => each === next);
                choose({ state: one && [one] });
              }}
            />
          </Group>
          <LongList<Backup>
            query={query}
            label="Backups"
            columns={backupColumns}
            heads={["Instance", "State", "Rows", "Size", ""]}
            row={(backup) => <BackupRow key={backup.id} backup={backup} named {...restoring} />}
            empty={
              <Empty icon={<IconDatabaseExport size={28} stroke={1.5} />} title="No backups">
                {state
                  ? "None like this. Take the filter away."
                  : "The first one of an instance comes within an hour."}
              </Empty>
            }
          />
        </Stack>
        <Restores />
      </Stack>
      {dialog}
    </Page>
  );
}

/** New instances that are made of backups. */
function Restores() {
  const query = useQuery({ ...read("listRestores", {}), refetchInterval: 5_000 });
  return (
    <Load query={query} lines={1}>
      {({ items }) =>
        items.length === 0 ? null : (
          <Section title="New instances of backups" intro="The last hundred.">
            <Rows
              label="New instances of backups"
              columns="minmax(0, 1fr) minmax(0, 2fr) 120px"
              heads={["Instance", "How far", "Asked for"]}
            >
              {items.map(({ id, slug, state, fault, createdAt }) => (
                <li key={id} className={rows.row}>
                  <span className={rows.main}>
                    <TextLink to="/instances/$slug" params={{ slug }}>
                      {slug}
                    </TextLink>
                  </span>
                  <span>
                    <span className={rows.main}>{restoreWords[state]}</span>
                    {fault && <span className={rows.minor}>{fault.what}</span>}
                  </span>
                  <span className={rows.faint}>
                    <When at={createdAt} />
                  </span>
                </li>
              ))}
            </Rows>
          </Section>
        )
      }
    </Load>
  );
}
