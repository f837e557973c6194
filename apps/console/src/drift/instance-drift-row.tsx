import type { DriftItem } from "@atoll/contract/schemas/drift";
import { Badge, Checkbox, Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { ActButton } from "../parts/act-button.tsx";
import rows from "../parts/rows.module.css";
import { When } from "../parts/when.tsx";
import type { Reason } from "../rules/reasons.ts";
import { areaWords, valueWords } from "./words.ts";

interface InstanceDriftRowProps {
  item: DriftItem;
  isChosen: boolean;
  onChoose(isOn: boolean): void;
  reason: Reason;
  isPending: boolean;
  onUnaccept(): void;
}

/** One difference of an instance: what it is, since when, and whether somebody accepted it. */
export function InstanceDriftRow(props: InstanceDriftRowProps) {
  const { item, isChosen, onChoose, reason, isPending, onUnaccept } = props;
  const { path, area, why, next, from, to, firstSeenAt, acceptedBy, stoppedAt, instance } = item;
  const words = valueWords(item);
  return (
    <li className={rows.row} style={{ gridTemplateColumns: "28px minmax(0, 1fr)" }}>
      <Checkbox
        aria-label={path}
        checked={isChosen}
        onChange={(event) => onChoose(event.currentTarget.checked)}
      />
      <div>
        <code style={{ overflowWrap: "anywhere" }}>{path}</code>
        {(from !== undefined || to !== undefined) && (
          <Text size="sm" style={{ overflowWrap: "anywhere" }}>
            {words}
          </Text>
        )}
        {why !== undefined && why !== words && <Text size="sm">{why}</Text>}
        {next !== undefined && (
          <Text size="xs" c="dimmed">
            {next}
          </Text>
        )}
        <Text size="xs" c="dimmed" component="div">
          {areaWords[area]}, seen first <When at={firstSeenAt} />
          {acceptedBy !== undefined && `, accepted by ${acceptedBy}`}
          {area === "vault" && (
            <>
              {", "}
              <Link to="/instances/$slug" params={{ slug: instance }} search={{ tab: "vault" }}>
                both sides
              </Link>
            </>
          )}
        </Text>
        {stoppedAt !== undefined && (
          <Text size="xs" fw={600}>
            It came back after each repair; it is not repaired by itself any more.
          </Text>
        )}
        {acceptedBy !== undefined && (
          <Group gap="xs" mt={4}>
            <Badge variant="default" size="sm">
              accepted
            </Badge>
            <ActButton variant="default" reason={reason} loading={isPending} onClick={onUnaccept}>
              Take back
            </ActButton>
          </Group>
        )}
      </div>
    </li>
  );
}
