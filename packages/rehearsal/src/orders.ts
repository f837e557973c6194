import { existsSync, mkdirSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { PausePoint } from "@atoll/engine/options";

/** A moment in a run: between two facts, of one step or, where `step` is empty, of the run itself. */
export interface Moment {
  point: PausePoint;
  step: string;
}

const fileOf = (folder: string, runId: string, { point, step }: Moment) =>
  path.join(folder, "deaths", encodeURIComponent(`${runId} ${point} ${step}`));

/** Orders for workers in other processes, one file each: whoever takes a file away does what it says, once. */
export function openOrders(folder: string) {
  mkdirSync(path.join(folder, "deaths"), { recursive: true });
  mkdirSync(path.join(folder, "failing"), { recursive: true });
  return {
    /** A worker that comes to this moment of this run dies there. */
    orderDeath: (runId: string, moment: Moment) => writeFileSync(fileOf(folder, runId, moment), ""),
    /** True once for each death that was ordered. */
    takeDeath(runId: string, moment: Moment): boolean {
      try {
        unlinkSync(fileOf(folder, runId, moment));
        return true;
      } catch {
        return false;
      }
    },
    /** Takes back the deaths that never came, and says of which runs they were. */
    takeBack(): Set<string> {
      const left = readdirSync(path.join(folder, "deaths"));
      for (const each of left) unlinkSync(path.join(folder, "deaths", each));
      return new Set(left.map((each) => decodeURIComponent(each).split(" ")[0] ?? ""));
    },
    /** This instance fails at this step. */
    orderFailure: (instance: string, step: string) =>
      writeFileSync(path.join(folder, "failing", instance), step),
    isFailing(instance: string, step: string): boolean {
      const file = path.join(folder, "failing", instance);
      return /^[a-z0-9]+$/.test(instance) && existsSync(file) && readFileSync(file, "utf8") === step;
    },
  };
}
