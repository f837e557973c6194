import type { QuotaAccount } from "@atoll/contract/schemas/monitor";
import { duration, plain } from "./paint.ts";

const runs = (count: number) => `${count} ${count === 1 ? "instance waits" : "instances wait"}`;

/** A line for each account that somebody waits for, or that answers nobody. Empty where all goes on. */
export function waitsOf({ provider, environment, silentSince, instances, waiting }: QuotaAccount): string[] {
  const who = `${plain(provider)} (${environment})`;
  if (silentSince !== undefined)
    return [
      `${who} has answered nothing for ${duration(Date.now() - Date.parse(silentSince))}: ${runs(instances)} for it; others go on.`,
    ];
  const [first] = waiting.toSorted((a, b) => a.until.localeCompare(b.until));
  if (first === undefined) return [];
  const until = first.until.slice(11, 19);
  return [`${who}: ${runs(instances)} for its limit of ${plain(first.of)}, the next until ${until} (UTC).`];
}
