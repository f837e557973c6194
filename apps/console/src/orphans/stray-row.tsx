import type { StrayThing } from "@atoll/contract/schemas/sweep";
import { Checkbox, Text } from "@mantine/core";
import { EnvironmentMark } from "../parts/environment-mark.tsx";
import { money } from "../parts/money.ts";
import rows from "../parts/rows.module.css";
import { When } from "../parts/when.tsx";

interface StrayRowProps {
  thing: StrayThing;
  isChosen?: boolean;
  /** Absent = it cannot be chosen. */
  onChoose?: (isOn: boolean) => void;
}

/** One thing without an owner: what it is, why it is told, what it costs, since when it is there. */
export function StrayRow({ thing, isChosen = false, onChoose }: StrayRowProps) {
  const { provider, kind, name, id, why, monthly, currency = "USD", createdAt, environment } = thing;
  return (
    <li
      className={rows.row}
      style={{ gridTemplateColumns: onChoose ? "28px minmax(0, 1fr)" : "minmax(0, 1fr)" }}
    >
      {onChoose && (
        <Checkbox
          aria-label={`${kind} ${name}`}
          checked={isChosen}
          onChange={(event) => onChoose(event.currentTarget.checked)}
        />
      )}
      <div style={{ overflowWrap: "anywhere" }}>
        <Text size="sm" fw={600} component="div">
          {name}
          <EnvironmentMark environment={environment} />
        </Text>
        <Text size="sm">{why}</Text>
        <Text size="xs" c="dimmed" component="div">
          {provider}, <code>{kind}</code> <code>{id}</code>
          {monthly !== undefined && `, ${money(monthly, currency)} a month`}
          {createdAt !== undefined && (
            <>
              , made <When at={createdAt} />
            </>
          )}
        </Text>
      </div>
    </li>
  );
}
