import type { PlanItem } from "@atoll/core/blueprint";
import { paint, plain } from "./paint.ts";

const signs: Record<PlanItem["does"], [string, Parameters<typeof paint>[0]]> = {
  create: ["+", "green"],
  update: ["~", "yellow"],
  replace: ["±", "red"],
  remove: ["-", "red"],
  keep: ["=", "dim"],
  send: ["→", "green"],
  wait: ["…", "cyan"],
  blocked: ["✗", "red"],
};

/** A plan for people: a line for each step, and under it what would change, from what to what. */
export function planText(items: readonly PlanItem[]): string {
  const width = Math.max(...items.map((each) => each.step.length), 4);
  const text = items.flatMap((item) => {
    const [sign, style] = signs[item.does];
    const after = item.after.length > 0 ? paint("dim", `  after ${item.after.join(", ")}`) : "";
    const head = `  ${paint(style, sign)} ${item.step.padEnd(width)}  ${item.does.padEnd(7)} ${plain(item.name)}${after}`;
    const changes = item.changes
      .filter((change) => change.path !== "")
      .map((change) => {
        const from = change.from === undefined ? "" : `${plain(change.from)} → `;
        return `      ${change.path}: ${from}${change.to === undefined ? "(removed)" : plain(change.to)}`;
      });
    const why =
      item.why === undefined
        ? []
        : [`      ${plain(item.why)}`, ...(item.next ? [`      next: ${plain(item.next)}`] : [])];
    const brought =
      item.brought === undefined || item.does === "keep"
        ? []
        : [`      ${paint("cyan", "brought")}: ${plain(item.brought)}; never removed`];
    return [head, ...brought, ...changes, ...why];
  });
  return text.join("\n");
}

/** "3 to create, 1 to change" or "nothing to do". */
export function planSummary(items: readonly PlanItem[]): string {
  const count = (...does: PlanItem["does"][]) => items.filter((each) => does.includes(each.does)).length;
  const parts = [
    [count("create", "send"), "to create"],
    [count("update", "replace"), "to change"],
    [count("remove"), "to remove"],
    [count("wait"), "still settling"],
    [count("blocked"), "blocked"],
  ].filter(([number]) => number !== 0);
  return parts.length === 0
    ? "Nothing to do: everything is as it should be."
    : `${parts.map((each) => each.join(" ")).join(", ")}.`;
}

/** Said of a run that waits for somebody to do it. */
export const noWorker = (environment: string): string =>
  `No worker of the environment "${environment}" is there: it goes on when one is (\`atoll worker --environment ${environment}\`).`;
