import type { Settings } from "@atoll/contract/schemas/settings";
import { type UsagePrice, usageUnits } from "@atoll/contract/schemas/usage";
import { NativeSelect } from "@mantine/core";
import { unitWords } from "../usage/words.ts";
import { AmountCell, currencyColumn, LineTable, TextCell } from "./line-table.tsx";

interface UsagePricesProps {
  prices: NonNullable<Settings["usagePrices"]>;
  isOff: boolean;
  onChange(prices: UsagePrice[]): void;
}

/** What is used costs, beside what stands; each line may have a currency of its own. */
export const UsagePrices = ({ prices, isOff, onChange }: UsagePricesProps) => (
  <LineTable<UsagePrice>
    title="Prices of usage"
    intro="What each client uses costs, above what is included. The reports of months are estimated by it; currencies are shown one by one."
    word="usage line"
    minWidth={720}
    lines={prices}
    columns={[
      {
        head: "For each",
        width: 190,
        cell: ({ per }, of) => (
          <NativeSelect
            size="xs"
            aria-label={of.label}
            data={usageUnits.map((each) => ({ value: each, label: unitWords[each] }))}
            value={per}
            disabled={of.isOff}
            onChange={(event) =>
              of.change({ per: usageUnits.find((each) => each === event.currentTarget.value) ?? per })
            }
          />
        ),
      },
      {
        head: "Words",
        cell: ({ label }, of) => (
          <TextCell of={of} value={label} onChange={(next) => of.change({ label: next })} />
        ),
      },
      {
        head: "Price",
        width: 110,
        cell: ({ price }, of) => (
          <AmountCell of={of} value={price} decimals={5} onChange={(next) => of.change({ price: next })} />
        ),
      },
      {
        head: "Included",
        width: 110,
        cell: ({ included }, of) => (
          <AmountCell
            of={of}
            value={included}
            decimals={5}
            onChange={(next) => of.change({ included: next })}
          />
        ),
      },
      currencyColumn,
    ]}
    blank={() => ({
      per: "mails-1000",
      label: "",
      price: 0,
      included: 0,
      currency: prices[0]?.currency ?? "USD",
    })}
    isOff={isOff}
    onChange={onChange}
  />
);
