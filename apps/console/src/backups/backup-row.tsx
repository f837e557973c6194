import type { Backup } from "@atoll/contract/schemas/backups";
import type { InstanceState } from "@atoll/core/states";
import { Group, Text } from "@mantine/core";
import { useAct } from "../hub/act.ts";
import { useRole } from "../hub/me.ts";
import { ActButton } from "../parts/act-button.tsx";
import { TextLink } from "../parts/links.tsx";
import { Problem } from "../parts/problem.tsx";
import rows from "../parts/rows.module.css";
import { When } from "../parts/when.tsx";
import { reasonOfRole } from "../rules/reasons.ts";
import { countWords, sizeWords } from "../usage/words.ts";
import { backupWords, reasonOfRemoval, reasonOfRestore, whyWords } from "./words.ts";

interface BackupRowProps {
  backup: Backup;
  /** Of its instance, where that is known. */
  state?: InstanceState;
  /** Leads to the instance. */
  named?: boolean;
  onRestore(backup: Backup): void;
  onRestoreAs(backup: Backup): void;
  onRemove(backup: Backup): void;
}

/** A backup in a list: what it is, whether it counts, and what can be done with it. */
export function BackupRow({
  backup,
  state,
  named = false,
  onRestore,
  onRestoreAs,
  onRemove,
}: BackupRowProps) {
  const role = useRole();
  const check = useAct("checkBackup", { said: "Every part was read." });
  const { id, instance, madeAt, beganAt, rows: count, sizeBytes, problem, why } = backup;
  const small = { variant: "default", size: "compact-xs" } as const;
  return (
    <li className={rows.row}>
      <span>
        <span className={rows.main}>
          {named ? (
            <TextLink to="/instances/$slug" params={{ slug: instance }} search={{ tab: "backups" }}>
              {instance}
            </TextLink>
          ) : (
            <When at={madeAt ?? beganAt} />
          )}
        </span>
        <span className={rows.minor}>
          {whyWords[why]}
          {named && (
            <>
              , <When at={madeAt ?? beganAt} />
            </>
          )}
        </span>
      </span>
      <span>
        <span className={rows.main}>{backupWords[backup.state]}</span>
        {problem && (
          <Text size="xs" c="red.9">
            {problem.what} {problem.next}
          </Text>
        )}
      </span>
      <span className={`${rows.faint} ${rows.wide}`}>{countWords(count)}</span>
      <span className={`${rows.faint} ${rows.wide}`}>{sizeWords(sizeBytes)}</span>
      <Group gap={4} className={rows.end} wrap="nowrap">
        <ActButton
          {...small}
          reason={backup.state === "making" ? "It is being made." : reasonOfRole(role, "operator")}
          loading={check.isPending}
          onClick={() => check.mutate({ params: { id }, body: {} })}
        >
          Check
        </ActButton>
        <ActButton {...small} reason={reasonOfRestore(backup, state, role)} onClick={() => onRestore(backup)}>
          Restore
        </ActButton>
        <ActButton
          {...small}
          reason={reasonOfRestore(backup, undefined, role)}
          onClick={() => onRestoreAs(backup)}
        >
          As a new one
        </ActButton>
        <ActButton {...small} reason={reasonOfRemoval(backup, role)} onClick={() => onRemove(backup)}>
          Remove
        </ActButton>
      </Group>
      <Problem error={check.error} />
    </li>
  );
}

/** Columns of lists of backups. */
export const backupColumns = "minmax(0, 1.2fr) minmax(0, 1.4fr) 90px 90px 330px";
