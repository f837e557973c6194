import type { Settings } from "@atoll/contract/schemas/settings";
import { Button, NumberInput, Table, TextInput, VisuallyHidden } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Section } from "../parts/page.tsx";

interface CostTableProps {
  costs: Settings["costs"];
  isOff: boolean;
  onChange(costs: Settings["costs"]): void;
}

/** What each kind of thing costs a month: plans are estimated by it. */
export function CostTable({ costs, isOff, onChange }: CostTableProps) {
  const change = (at: number, part: Partial<Settings["costs"][number]>) =>
    onChange(costs.map((each, index) => (index === at ? { ...each, ...part } : each)));
  return (
    <Section title="Prices" intro="What each kind of thing costs a month. Plans are estimated by it.">
      <Table.ScrollContainer
        minWidth={560}
        scrollAreaProps={{ viewportProps: { tabIndex: 0, "aria-label": "Prices" } }}
      >
        <Table verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Kind</Table.Th>
              <Table.Th>Words</Table.Th>
              <Table.Th w={120}>A month</Table.Th>
              <Table.Th w={90}>Currency</Table.Th>
              <Table.Th w={80}>
                <VisuallyHidden>Remove</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {costs.map((line, index) => (
              <Table.Tr key={index}>
                {(["kind", "label"] as const).map((field) => (
                  <Table.Td key={field}>
                    <TextInput
                      size="xs"
                      aria-label={`${field === "kind" ? "Kind" : "Words"}, line ${index + 1}`}
                      value={line[field]}
                      disabled={isOff}
                      onChange={(event) => change(index, { [field]: event.currentTarget.value })}
                    />
                  </Table.Td>
                ))}
                <Table.Td>
                  <NumberInput
                    size="xs"
                    aria-label={`A month, line ${index + 1}`}
                    value={line.monthly}
                    min={0}
                    decimalScale={2}
                    disabled={isOff}
                    onChange={(next) => change(index, { monthly: next === "" ? 0 : Number(next) })}
                  />
                </Table.Td>
                <Table.Td>
                  <TextInput
                    size="xs"
                    aria-label={`Currency, line ${index + 1}`}
                    value={line.currency}
                    maxLength={3}
                    disabled={isOff}
                    onChange={(event) => change(index, { currency: event.currentTarget.value.toUpperCase() })}
                  />
                </Table.Td>
                <Table.Td>
                  <Button
                    variant="subtle"
                    color="red"
                    size="compact-xs"
                    disabled={isOff}
                    aria-label={`Remove line ${index + 1}`}
                    onClick={() => onChange(costs.filter((_, at) => at !== index))}
                  >
                    Remove
                  </Button>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Button
        variant="default"
        w="fit-content"
        leftSection={<IconPlus size={15} />}
        disabled={isOff}
        onClick={() =>
          onChange([...costs, { kind: "", label: "", monthly: 0, currency: costs[0]?.currency ?? "USD" }])
        }
      >
        Another line
      </Button>
    </Section>
  );
}
