import type { TemplateUpdate } from "@atoll/contract/schemas/deployments";
import { Button, Checkbox, Group, Modal, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useAct } from "../hub/act.ts";
import { useRole } from "../hub/me.ts";
import { read } from "../hub/read.ts";
import { ActButton } from "../parts/act-button.tsx";
import { TextLink } from "../parts/links.tsx";
import { Load } from "../parts/load.tsx";
import { Page, Section } from "../parts/page.tsx";
import { Problem } from "../parts/problem.tsx";
import rows from "../parts/rows.module.css";
import { Rows } from "../parts/rows.tsx";
import { State } from "../parts/state.tsx";
import { When } from "../parts/when.tsx";
import { reasonOfRole } from "../rules/reasons.ts";

/** Newer versions of the template, fleet-wide: what there was, and bringing the newest one. */
export function TemplatePage() {
  const [opened, setOpened] = useState(false);
  const query = useQuery({ ...read("listTemplateUpdates", { query: {} }), refetchInterval: 5_000 });
  return (
    <Page
      title="Template"
      intro="Its newer versions come into clients' repositories as pull requests, wave by wave."
      actions={
        <ActButton reason={reasonOfRole(useRole(), "operator")} onClick={() => setOpened(true)}>
          Bring the newest version
        </ActButton>
      }
    >
      <Section title="Updates">
        <Load query={query} lines={3}>
          {({ items }) =>
            items.length === 0 ? (
              <Text size="sm" c="dimmed">
                There was none yet.
              </Text>
            ) : (
              <Rows
                label="Updates"
                columns="minmax(0, 1.5fr) 150px minmax(0, 1fr) 140px"
                heads={["Version", "State", "Through", "Begun"]}
              >
                {items.map((update) => (
                  <Line key={update.id} update={update} />
                ))}
              </Rows>
            )
          }
        </Load>
      </Section>
      {opened && <StartUpdate onClose={() => setOpened(false)} />}
    </Page>
  );
}

function Line({ update }: { update: TemplateUpdate }) {
  const { id, commit, template, state, counts, createdAt, why } = update;
  const all = Object.values(counts).reduce((sum, each) => sum + each, 0);
  return (
    <li className={rows.row}>
      <span>
        <TextLink to="/template/$id" params={{ id }} size="sm" fw={600}>
          {commit.slice(0, 7)}
        </TextLink>
        <span className={rows.minor}>{why ?? template}</span>
      </span>
      <State state={state} />
      <span className={rows.faint}>
        {counts.done} of {all}
        {counts.failed > 0 && `, ${counts.failed} failed`}
      </span>
      <span className={`${rows.faint} ${rows.wide}`}>
        <When at={createdAt} />
      </span>
    </li>
  );
}

/** Shows what the version means for each repository before anything is begun. */
function StartUpdate({ onClose }: { onClose(): void }) {
  const [merge, setMerge] = useState(false);
  const [approve, setApprove] = useState(true);
  // It reads every repository: once.
  const plan = useQuery({ ...read("planTemplateUpdate", { body: {} }), retry: false, gcTime: 0 });
  const start = useAct("startTemplateUpdate", { said: "The update is on its way.", onDone: onClose });
  const waiting = plan.data?.items.filter(({ isCurrent }) => !isCurrent).length ?? 0;
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title="Bring the newest version?"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack gap="md">
        <Load query={plan} lines={4}>
          {({ items, commit, template }) => (
            <>
              <Text size="sm">
                {template} at {commit.slice(0, 7)}
              </Text>
              <Rows label="What it means" columns="minmax(0, 1fr) minmax(0, 2fr)">
                {items.map(({ instance, isCurrent, taken, merged, removed, conflicts, byHand, problem }) => (
                  <li key={instance} className={rows.row}>
                    <span>
                      <span className={rows.main}>{instance}</span>
                      {merge && byHand !== undefined && <span className={rows.minor}>{byHand}</span>}
                    </span>
                    <span className={rows.faint}>
                      {problem?.what ??
                        (isCurrent
                          ? "holds it"
                          : `${taken.length + merged.length + removed.length} files${
                              conflicts.length === 0
                                ? ""
                                : `; conflicts: ${conflicts.map(({ path }) => path).join(", ")}`
                            }`)}
                    </span>
                  </li>
                ))}
              </Rows>
            </>
          )}
        </Load>
        <Checkbox
          label="Merge what has no conflict, once its preview is ready; else people merge"
          checked={merge}
          onChange={(event) => setMerge(event.currentTarget.checked)}
        />
        <Checkbox
          label="Wait for approval between waves"
          checked={approve}
          onChange={(event) => setApprove(event.currentTarget.checked)}
        />
        <Problem error={start.error} />
        <Group justify="flex-end">
          <Button
            disabled={waiting === 0}
            loading={start.isPending}
            onClick={() => start.mutate({ body: { merge, approve } })}
          >
            Begin
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
