import { operationKinds, resourceRunKinds } from "@atoll/core/states";
import { z } from "@hono/zod-openapi";
import { time } from "./common.ts";
import { change } from "./plan.ts";
import { faultReport } from "./problem.ts";

export const runStates = [
  "queued",
  "running",
  "waiting",
  "undoing",
  "succeeded",
  "failed",
  "undone",
  "cancelled",
] as const;
export const runKinds = [...resourceRunKinds, ...operationKinds] as const;

const step = z
  .object({
    step: z.string(),
    kind: z.string(),
    name: z.string(),
    state: z.enum(["pending", "running", "waiting", "done", "failed", "skipped"]),
    did: z.string().optional(),
    needs: z.array(z.string()),
    startedAt: time.optional(),
    endedAt: time.optional(),
    waitingUntil: time.optional(),
    why: z.string().optional(),
    note: z.unknown().optional().describe("What a task of an operation noted."),
    fault: faultReport.optional(),
    undo: z.enum(["registered", "done", "kept", "owed"]).optional(),
    undoFault: faultReport.optional(),
  })
  .openapi("Step");

export const run = z
  .object({
    id: z.string(),
    instance: z.string().describe("Slug."),
    environment: z.string(),
    lacksWorker: z
      .boolean()
      .describe(
        "True for one that has not ended while no worker of its environment is there: it waits for one.",
      ),
    number: z.int(),
    kind: z.enum(runKinds),
    state: z.enum(runStates),
    by: z.string(),
    attempt: z.int(),
    fault: faultReport.optional(),
    createdAt: time,
    startedAt: time.optional(),
    endedAt: time.optional(),
    notBefore: time.optional().describe("A removal that cools off: nothing is removed before."),
    input: z.unknown().optional().describe("What an operation was asked for."),
    owed: z.array(z.object({ step: z.string(), fault: faultReport })),
  })
  .openapi("Run");

export const runWithSteps = run.extend({ steps: z.array(step) }).openapi("RunWithSteps");

const head = { seq: z.int(), runId: z.string(), at: time };
const ofStep = { ...head, step: z.string() };

/** One thing that happened in a run; also the data of a server-sent event, whose id is `seq`. */
export const runEvent = z
  .discriminatedUnion("type", [
    z.object({
      ...head,
      type: z.literal("run"),
      state: z.enum(runStates),
      kind: z.enum(runKinds),
      fault: faultReport.optional(),
    }),
    z.object({ ...ofStep, type: z.literal("step-started"), kind: z.string(), name: z.string() }),
    z.object({ ...ofStep, type: z.literal("step-waiting"), why: z.string(), retryAt: time }),
    z.object({ ...ofStep, type: z.literal("step-applying"), changes: z.array(change) }),
    z.object({ ...ofStep, type: z.literal("step-retrying"), fault: faultReport, retryAt: time }),
    z.object({
      ...ofStep,
      type: z.literal("step-done"),
      did: z.string(),
      durationMs: z.number(),
      says: z.string().optional(),
    }),
    z.object({ ...ofStep, type: z.literal("step-failed"), fault: faultReport, durationMs: z.number() }),
    z.object({
      ...ofStep,
      type: z.literal("undo-done"),
      removed: z.boolean(),
      remains: z.string().optional(),
    }),
    z.object({ ...ofStep, type: z.literal("undo-failed"), fault: faultReport }),
  ])
  .openapi("RunEvent");

export type Run = z.infer<typeof run>;
export type RunWithSteps = z.infer<typeof runWithSteps>;
