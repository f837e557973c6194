import type { Settings } from "@atoll/contract/schemas/settings";
import { type UsagePrice, usageUnits } from "@atoll/contract/schemas/usage";
import { Button, NativeSelect, NumberInput, Table, TextInput, VisuallyHidden } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Section } from "../parts/page.tsx";
import { unitWords } from "../usage/words.ts";

interface UsagePricesProps {
  prices: NonNullable<Settings["usagePrices"]>;
  isOff: boolean;
  onChange(prices: UsagePrice[]): void;
}

/** What is used costs, beside what stands; each line may have a currency of its own. */
export function UsagePrices({ prices, isOff, onChange }: UsagePricesProps) {
  const change = (at: number, part: Partial<UsagePrice>) =>
    onChange(prices.map((each, index) => (index === at ? { ...each, ...part } : each)));
  return (
    <Section
      title="Prices of usage"
      intro="What each client uses costs, above what is included. The reports of months are estimated by it; currencies are shown one by one."
    >
      <Table.ScrollContainer
        minWidth={720}
        scrollAreaProps={{ viewportProps: { tabIndex: 0, "aria-label": "Prices of usage" } }}
      >
        <Table verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={190}>For each</Table.Th>
              <Table.Th>Words</Table.Th>
              <Table.Th w={110}>Price</Table.Th>
              <Table.Th w={110}>Included</Table.Th>
              <Table.Th w={90}>Currency</Table.Th>
              <Table.Th w={80}>
                <VisuallyHidden>Remove</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {prices.map((line, index) => (
              <Table.Tr key={index}>
                <Table.Td>
                  <NativeSelect
                    size="xs"
                    aria-label={`For each, usage line ${index + 1}`}
                    data={usageUnits.map((each) => ({ value: each, label: unitWords[each] }))}
                    value={line.per}
                    disabled={isOff}
                    onChange={(event) =>
                      change(index, {
                        per: usageUnits.find((each) => each === event.currentTarget.value) ?? line.per,
                      })
                    }
                  />
                </Table.Td>
                <Table.Td>
                  <TextInput
                    size="xs"
                    aria-label={`Words, usage line ${index + 1}`}
                    value={line.label}
                    disabled={isOff}
                    onChange={(event) => change(index, { label: event.currentTarget.value })}
                  />
                </Table.Td>
                {(["price", "included"] as const).map((field) => (
                  <Table.Td key={field}>
                    <NumberInput
                      size="xs"
                      aria-label={`${field === "price" ? "Price" : "Included"}, usage line ${index + 1}`}
                      value={line[field]}
                      min={0}
                      decimalScale={5}
                      disabled={isOff}
                      onChange={(next) => change(index, { [field]: next === "" ? 0 : Number(next) })}
                    />
                  </Table.Td>
                ))}
                <Table.Td>
                  <TextInput
                    size="xs"
                    aria-label={`Currency, usage line ${index + 1}`}
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
                    aria-label={`Remove usage line ${index + 1}`}
                    onClick={() => onChange(prices.filter((_, at) => at !== index))}
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
          onChange([
            ...prices,
            { per: "mails-1000", label: "", price: 0, included: 0, currency: prices[0]?.currency ?? "USD" },
          ])
        }
      >
        Another usage line
      </Button>
    </Section>
  );
}
