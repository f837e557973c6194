import { z } from "@hono/zod-openapi";
import { route } from "../define.ts";
import { listOf, pageOf, pageQuery } from "../schemas/common.ts";
import { proof } from "../schemas/proof.ts";
import { run, runEvent, runKinds, runStates, runWithSteps } from "../schemas/run.ts";

const tag = "Runs";
const params = z.object({ id: z.string().max(80) });

/** Runs: what is going on, live, and how to go on after a failure. */
export const runRoutes = {
  listRuns: route({
    method: "get",
    path: "/api/runs",
    access: "viewer",
    tag,
    summary: "Runs, newest first",
    query: pageQuery.extend({
      state: listOf(runStates),
      kind: listOf(runKinds),
      environment: z.string().max(60).optional(),
    }),
    answer: pageOf(run),
  }),
  showRun: route({
    method: "get",
    path: "/api/runs/:id",
    access: "viewer",
    tag,
    summary: "One run with its steps",
    params,
    answer: runWithSteps,
  }),
  followRun: route({
    method: "get",
    path: "/api/runs/:id/events",
    access: "viewer",
    tag,
    summary: "Its events, live; goes on after `Last-Event-ID`",
    params,
    answer: runEvent,
    stream: true,
  }),
  showProof: route({
    method: "get",
    path: "/api/runs/:id/proof",
    access: "viewer",
    tag,
    summary: "What a removal or an archiving saw gone, and what stays",
    params,
    answer: proof,
  }),
  cancelRun: route({
    method: "post",
    path: "/api/runs/:id/cancel",
    access: "operator",
    tag,
    summary: "Cancel",
    params,
    answer: run,
  }),
  retryRun: route({
    method: "post",
    path: "/api/runs/:id/retry",
    access: "operator",
    tag,
    summary: "Go on from where it stopped",
    params,
    answer: run,
  }),
  retryUndo: route({
    method: "post",
    path: "/api/runs/:id/retry-undo",
    access: "operator",
    tag,
    summary: "Try compensations that are owed once more",
    params,
    answer: run,
  }),
} as const;
