import { z } from "@hono/zod-openapi";
import { route } from "../define.ts";
import { locale, publicRequest } from "../schemas/request.ts";
import { runEvent } from "../schemas/run.ts";
import { blueprint, hubInfo } from "../schemas/settings.ts";

const token = z.object({ token: z.string().min(1).max(2000) });
const tag = "Public";

/** What anybody may call: the form, the asker's own page, the first owner's link. */
export const publicRoutes = {
  hub: route({
    method: "get",
    path: "/api/hub",
    access: "public",
    tag,
    summary: "What this hub is",
    answer: hubInfo,
  }),
  listBlueprints: route({
    method: "get",
    path: "/api/blueprints",
    access: "public",
    tag,
    summary: "Blueprints that can be asked for, with their questions",
    query: z.object({
      environment: z.string().max(60).optional().describe("In this one; without it in the default one."),
    }),
    answer: z.object({ items: z.array(blueprint) }),
  }),
  submitRequest: route({
    method: "post",
    path: "/api/public/requests",
    access: "public",
    tag,
    summary: "Ask for an instance",
    body: z.object({
      blueprint: z.string().max(60),
      locale,
      answers: z.record(z.string().max(60), z.unknown()),
      language: locale.optional().describe("Of the page that was filled in; default: `locale`."),
      /** Left empty by people: a field that only programs fill in. */
      website: z.string().max(500).optional(),
    }),
    answer: z.object({
      statusUrl: z
        .string()
        .optional()
        .describe(
          "Where the asker follows it. Absent where the same was asked for before: its mail has the link.",
        ),
      confirm: z.boolean().describe("True = a mail was sent whose link has to be opened first."),
    }),
    status: 202,
  }),
  confirmRequest: route({
    method: "post",
    path: "/api/public/requests/confirm",
    access: "public",
    tag,
    summary: "Confirm the address with the mail's token",
    body: token,
    answer: publicRequest.extend({ statusUrl: z.string().describe("Where the asker follows it.") }),
  }),
  showPublicRequest: route({
    method: "get",
    path: "/api/public/request",
    access: "public",
    tag,
    summary: "How one's own request stands",
    query: token,
    answer: publicRequest,
  }),
  followPublicRequest: route({
    method: "get",
    path: "/api/public/request/events",
    access: "public",
    tag,
    summary: "The same, live",
    query: token,
    answer: runEvent,
    stream: true,
  }),
  acceptInvitation: route({
    method: "post",
    path: "/api/public/invitations/accept",
    access: "public",
    tag,
    summary: "Become a member or the first owner, or choose a new password, with a one-time link's token",
    body: z.object({
      token: z.string().min(1).max(2000),
      name: z.string().trim().min(1).max(120).optional().describe("Needed by whoever is new."),
      email: z.email().max(320).optional().describe("Needed by the first owner only."),
      password: z.string().min(12).max(200),
    }),
    answer: z.object({ email: z.string() }),
    status: 201,
  }),
} as const;
