import { fork } from "node:child_process";
import { atEnd } from "../kit/ending.ts";

/** What one round of provisionings cost. */
export interface RoundFigures {
  size: number;
  workers: number;
  /** How many instances stand in each state at the end. */
  states: Record<string, number>;
  /** From the first approval to the last end. */
  wallMs: number;
  /** Until all approvals were answered. */
  approvedMs: number;
  hub: { cpuMs: number; peakMiB: number };
  crew: { cpuMs: number; peakMiB: number }[];
  databaseCpuMs: number;
  cloudCpuMs: number;
  /** The most connections at once to the hub's database, by their application's name. */
  connections: Record<string, number>;
  /** The same, of all together. */
  queriesInside: number;
  /** What the journal grew by, with indexes. */
  bytes: { atoll: number; dbos: number };
  /** Calls that arrived at the local cloud, and how many of them it refused or cut. */
  calls: number;
  refusals: number;
  longestRunMs: number;
  /** Why runs failed, and how many. */
  faults: Record<string, number>;
  /** The same calls by a bare script without a journal, of one instance. */
  floor: { cpuMs: number; wallMs: number; calls: number };
}

/** Does one round in a process of its own, so that nothing is left of it. */
export async function roundOf(size: number, workers: number): Promise<RoundFigures> {
  const child = fork(new URL("./provision.ts", import.meta.url), [String(size), String(workers)], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  atEnd(async () => {
    child.kill("SIGTERM");
    await exited;
  });
  const told = new Promise<RoundFigures>((resolve, reject) => {
    child.once("message", (figures) => resolve(figures as RoundFigures)); // as `provision.ts` tells them
    void exited.then((code) => reject(new Error(`A round of ${size} ended with ${code}.`)));
  });
  const figures = await told;
  await exited;
  return figures;
}

/** CPU time of the hub's own processes and its database for one instance, in milliseconds. */
export const cpuMsEach = ({ size, hub, crew, databaseCpuMs }: RoundFigures): number =>
  (hub.cpuMs + crew.reduce((sum, each) => sum + each.cpuMs, 0) + databaseCpuMs) / size;
