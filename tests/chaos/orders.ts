import type { PausePoint } from "@atoll/engine/options";
import type { LocalCloud } from "@atoll/hub/settings";

/** Guards that a worker can be started without, to see that the check which stands behind each cries. */
export const guards = ["find-by-name", "fence", "removal", "secrecy"] as const;

export type Guard = (typeof guards)[number];

interface Lease {
  beatMs: number;
  ttlMs: number;
}

/** What a worker of chaos is told when it begins. */
export interface Begin {
  begin: {
    hub: string;
    cloud: LocalCloud;
    /** Folder in which it notes its writes, and finds what schema is out. */
    home: string;
    lease: Lease;
    timeScale: number;
    without: Guard | undefined;
  };
}

/** An order to a running worker: die or freeze by its own hand when it has passed `at` so many times. */
export interface AtPoint {
  at: PausePoint;
  after: number;
  does: "die" | "freeze";
}

/** A write to a provider, as the worker that sends it notes it beforehand: one line of its file. */
export interface Write {
  executor: string;
  /** Milliseconds since 1970 by the machine's true clock. */
  atMs: number;
  method: string;
  path: string;
}

/**
 * Leases of chaos, and how many times faster its waits pass: a grace of 1.5 s, a deadline of 30 s. With leases of 1.5 s workers
 * of a machine with a load of 18 on two cores took over from one another until somebody stopped them.
 */
export const pace: { lease: Lease; timeScale: number } = {
  lease: { beatMs: 250, ttlMs: 2_500 },
  timeScale: 20,
};

/** Seals the secrets of the clients of chaos. */
export const key = new Uint8Array(32).fill(23);
