import type { Settings } from "@atoll/contract/schemas/settings";
import { AmountCell, currencyColumn, LineTable, TextCell } from "./line-table.tsx";

interface CostTableProps {
  costs: Settings["costs"];
  isOff: boolean;
  onChange(costs: Settings["costs"]): void;
}

/** What each kind of thing costs a month: plans are estimated by it. */
export const CostTable = ({ costs, isOff, onChange }: CostTableProps) => (
  <LineTable<Settings["costs"][number]>
    title="Prices"
    intro="What each kind of thing costs a month. Plans are estimated by it."
    word="line"
    minWidth={560}
    lines={costs}
    columns={[
      {
        head: "Kind",
        cell: ({ kind }, of) => (
          <TextCell of={of} value={kind} onChange={(next) => of.change({ kind: next })} />
        ),
      },
      {
        head: "Words",
        cell: ({ label }, of) => (
          <TextCell of={of} value={label} onChange={(next) => of.change({ label: next })} />
        ),
      },
      {
        head: "A month",
        width: 120,
        cell: ({ monthly }, of) => (
          <AmountCell
            of={of}
            value={monthly}
            decimals={2}
            onChange={(next) => of.change({ monthly: next })}
          />
        ),
      },
      currencyColumn,
    ]}
    blank={() => ({ kind: "", label: "", monthly: 0, currency: costs[0]?.currency ?? "USD" })}
    isOff={isOff}
    onChange={onChange}
  />
);
