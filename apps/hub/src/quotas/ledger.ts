import { type Account, newAccount } from "./account.ts";
import { type Ask, type Decision, decide } from "./decide.ts";

/** Where accounts stand. `ask` decides on the newest state and keeps what follows; it throws where that cannot be had. */
export interface Ledger {
  ask(account: string, ask: Ask): Promise<Decision & { nowMs: number }>;
  /** The shared clock, in milliseconds since 1970. */
  now(): number;
}

/** Beyond so many, those of which nothing is used any more are forgotten. */
const most = 5_000;

/** Accounts of this process alone, or of a simulation with a clock of its own. */
export function memoryLedger(now: () => number): Ledger {
  const accounts = new Map<string, Account>();
  return {
    now,
    async ask(name, ask) {
      const nowMs = now();
      const decision = decide(accounts.get(name) ?? newAccount(), ask, nowMs);
      if (accounts.size > most)
        for (const [old, { buckets }] of accounts)
          if (Object.values(buckets).every(({ spent }) => (spent.at(-1)?.[0] ?? 0) <= nowMs))
            accounts.delete(old);
      accounts.set(name, decision.account);
      return { ...decision, nowMs };
    },
  };
}
