import { money } from "../parts/money.ts";
import classes from "./usage.module.css";

/** Amounts of each currency under one another: they are never added up. */
export function Costs({ costs }: { costs: readonly { currency: string; amount: number }[] }) {
  if (costs.length === 0) return "–";
  return (
    <span className={classes.costs}>
      {costs.map(({ currency, amount }) => (
        <span key={currency}>{money(amount, currency)}</span>
      ))}
    </span>
  );
}
