import { z } from "@hono/zod-openapi";
import { route } from "../define.ts";
import { hosts, resolved } from "../schemas/resolve.ts";

const tag = "Hosts";
const params = z.object({ slug: z.string().max(63) });
const hostParams = params.extend({ host: z.string().max(300) });

/** Hosts that lead to an instance, and what visitors find there. */
export const hostRoutes = {
  listHosts: route({
    method: "get",
    path: "/api/instances/:slug/hosts",
    access: "viewer",
    tag,
    summary: "Hosts of an instance, and what a resolver answers for it",
    params,
    answer: hosts,
  }),
  addHost: route({
    method: "put",
    path: "/api/instances/:slug/hosts/:host",
    access: "owner",
    tag,
    summary: "Have a host lead to an instance; an owner vouches for it",
    params: hostParams,
    answer: hosts,
  }),
  removeHost: route({
    method: "delete",
    path: "/api/instances/:slug/hosts/:host",
    access: "owner",
    tag,
    summary: "Have a host lead nowhere",
    params: hostParams,
    answer: hosts,
  }),
} as const;

/**
 * What a resolver answers. It stands beside the others, since nobody is asked who they are, and nothing is checked but
 * the host: answers are made beforehand.
 */
export const resolveRoute = route({
  method: "get",
  path: "/resolve",
  access: "public",
  tag: "Resolver",
  summary:
    "The public configuration of the instance at a host: 503 while it is paused, 410 when it was archived, 404 for all else",
  query: z.object({
    host: z.string().max(300).optional().describe("Default: the host that was asked."),
    instance: z.string().max(63).optional().describe("A subdomain; heard in development only."),
  }),
  answer: resolved,
  etag: true,
});
