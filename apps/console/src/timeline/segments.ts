import type { Answer } from "@atoll/contract/types";
import { ended } from "@atoll/core/states";

/** One thing that happened in a run. */
export type RunEvent = Answer<"followRun">;
/** A step as the hub shows it. */
export type Step = Answer<"showRun">["steps"][number];

/** A stretch of time in which a step did one thing; times are milliseconds since 1970. */
export interface Segment {
  fromMs: number;
  toMs: number;
  is: "working" | "waiting" | "retrying";
}

/** What happened to one step, as far as its events tell. */
export interface StepStory {
  segments: Segment[];
  /** Ended badly, at this moment. */
  failedAtMs?: number;
  undoneAtMs?: number;
  undoFailedAtMs?: number;
}

interface Open {
  fromMs: number;
  is: Segment["is"];
}

const opens = {
  "step-started": "working",
  "step-waiting": "waiting",
  "step-applying": "working",
  "step-retrying": "retrying",
} as const;

/** Each step's stretches of work, waiting and retrying. What is not over yet lasts until `nowMs`. */
export function storiesOf(events: readonly RunEvent[], nowMs: number): Map<string, StepStory> {
  const stories = new Map<string, StepStory>();
  const open = new Map<string, Open>();
  const storyOf = (step: string) => {
    const story = stories.get(step) ?? { segments: [] };
    stories.set(step, story);
    return story;
  };
  const close = (step: string, atMs: number) => {
    const was = open.get(step);
    open.delete(step);
    if (was === undefined) return;
    const { segments } = storyOf(step);
    const last = segments.at(-1);
    // Looks at the same thing one after another are one wait.
    if (last?.is === was.is && last.toMs === was.fromMs) last.toMs = atMs;
    else segments.push({ ...was, toMs: Math.max(atMs, was.fromMs) });
  };
  for (const event of events) {
    const atMs = Date.parse(event.at);
    if (event.type === "run") {
      // After a crash or a cancel a step may never say that it ended.
      if (ended.includes(event.state) || event.state === "queued")
        for (const step of [...open.keys()]) close(step, atMs);
      continue;
    }
    const { step, type } = event;
    const story = storyOf(step);
    if (type === "undo-done") story.undoneAtMs = atMs;
    else if (type === "undo-failed") story.undoFailedAtMs = atMs;
    else {
      close(step, atMs);
      if (type === "step-failed") story.failedAtMs = atMs;
      else if (type === "step-started") delete story.failedAtMs;
      if (type !== "step-done" && type !== "step-failed") open.set(step, { fromMs: atMs, is: opens[type] });
    }
  }
  for (const step of [...open.keys()]) close(step, Math.max(nowMs, open.get(step)?.fromMs ?? nowMs));
  return stories;
}
