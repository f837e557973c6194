import { runKinds } from "@atoll/contract/schemas/run";
import { type Settings, usualRunBudgets } from "@atoll/contract/schemas/settings";
import { NumberInput, SimpleGrid } from "@mantine/core";
import { Section } from "../parts/page.tsx";

type Budgets = NonNullable<Settings["runBudgetsSeconds"]>;

interface RunBudgetsProps {
  budgets: Budgets;
  isOff: boolean;
  onChange(budgets: Budgets): void;
}

/** How long runs of each kind may take before an incident says that they are slow. */
export function RunBudgets({ budgets, isOff, onChange }: RunBudgetsProps) {
  const change = (kind: (typeof runKinds)[number], seconds: number | undefined) => {
    const { [kind]: _, ...others } = budgets;
    onChange(seconds === undefined ? others : { ...others, [kind]: seconds });
  };
  return (
    <Section
      title="Budgets of runs"
      intro="Seconds that runs may take: where 95 of 100 of a day's runs of a kind take longer, an incident says so. Empty = the usual one, which is shown, or none."
    >
      <SimpleGrid cols={{ base: 2, sm: 4 }} maw={760}>
        {runKinds.map((kind) => (
          <NumberInput
            key={kind}
            label={kind}
            placeholder={String(usualRunBudgets[kind] ?? "none")}
            value={budgets[kind] ?? ""}
            min={1}
            max={86_400}
            allowDecimal={false}
            disabled={isOff}
            onChange={(seconds) => change(kind, typeof seconds === "number" ? seconds : undefined)}
          />
        ))}
      </SimpleGrid>
    </Section>
  );
}
