import { Refusal } from "../server/refusal.ts";

/** Counts what anybody may try, by the address that it comes from; in memory, so each hub process counts for itself. */
export interface Attempts {
  /** Counts one more; a refusal when there were too many within the hour. */
  count(address: string): void;
}

const hourMs = 3_600_000;
const mostAddresses = 50_000;

/** Opens a counter that allows so many an hour for each address. */
export function openAttempts(mostAnHour: number, nowMs: () => number = Date.now): Attempts {
  const seen = new Map<string, { sinceMs: number; count: number }>();
  return {
    count(address) {
      const now = nowMs();
      const known = seen.get(address);
      const entry = known && now - known.sinceMs < hourMs ? known : { sinceMs: now, count: 0 };
      entry.count += 1;
      // The one that was counted last goes to the end; the oldest makes room.
      seen.delete(address);
      seen.set(address, entry);
      const [oldest] = seen.keys();
      if (seen.size > mostAddresses && oldest !== undefined) seen.delete(oldest);
      if (entry.count > mostAnHour)
        throw new Refusal(429, "Too many requests came from here.", "Wait an hour, then ask again.");
    },
  };
}
