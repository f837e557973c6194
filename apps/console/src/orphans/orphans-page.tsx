import type { StrayThing, Sweep } from "@atoll/contract/schemas/sweep";
import { Button, Group, Stack, Text } from "@mantine/core";
import { IconAnchor } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useAct } from "../hub/act.ts";
import { useRole } from "../hub/me.ts";
import { read } from "../hub/read.ts";
import { ActButton } from "../parts/act-button.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { Empty } from "../parts/empty.tsx";
import { Load } from "../parts/load.tsx";
import { Page, Section } from "../parts/page.tsx";
import { Saying } from "../parts/problem.tsx";
import { Rows } from "../parts/rows.tsx";
import { isAtLeast, reasonOfRole } from "../rules/reasons.ts";
import { Removals } from "./removals.tsx";
import { StrayRow } from "./stray-row.tsx";

const columns = "minmax(0, 1fr)";

/** What carries our mark at the providers and has no owner; an owner removes it by typing how many. */
export function OrphansPage() {
  const role = useRole();
  const mayLook = isAtLeast(role, "owner");
  const query = useQuery({
    ...read("sweep", { query: {} }),
    enabled: mayLook,
    staleTime: 60_000,
    retry: false,
  });
  return (
    <Page
      title="Orphans"
      intro={
        mayLook
          ? "What carries our mark at the providers and has no owner in the registry. Nothing is removed by itself."
          : reasonOfRole(role, "owner")
      }
      actions={
        mayLook && (
          <Button variant="default" loading={query.isFetching} onClick={() => void query.refetch()}>
            Look again
          </Button>
        )
      }
    >
      {mayLook && (
        <Stack gap="xl">
          <Load query={query} lines={4} lineHeight={50}>
            {(sweep) => <Found sweep={sweep} onChanged={() => void query.refetch()} />}
          </Load>
          <Removals />
        </Stack>
      )}
    </Page>
  );
}

function Found({ sweep, onChanged }: { sweep: Sweep; onChanged(): void }) {
  const { orphans, unproven, problems, leftOut } = sweep;
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [asks, setAsks] = useState(false);
  const picked = orphans.filter((each) => chosen.includes(keyOf(each)));
  const choose = (key: string, isOn: boolean) =>
    setChosen((before) => (isOn ? [...before, key] : before.filter((each) => each !== key)));
  return (
    <Stack gap="xl">
      {problems.map(({ environment, provider, what, next }) => (
        <Saying
          key={`${environment} ${provider}`}
          live={false}
          what={`${provider} (${environment}) could not be asked: ${what}`}
          next={next}
        />
      ))}
      <Section
        title="Without an owner"
        actions={
          <Group gap="xs">
            <Button
              variant="default"
              disabled={orphans.length === 0}
              onClick={() => setChosen(chosen.length === orphans.length ? [] : orphans.map(keyOf))}
            >
              {chosen.length === orphans.length && orphans.length > 0 ? "Choose none" : "Choose all"}
            </Button>
            <ActButton
              color="red.9"
              reason={picked.length === 0 ? "Choose what is to be removed." : undefined}
              onClick={() => setAsks(true)}
            >
              Remove
            </ActButton>
          </Group>
        }
      >
        {orphans.length === 0 ? (
          <Empty icon={<IconAnchor size={28} stroke={1.5} />} title="No orphans">
            Everything that is provably ours has an owner.
          </Empty>
        ) : (
          <Rows label="Orphans" columns={columns}>
            {orphans.map((each) => (
              <StrayRow
                key={keyOf(each)}
                thing={each}
                isChosen={chosen.includes(keyOf(each))}
                onChoose={(isOn) => choose(keyOf(each), isOn)}
              />
            ))}
          </Rows>
        )}
        {leftOut.young + leftOut.busy > 0 && (
          <Text size="sm" c="dimmed" mt="xs">
            Left out: {leftOut.young} too young, {leftOut.busy} of instances with a run that goes on.
          </Text>
        )}
      </Section>
      {unproven.length > 0 && (
        <Section
          title="Cannot be proven"
          intro="They look like ours, and nothing proves it: look at them at the provider. They are never removed from here."
        >
          <Rows label="Not proven" columns={columns}>
            {unproven.map((each) => (
              <StrayRow key={keyOf(each)} thing={each} />
            ))}
          </Rows>
        </Section>
      )}
      {asks && (
        <RemoveDialog
          chosen={picked}
          onClose={() => setAsks(false)}
          onDone={() => {
            setAsks(false);
            setChosen([]);
            onChanged();
          }}
        />
      )}
    </Stack>
  );
}

const keyOf = ({ environment, kind, id }: StrayThing) => `${environment} ${kind} ${id}`;

interface RemoveDialogProps {
  chosen: readonly StrayThing[];
  onClose(): void;
  onDone(): void;
}

/** What is removed is gone for good: how many it is has to be typed. */
function RemoveDialog({ chosen, onClose, onDone }: RemoveDialogProps) {
  const remove = useAct("removeOrphans", { said: "Being removed.", onDone });
  return (
    <Confirm
      opened
      danger
      onClose={onClose}
      title={chosen.length === 1 ? "Remove 1 orphan?" : `Remove ${chosen.length} orphans?`}
      does="Remove for good"
      typed={String(chosen.length)}
      isPending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate({ body: { ids: chosen.map(({ id }) => id), confirm: chosen.length } })}
    >
      Each is looked at again right before: what has an owner by then, or lost its mark, stays.
    </Confirm>
  );
}
