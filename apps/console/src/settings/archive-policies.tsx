import type { ArchivePolicy, Settings } from "@atoll/contract/schemas/settings";
import { Group, Select } from "@mantine/core";
import { Section } from "../parts/page.tsx";

const words: Record<ArchivePolicy, string> = {
  remove: "is removed",
  retire: "is put away (GitHub repositories)",
  keep: "is left as it is",
};
const choices = Object.entries(words).map(([value, label]) => ({ value, label }));

interface ArchivePoliciesProps {
  policies: NonNullable<Settings["archivePolicy"]>;
  isOff: boolean;
  onChange(policies: NonNullable<Settings["archivePolicy"]>): void;
}

/** What becomes of each kind of thing when its instance is archived. */
export function ArchivePolicies({ policies, isOff, onChange }: ArchivePoliciesProps) {
  return (
    <Section title="Archiving" intro="What becomes of each kind of thing when its instance is archived.">
      <Group gap="md">
        {Object.entries(policies).map(([kind, policy]) => (
          <Select
            key={kind}
            label={kind}
            data={choices}
            value={policy}
            allowDeselect={false}
            disabled={isOff}
            w={250}
            onChange={(value) => onChange({ ...policies, [kind]: (value ?? policy) as ArchivePolicy })} // one of `choices`
          />
        ))}
      </Group>
    </Section>
  );
}
