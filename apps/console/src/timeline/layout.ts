import { criticalPath } from "@atoll/core/critical-path";
import { type Scale, scaleOf } from "./scale.ts";
import { type RunEvent, type Segment, type Step, type StepStory, storiesOf } from "./segments.ts";

/** A bar on the axis: `left` and `width` go from 0 to 1. */
interface Bar {
  left: number;
  width: number;
  is: Segment["is"] | "failed";
}

/** A step's line in the timeline. */
export interface Row {
  step: Step;
  bars: Bar[];
  /** Where it was undone, or where undoing failed. */
  undo: { at: number; failed: boolean } | undefined;
  /** From its start to its end, or to now; undefined before it starts. */
  tookMs: number | undefined;
  /** On the chain of steps that decided how long the run took. */
  decides: boolean;
}

interface Layout {
  rows: Row[];
  scale: Scale;
  /** The chain that decides, with its length and what all steps one after another would have taken. */
  path: { steps: string[]; durationMs: number; sumMs: number };
}

/** Before the events are there: the step as a whole. */
function wholeStory({ startedAt, endedAt, state }: Step, nowMs: number): StepStory {
  if (startedAt === undefined) return { segments: [] };
  const fromMs = Date.parse(startedAt);
  const toMs = endedAt === undefined ? Math.max(nowMs, fromMs) : Date.parse(endedAt);
  const is = state === "waiting" ? "waiting" : "working";
  return { segments: [{ fromMs, toMs, is }], ...(state === "failed" && { failedAtMs: toMs }) };
}

/** Lays a run's steps out in time: overlapping steps overlap, and idle stretches are left out. */
export function layoutOf(steps: readonly Step[], events: readonly RunEvent[], nowMs: number): Layout {
  const told = storiesOf(events, nowMs);
  const stories = steps.map((step) => ({ step, story: told.get(step.step) ?? wholeStory(step, nowMs) }));
  const moments = stories.flatMap(({ story }) => [
    ...story.segments,
    ...[story.undoneAtMs, story.undoFailedAtMs]
      .filter((ms) => ms !== undefined)
      .map((ms) => ({ fromMs: ms, toMs: ms })),
  ]);
  const scale = scaleOf(moments);
  const path = criticalPath(timed(stories));
  const rows = stories.map(({ step, story }): Row => {
    const undoneAtMs = story.undoFailedAtMs ?? story.undoneAtMs;
    const first = story.segments[0];
    const last = story.segments.at(-1);
    return {
      step,
      bars: story.segments.map((each) => {
        const left = scale.place(each.fromMs);
        const isFailed = each === last && story.failedAtMs !== undefined;
        return { left, width: scale.place(each.toMs) - left, is: isFailed ? "failed" : each.is };
      }),
      undo:
        undoneAtMs === undefined ? undefined : { at: scale.place(undoneAtMs), failed: step.undo === "owed" },
      tookMs:
        first && last ? story.segments.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0) : undefined,
      decides: path.steps.includes(step.step),
    };
  });
  return { rows, scale, path };
}

/** How long each step took; those that never started decide nothing. */
function timed(stories: { step: Step; story: StepStory }[]) {
  return stories.flatMap(({ step, story }) => {
    const first = story.segments[0];
    const last = story.segments.at(-1);
    if (first === undefined || last === undefined) return [];
    return [{ step: step.step, needs: step.needs, durationMs: last.toMs - first.fromMs }];
  });
}
