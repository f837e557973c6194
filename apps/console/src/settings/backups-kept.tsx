import type { BackupRetention } from "@atoll/contract/schemas/backups";
import { Group, NumberInput } from "@mantine/core";
import { Section } from "../parts/page.tsx";

/** Words and bounds of the hub's schema. */
const periods = [
  { of: "daily", label: "Days", min: 1, max: 366 },
  { of: "weekly", label: "Weeks", min: 0, max: 520 },
  { of: "monthly", label: "Months", min: 0, max: 240 },
] as const;

interface BackupsKeptProps {
  keep: BackupRetention;
  isOff: boolean;
  onChange(keep: BackupRetention): void;
}

/** How long backups are kept. */
export function BackupsKept({ keep, isOff, onChange }: BackupsKeptProps) {
  return (
    <Section
      title="Backups"
      intro="Of each of the last so many days, weeks and months the newest verified backup is kept; the newest of all is never removed. A smaller number removes older ones for good, within an hour."
    >
      <Group gap="md">
        {periods.map(({ of, label, min, max }) => (
          <NumberInput
            key={of}
            label={label}
            value={keep[of]}
            min={min}
            max={max}
            allowDecimal={false}
            clampBehavior="strict"
            disabled={isOff}
            w={120}
            onChange={(count) => typeof count === "number" && onChange({ ...keep, [of]: count })}
          />
        ))}
      </Group>
    </Section>
  );
}
