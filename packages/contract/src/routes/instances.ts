import { operationKinds } from "@atoll/core/states";
import { z } from "@hono/zod-openapi";
import { route } from "../define.ts";
import { listOf, pageOf, pageQuery } from "../schemas/common.ts";
import { health, healths, instance, instanceDetails, instanceStates, resource } from "../schemas/instance.ts";
import { plan, planItem } from "../schemas/plan.ts";
import { run, runKinds } from "../schemas/run.ts";
import { vaultEntry } from "../schemas/vault.ts";

const tag = "Instances";
const params = z.object({ slug: z.string().max(60) });

const newInstance = z.object({
  blueprint: z.string().max(60),
  answers: z.record(z.string().max(60), z.unknown()),
  environment: z
    .string()
    .max(60)
    .optional()
    .describe("The provider accounts that it is made with; without it the default's."),
});

const operationInput = z
  .record(z.string().max(60), z.unknown())
  .optional()
  .describe("What an operation is asked for: docs/operations.md has it by kind.");

/** Instances: what there is, how it is, and what to do with it. */
export const instanceRoutes = {
  listInstances: route({
    method: "get",
    path: "/api/instances",
    access: "viewer",
    tag,
    summary: "Instances by slug",
    query: pageQuery.extend({
      state: listOf(instanceStates),
      blueprint: z.string().max(60).optional(),
      environment: z.string().max(60).optional(),
      health: listOf(healths),
      version: z.coerce.number().int().min(0).max(1_000_000).optional().describe("Version of the schema."),
      search: z.string().max(200).optional(),
    }),
    answer: pageOf(instance),
  }),
  showInstance: route({
    method: "get",
    path: "/api/instances/:slug",
    access: "viewer",
    tag,
    summary: "One instance",
    params,
    answer: instanceDetails,
    etag: true,
  }),
  planInstance: route({
    method: "get",
    path: "/api/instances/:slug/plan",
    access: "viewer",
    tag,
    summary: "What a run would do",
    params,
    answer: plan,
  }),
  planChange: route({
    method: "post",
    path: "/api/instances/:slug/plan",
    access: "operator",
    tag,
    summary: "What a run with some answers changed would do; writes nothing",
    params,
    body: z.object({
      answers: z.record(z.string().max(60), z.unknown()).describe("As in `startRun`."),
    }),
    answer: plan,
  }),
  checkDrift: route({
    method: "get",
    path: "/api/instances/:slug/drift",
    access: "viewer",
    tag,
    summary: "What was changed behind our back",
    params,
    answer: z.object({
      items: z.array(planItem),
      vault: z.array(vaultEntry).describe("Keys whose two sides differ. A repair leaves them alone."),
    }),
  }),
  checkHealth: route({
    method: "get",
    path: "/api/instances/:slug/health",
    access: "viewer",
    tag,
    summary: "Does everything answer?",
    params,
    answer: health,
  }),
  listResources: route({
    method: "get",
    path: "/api/instances/:slug/resources",
    access: "viewer",
    tag,
    summary: "Its things at the providers",
    params,
    answer: z.object({ items: z.array(resource) }),
  }),
  listInstanceRuns: route({
    method: "get",
    path: "/api/instances/:slug/runs",
    access: "viewer",
    tag,
    summary: "Its runs, newest first",
    params,
    answer: z.object({ items: z.array(run) }),
  }),
  startRun: route({
    method: "post",
    path: "/api/instances/:slug/runs",
    access: "operator",
    tag,
    summary: "Start a run, or join the one that is under way",
    params,
    body: z.object({
      kind: z.enum(runKinds),
      answers: z
        .record(z.string().max(60), z.unknown())
        .optional()
        .describe("Answers that change; null takes one away, the others stay as they were last accepted."),
      input: operationInput,
      confirm: z
        .string()
        .max(60)
        .optional()
        .describe("The slug once more, for `destroy`, `archive` and `restore`."),
      now: z
        .boolean()
        .optional()
        .describe("A `destroy` without cooling off; for owners, and it stands in the audit log."),
    }),
    answer: run,
    status: 202,
  }),
  planRun: route({
    method: "post",
    path: "/api/instances/:slug/runs/plan",
    access: "operator",
    tag,
    summary: "What an operation would do; writes nothing",
    params,
    body: z.object({ kind: z.enum(operationKinds), input: operationInput }),
    answer: z.object({ items: z.array(planItem) }),
  }),
  createInstance: route({
    method: "post",
    path: "/api/instances",
    access: "operator",
    tag,
    summary: "Provision an instance without a request",
    body: newInstance,
    answer: run,
    status: 202,
  }),
  planNewInstance: route({
    method: "post",
    path: "/api/plans",
    access: "viewer",
    tag,
    summary: "What provisioning these answers would do",
    body: newInstance,
    answer: plan,
  }),
  checkAnswers: route({
    method: "post",
    path: "/api/answers/check",
    access: "operator",
    tag,
    summary: "What is wrong with answers for a new instance; makes nothing",
    body: newInstance.extend({
      about: z
        .string()
        .max(60)
        .optional()
        .describe("Only what concerns this field: for answers that are still being typed."),
    }),
    answer: z.object({ problems: z.array(z.object({ field: z.string(), what: z.string() })) }),
  }),
  revealSecret: route({
    method: "post",
    path: "/api/instances/:slug/secrets/:name/reveal",
    access: "owner",
    tag,
    summary: "A secret's value, once; the audit log says who looked",
    params: params.extend({ name: z.string().max(120) }),
    answer: z.object({ value: z.string() }),
    holdsSecret: true,
  }),
} as const;
