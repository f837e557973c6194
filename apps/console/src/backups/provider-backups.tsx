import type { InstanceBackups } from "@atoll/contract/schemas/backups";
import { Group, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useRole } from "../hub/me.ts";
import type { InstanceDetails } from "../instance/details.ts";
import { ActButton } from "../parts/act-button.tsx";
import rows from "../parts/rows.module.css";
import { Rows } from "../parts/rows.tsx";
import { When } from "../parts/when.tsx";
import { RestoreOver } from "./restore-dialog.tsx";
import { reasonOfTakeBack } from "./words.ts";

type Provider = InstanceBackups["provider"];

interface ProviderBackupsProps {
  instance: InstanceDetails;
  provider: Provider;
}

/** What the provider keeps of an instance's project, and taking the project back to it. */
export function ProviderBackups({ instance, provider }: ProviderBackupsProps) {
  const { slug, state } = instance;
  const { items, pointInTime, what } = provider;
  const role = useRole();
  const [asks, setAsks] = useState<{ backup?: string }>();
  const small = { variant: "default", size: "compact-xs" } as const;
  return (
    <>
      {what && (
        <Text size="sm" c="dimmed">
          {what}
        </Text>
      )}
      {pointInTime && (
        <Group gap="sm">
          <Text size="sm">
            To any moment from <When at={pointInTime.from} /> to <When at={pointInTime.to} />.
          </Text>
          <ActButton {...small} reason={reasonOfTakeBack(true, state, role)} onClick={() => setAsks({})}>
            Restore to a moment
          </ActButton>
        </Group>
      )}
      {items.length > 0 && (
        <Rows
          label="Backups at the provider"
          columns="minmax(0, 1fr) 200px 90px"
          heads={["Made", "State", ""]}
        >
          {items.map(({ id, at, state: kept, restorable }) => (
            <li key={id} className={rows.row}>
              <span className={rows.main}>
                <When at={at} />
              </span>
              <span className={rows.faint}>{kept}</span>
              <Group gap={4} className={rows.end}>
                <ActButton
                  {...small}
                  reason={reasonOfTakeBack(restorable, state, role)}
                  onClick={() => setAsks({ backup: id })}
                >
                  Restore
                </ActButton>
              </Group>
            </li>
          ))}
        </Rows>
      )}
      {asks && <TakeBackDialog slug={slug} backup={asks.backup} onClose={() => setAsks(undefined)} />}
    </>
  );
}

interface TakeBackProps {
  slug: string;
  /** Id at the provider; undefined = a moment, which is asked for. */
  backup: string | undefined;
  onClose(): void;
}

/** Has the provider take the project back, after showing what that does. */
function TakeBackDialog({ slug, backup, onClose }: TakeBackProps) {
  const [moment, setMoment] = useState("");
  const at = new Date(moment);
  const isChosen = !Number.isNaN(at.getTime());
  const to = backup === undefined ? { at: isChosen ? at.toISOString() : "" } : { backup };
  const input = backup !== undefined || isChosen ? { from: "provider", ...to } : undefined;
  return (
    <RestoreOver slug={slug} input={input} onClose={onClose}>
      <Text size="sm">
        The provider takes the whole project back; what was written since then goes, and the instance is down
        meanwhile. Workflows stay as they are. What stands there now is backed up first, and its rows are put
        back if this fails.
      </Text>
      {backup === undefined && (
        <TextInput
          type="datetime-local"
          label="Moment"
          description="In your own time zone."
          step={1}
          value={moment}
          onChange={(event) => setMoment(event.currentTarget.value)}
        />
      )}
    </RestoreOver>
  );
}
