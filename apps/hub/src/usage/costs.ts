import type { CostLine } from "@atoll/contract/schemas/plan";
import type { UsageCounts, UsageLine, UsagePrice, UsageUnit } from "@atoll/contract/schemas/usage";

/** Things of one kind that stood for a share (0 to 1) of a month. */
interface Stood {
  kind: string;
  count: number;
  share: number;
}

interface CostInput {
  counts: UsageCounts;
  stood: readonly Stood[];
  /** For which share (0 to 1) of the month the instance was there. */
  present: number;
  /** What each kind of thing costs a month. */
  costs: readonly CostLine[];
  /** What is used costs. */
  prices: readonly UsagePrice[];
}

const bytesPerGb = 1_000_000_000;
const cents = (amount: number) => Math.round(amount * 100) / 100;

/** How many units of each kind were used; a price for gigabytes is one for a whole month of them. */
const used: Record<UsageUnit, (counts: UsageCounts) => number> = {
  "database-gb": ({ databaseBytes = 0 }) => databaseBytes / bytesPerGb,
  "requests-1000": ({ auth = 0, rest = 0, storage = 0, realtime = 0 }) =>
    (auth + rest + storage + realtime) / 1000,
  "executions-1000": ({ executions = 0 }) => executions / 1000,
  "mails-1000": ({ mails = 0 }) => mails / 1000,
  deployment: ({ deployments = 0 }) => deployments,
  "active-user": ({ activeUsers = 0 }) => activeUsers,
};

/**
 * Estimates what an instance cost in a month, by currency: amounts of different currencies are never added up. Each
 * line is rounded to hundredths, so that the sum is that of its lines. Pure.
 */
export function costsOf({ counts, stood, present, costs, prices }: CostInput): UsageLine["costs"] {
  const lines = [
    ...costs.flatMap(({ kind, label, monthly, currency }) =>
      stood
        .filter((each) => each.kind === kind)
        .map(({ count, share }) => ({
          label,
          currency,
          quantity: count * share,
          amount: count * share * monthly,
        })),
    ),
    ...prices.map(({ per, label, price, included, currency }) => {
      const share = per === "database-gb" ? present : 1;
      const quantity = Math.max(0, used[per](counts) - included) * share;
      return { label, currency, quantity, amount: quantity * price };
    }),
  ]
    .map((line) => ({ ...line, amount: cents(line.amount), quantity: Math.round(line.quantity * 1e4) / 1e4 }))
    .filter(({ amount }) => amount > 0);
  return [...new Set(lines.map(({ currency }) => currency))].sort().map((currency) => {
    const mine = lines.filter((line) => line.currency === currency);
    return {
      currency,
      amount: cents(mine.reduce((sum, { amount }) => sum + amount, 0)),
      lines: mine.map(({ currency: _, ...line }) => line),
    };
  });
}

/** Adds up by currency what several instances cost. */
export function sumOfCosts(all: readonly UsageLine["costs"][]): { currency: string; amount: number }[] {
  const sums = new Map<string, number>();
  for (const { currency, amount } of all.flat()) sums.set(currency, (sums.get(currency) ?? 0) + amount);
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, amount]) => ({ currency, amount: cents(amount) }));
}
