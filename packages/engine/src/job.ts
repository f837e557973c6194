/** What comes after a part of a job. */
export type Next = { is: "again"; inMs: number } | { is: "over" };

/** What a part of a job works with. */
export interface JobTools {
  /** The worker that does it. */
  executorId: string;
  /** Which attempt this is: one that was followed by another does nothing more. */
  attempt: number;
  /** Never returns once this worker is being closed, or its lease has run out: call it before a piece is begun. */
  mayBegin(): Promise<void>;
  /** Never returns once this worker's lease has run out: call it before anything is written. */
  stillOurs(): Promise<void>;
  /**
   * Does `work` while no run is inside this step of the instance; undefined when one is. What it touches has to have a
   * guard of its own: the claim does not wait for the disk, so a crash of Postgres may lose it.
   */
  alone<T>(instanceId: string, step: string, work: () => Promise<T>): Promise<T | undefined>;
  /** Waits are divided by it. */
  timeScale: number;
}

/** Durable work beside runs: it is done in parts, and whoever takes over from a dead worker begins its part anew. */
export interface Job {
  /** Stored, so it never changes. */
  name: string;
  /**
   * One part, seconds at most. It runs at least once: what it does has to look before it acts. An error is taken as
   * passing, and the part is done again.
   */
  part(id: string, tools: JobTools): Promise<Next>;
}
