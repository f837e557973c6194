import { z } from "@hono/zod-openapi";
import { route } from "../define.ts";
import { pageOf, pageQuery } from "../schemas/common.ts";
import {
  templatePlans,
  templateTargets,
  templateUpdate,
  templateUpdateInput,
  templateWhich,
} from "../schemas/deployments.ts";
import { targetStates } from "../schemas/fleet.ts";

const tag = "Template";
const params = z.object({ id: z.string().max(60) });

/** What one person's word does to an update that is under way. */
const word = <Name extends string>(name: Name, summary: string) =>
  route({
    method: "post",
    path: `/api/template-updates/:id/${name}`,
    access: "operator",
    tag,
    summary,
    params,
    answer: templateUpdate,
  });

/** Newer versions of the template, brought into clients' repositories as pull requests, wave by wave. */
export const templateRoutes = {
  planTemplateUpdate: route({
    method: "post",
    path: "/api/template-updates/plan",
    access: "operator",
    tag,
    summary: "What the template's newest version means for each repository; writes nothing",
    body: templateWhich,
    answer: templatePlans,
  }),
  listTemplateUpdates: route({
    method: "get",
    path: "/api/template-updates",
    access: "viewer",
    tag,
    summary: "Updates of the template, newest first",
    query: pageQuery,
    answer: pageOf(templateUpdate),
  }),
  startTemplateUpdate: route({
    method: "post",
    path: "/api/template-updates",
    access: "operator",
    tag,
    summary: "Bring the template's newest version to instances, wave by wave",
    body: templateUpdateInput,
    answer: templateUpdate,
    status: 202,
  }),
  showTemplateUpdate: route({
    method: "get",
    path: "/api/template-updates/:id",
    access: "viewer",
    tag,
    summary: "An update and its waves",
    params,
    answer: templateUpdate,
  }),
  listTemplateTargets: route({
    method: "get",
    path: "/api/template-updates/:id/targets",
    access: "viewer",
    tag,
    summary: "Its instances, with their pull requests",
    params,
    query: pageQuery.extend({ state: z.enum(targetStates).optional() }),
    answer: templateTargets,
  }),
  pauseTemplateUpdate: word("pause", "Begin nothing further until it is resumed"),
  resumeTemplateUpdate: word("resume", "Go on; what failed is tried again"),
  approveTemplateUpdate: word("approve", "Let the next wave begin"),
  stopTemplateUpdate: word("stop", "End it here; pull requests stay as they are"),
} as const;
