import { z } from "zod";

/** Faults that a test orders at the control endpoint. */
export const faultSchema = z.strictObject({
  provider: z.string(),
  method: z.string().toUpperCase().optional(),
  /** Part of the path, or a pattern with `*` for any run of characters. */
  path: z.string().optional(),
  kind: z.enum(["lose-answer", "reset", "500", "503", "429", "reject", "slow", "late", "stale", "stuck"]),
  /** How many calls it strikes; absent = until it is taken back. */
  times: z.number().int().positive().optional(),
  /** Matching calls that go well before it strikes. */
  after: z.number().int().nonnegative().default(0),
  /** Milliseconds: `slow` waits them before the work, `late` after it, `stale` gives a read's first answer for so long. */
  ms: z.number().nonnegative().default(5000),
  /** Strikes only this often (0 to 1), drawn from `seed`. */
  probability: z.number().min(0).max(1).default(1),
  seed: z.number().int().default(1),
});

type PlannedFault = z.infer<typeof faultSchema>;

/** What is ordered, and what of it strikes now. */
export interface Faults {
  plan(fault: PlannedFault): void;
  clear(): void;
  list(): PlannedFault[];
  /** The fault that strikes this call, if any; counts it. `stuck` is asked for by `isStuck`, not here. */
  strike(provider: string, method: string, path: string): PlannedFault | undefined;
  /** True while something of this provider is ordered never to become ready. */
  isStuck(provider: string, what: string): boolean;
}

function matches(fault: PlannedFault, provider: string, method: string, path: string): boolean {
  if (fault.provider !== provider || (fault.method !== undefined && fault.method !== method)) return false;
  if (fault.path === undefined) return true;
  if (!fault.path.includes("*")) return path.includes(fault.path);
  const pattern = fault.path.split("*").map((each) => each.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${pattern.join(".*")}$`).test(path);
}

/** A small generator with a seed (mulberry32): the same faults strike in the same order on every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Keeps the ordered faults in memory: a restarted cloud is well again. */
export function openFaults(): Faults {
  let planned: { fault: PlannedFault; seen: number; struck: number; random: () => number }[] = [];
  return {
    plan: (fault) => void planned.push({ fault, seen: 0, struck: 0, random: seeded(fault.seed) }),
    clear: () => {
      planned = [];
    },
    list: () => planned.map((each) => each.fault),
    strike(provider, method, path) {
      for (const each of planned) {
        const { fault } = each;
        if (fault.kind === "stuck" || !matches(fault, provider, method, path)) continue;
        each.seen += 1;
        if (each.seen <= fault.after || each.struck >= (fault.times ?? Number.POSITIVE_INFINITY)) continue;
        if (fault.probability < 1 && each.random() >= fault.probability) continue;
        each.struck += 1;
        return fault;
      }
      return undefined;
    },
    isStuck: (provider, what) =>
      planned.some(
        ({ fault }) =>
          fault.kind === "stuck" &&
          fault.provider === provider &&
          (fault.path === undefined || what.includes(fault.path)),
      ),
  };
}
