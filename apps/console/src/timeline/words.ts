import type { Step } from "./segments.ts";

const undoWords = { done: "undone", kept: "kept, not ours to remove", owed: "could not be undone" } as const;

/** A step's state as a sentence has it: "done, undone". */
export function stateWords({ state, undo }: Pick<Step, "state" | "undo">): string {
  return undo === undefined || undo === "registered" ? state : `${state}, ${undoWords[undo]}`;
}
