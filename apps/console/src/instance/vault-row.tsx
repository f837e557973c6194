import type { VaultEntry, VaultSide } from "@atoll/contract/schemas/vault";
import { Badge, Group, Text } from "@mantine/core";
import { useState } from "react";
import { useAct } from "../hub/act.ts";
import { ActButton } from "../parts/act-button.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { Problem } from "../parts/problem.tsx";
import rows from "../parts/rows.module.css";
import { When } from "../parts/when.tsx";
import type { Reason } from "../rules/reasons.ts";
import { VaultForm } from "./vault-form.tsx";
import { byWords, oursWord, reasonAgainstOurs, sideWords, stateWords } from "./vault-words.ts";

interface VaultRowProps {
  slug: string;
  entry: VaultEntry;
  /** Why nothing can be changed here. */
  reason: Reason;
}

/** One key: what it says, who set it and when; both sides where they differ, and who wins. */
export function VaultRow({ slug, entry, reason }: VaultRowProps) {
  const { key, state, here, there, secret } = entry;
  const [open, setOpen] = useState<"change" | "remove">();
  const differs = stateWords[state];
  const side = there?.type === undefined ? here : there;
  const close = () => setOpen(undefined);
  return (
    <li className={rows.row}>
      <div>
        <Group gap="xs">
          <code className={rows.main}>{key}</code>
          {side?.type !== undefined && (
            <Badge variant="default" size="sm">
              {side.type}
            </Badge>
          )}
          {secret && (
            <Badge variant="default" size="sm">
              secret
            </Badge>
          )}
          {differs !== undefined && (
            <Badge color="yellow.9" size="sm">
              {differs}
            </Badge>
          )}
        </Group>
        {differs === undefined ? (
          <Side side={side} />
        ) : (
          <>
            <Side name="In the instance" side={there} />
            <Side name="At the hub" side={here} />
            <Winner slug={slug} entry={entry} reason={reason} />
          </>
        )}
      </div>
      <Group gap="xs" justify="flex-end">
        <ActButton variant="default" size="compact-sm" reason={reason} onClick={() => setOpen("change")}>
          {secret ? "Replace" : "Change"}
        </ActButton>
        <ActButton variant="default" size="compact-sm" reason={reason} onClick={() => setOpen("remove")}>
          Remove
        </ActButton>
      </Group>
      {open === "change" && <VaultForm slug={slug} entry={entry} onClose={close} />}
      {open === "remove" && <Removal slug={slug} entry={entry} onClose={close} />}
    </li>
  );
}

function Side({ name, side }: { name?: string; side: VaultSide | undefined }) {
  return (
    <Text component="div" size="sm" style={{ overflowWrap: "anywhere", whiteSpace: "pre-line" }}>
      {name !== undefined && <Text span fw={600} size="sm">{`${name}: `}</Text>}
      {sideWords(side)}
      {side && (
        <Text span size="xs" c="dimmed">
          {" "}
          · <When at={side.at} /> by {byWords(side.by)}
        </Text>
      )}
    </Text>
  );
}

/** Asks which side wins. */
function Winner({ slug, entry, reason }: VaultRowProps) {
  const settle = useAct("settleVaultKey", { said: `${entry.key} is settled.` });
  const take = (side: "instance" | "hub") =>
    settle.mutate({ params: { slug, key: entry.key }, body: { take: side, seen: entry.seen } });
  return (
    <>
      <Group gap="xs" mt={4}>
        <ActButton
          variant="default"
          size="compact-sm"
          reason={reason}
          loading={settle.isPending}
          onClick={() => take("instance")}
        >
          Take the instance's
        </ActButton>
        <ActButton
          variant="default"
          size="compact-sm"
          reason={reason ?? reasonAgainstOurs(entry)}
          loading={settle.isPending}
          onClick={() => take("hub")}
        >
          {oursWord(entry)}
        </ActButton>
      </Group>
      <Problem error={settle.error} />
    </>
  );
}

function Removal({ slug, entry, onClose }: Pick<VaultRowProps, "slug" | "entry"> & { onClose(): void }) {
  const { key } = entry;
  // As it was when this was opened: the list behind it is read again meanwhile.
  const [seen] = useState(entry.seen);
  const remove = useAct("removeVaultKey", { said: `${key} is removed.`, onDone: onClose });
  return (
    <Confirm
      opened
      onClose={onClose}
      title={`Remove ${key}`}
      does="Remove"
      danger
      isPending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate({ params: { slug, key }, query: { seen } })}
    >
      The application goes on without it within seconds. The value cannot be brought back.
    </Confirm>
  );
}
