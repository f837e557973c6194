import type { PausePoint } from "@atoll/engine/options";
import { random } from "../support/seed.ts";

/** What is asked for with one client, in its order: each when the one before has ended. */
export interface Act {
  does: "up" | "change" | "repair" | "pause" | "resume" | "backup" | "destroy";
  /** Milliseconds after the end of the one before. */
  afterMs: number;
  /** Taken back so long after it was asked for. */
  cancelAfterMs?: number;
}

/** A fault of the local cloud, as its control endpoint takes it. */
interface CloudFault {
  provider: string;
  method?: string;
  path?: string;
  kind: "lose-answer" | "500" | "503" | "429" | "reset" | "slow" | "late" | "stale" | "reject";
  times: number;
  after: number;
  ms?: number;
}

/** What goes wrong, and when: milliseconds after the beginning. */
export type Trouble = { atMs: number } & (
  | { does: "fault"; fault: CloudFault }
  /** Never becomes ready, for so long. */
  | { does: "stuck"; provider: "supabase" | "github" | "vercel"; client: number; forMs: number }
  | { does: "kill"; place: number }
  | { does: "die-at" | "freeze-at"; place: number; point: PausePoint; after: number; forMs: number }
  /** Longer than a lease. */
  | { does: "freeze"; place: number; forMs: number }
  | { does: "postgres"; downMs: number }
  /** A worker whose clock is wrong by so much follows, if the one that is there has another clock. */
  | { does: "clock"; place: number; shiftMs: number }
  /** Somebody sets the clock forward while it runs. */
  | { does: "clock-jump"; place: number; byMs: number }
);

/** Everything that happens, made wholly of one seed. */
export interface Schedule {
  seed: number;
  /** What happens to each client. */
  clients: readonly (readonly Act[])[];
  /** When a newer schema comes out and is rolled out over all clients. */
  rolloutAtMs: number | undefined;
  troubles: readonly Trouble[];
  /** By how much the clock of each worker is wrong. */
  shiftsMs: readonly number[];
}

/** Workers at once. */
export const workers = 2;

const points: readonly PausePoint[] = [
  "intent-committed",
  "applied-not-recorded",
  "recorded",
  "step-done-not-published",
  "undo-registered",
  "removed-not-recorded",
  "removal-recorded",
  "run-ending",
];
/** Where it matters most that somebody stands still: just before a write. */
const freezingPoints: readonly PausePoint[] = [
  "intent-committed",
  "intent-committed",
  "applied-not-recorded",
  "step-done-not-published",
  "removed-not-recorded",
];
const providers = ["supabase", "supabase", "github", "vercel", "n8n", "gitea", "resend"];
const kinds: readonly CloudFault["kind"][] = [
  "lose-answer",
  "lose-answer",
  "500",
  "503",
  "429",
  "reset",
  "slow",
  "late",
  "stale",
];
/** Where providers answer with lists of things. */
const lists: Record<string, readonly string[]> = {
  supabase: ["*/organizations/*/projects", "*/admin/users"],
  github: ["*/contents/*", "*/branches/*"],
  vercel: ["*/env", "*/deployments"],
  n8n: ["*/workflows", "*/tags"],
  gitea: ["*/contents/*"],
};

/** The schedule that a seed decides. */
export function scheduleOf(seed: number): Schedule {
  const draw = random(seed);
  const whole = (from: number, to: number) => from + Math.floor(draw() * (to - from + 1));
  const one = <T>(list: readonly T[]): T => list[whole(0, list.length - 1)] as T; // no list is empty
  const isSo = (chance: number) => draw() < chance;

  function actsOf(): Act[] {
    const acts: Act[] = [{ does: "up", afterMs: whole(0, 300) }];
    let isPaused = false;
    for (let more = whole(0, 3); more > 0; more--) {
      const does = isPaused
        ? one(["resume", "resume", "destroy"] as const)
        : one(["change", "repair", "pause", "pause", "change", "backup", "destroy"] as const);
      // A backup is restored for a trial: the dearest act of all, and rarely wanted here.
      acts.push({ does: does === "backup" && isSo(0.6) ? "change" : does, afterMs: whole(0, 200) });
      if (does === "pause") isPaused = true;
      if (does === "resume") isPaused = false;
      if (does === "destroy") break;
    }
    return acts.map((act) => (isSo(0.04) ? { ...act, cancelAfterMs: whole(0, 800) } : act));
  }

  function faultOf(): CloudFault {
    const provider = one(providers);
    const kind = isSo(0.03) ? "reject" : one(kinds);
    const path = kind === "stale" ? lists[provider] : undefined;
    return {
      provider,
      kind,
      times: kind === "stale" ? whole(2, 12) : whole(1, 3),
      after: whole(0, 6),
      ...(path && { path: one(path) }),
      ...(kind !== "stale" &&
        isSo(0.7) && { method: one(["POST", "POST", "GET", "PUT", "PATCH", "DELETE"]) }),
      ...(kind === "slow" && { ms: isSo(0.5) ? whole(100, 900) : whole(1_250, 1_400) }),
      ...(kind === "late" && { ms: whole(1_250, 1_600) }),
      ...(kind === "stale" && { ms: whole(100, 900) }),
    };
  }

  function troubleOf(clients: number): Trouble {
    const atMs = whole(0, 2_500);
    const place = whole(0, workers - 1);
    const what = draw() * 20;
    if (what < 12) return { atMs, does: "fault", fault: faultOf() };
    if (what < 13.5) {
      const provider = one(["supabase", "supabase", "github", "vercel"] as const);
      return {
        atMs: whole(0, 800),
        does: "stuck",
        provider,
        client: whole(0, clients - 1),
        forMs: whole(300, 2_000),
      };
    }
    if (what < 15) return { atMs, does: "kill", place };
    // Ordered early: a point that is passed twice by a client is passed by few workers eight times.
    const order = { atMs: whole(0, 1_200), place, after: whole(0, 4) };
    if (what < 17) return { ...order, does: "die-at", point: one(points), forMs: 0 };
    if (what < 17.8) return { atMs, does: "freeze", place, forMs: whole(2_800, 3_500) };
    if (what < 18.8)
      return { ...order, does: "freeze-at", point: one(freezingPoints), forMs: whole(2_800, 3_500) };
    if (what < 19.4) return { atMs, does: "postgres", downMs: whole(0, 400) };
    return { atMs, does: "clock-jump", place, byMs: whole(60_000, 600_000) };
  }

  const clients = Array.from({ length: whole(2, 4) }, actsOf);
  // Of eight seeds each: a worker with another clock is another process, and to start one costs more than a schedule.
  const drawClock = random(seed >> 3);
  const shiftsMs = Array.from({ length: workers }, () =>
    drawClock() < 0.4 ? 0 : Math.floor((drawClock() - 0.5) * 1_200_000),
  );
  const rolloutAtMs = isSo(0.3) ? whole(500, 3_000) : undefined;
  const troubles = Array.from({ length: whole(1, 6) }, () => troubleOf(clients.length));
  return { seed, clients, rolloutAtMs, troubles: troubles.toSorted((a, b) => a.atMs - b.atMs), shiftsMs };
}

/** Whether something in it may make a run end otherwise than well. */
export const mayFail = ({ clients, troubles }: Schedule): boolean =>
  clients.flat().some(({ cancelAfterMs }) => cancelAfterMs !== undefined) ||
  troubles.some((each) => each.does === "fault" && each.fault.kind === "reject");

/** How many acts and troubles it has. */
export const sizeOf = ({ clients, troubles, rolloutAtMs, shiftsMs }: Schedule): number =>
  clients.flat().length +
  troubles.length +
  (rolloutAtMs === undefined ? 0 : 1) +
  shiftsMs.filter(Boolean).length;
