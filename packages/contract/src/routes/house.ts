import { z } from "@hono/zod-openapi";
import { route } from "../define.ts";
import { apiKey, invitation, me, member, role } from "../schemas/account.ts";
import { auditCheck, auditRow } from "../schemas/audit.ts";
import { pageOf, pageQuery } from "../schemas/common.ts";
import { finding, settings } from "../schemas/settings.ts";

const id = z.object({ id: z.string().max(80) });
const tag = "House";

/** The hub itself: people, keys, settings, audit. */
export const houseRoutes = {
  showMe: route({
    method: "get",
    path: "/api/me",
    access: "viewer",
    tag,
    summary: "Who is asking",
    answer: me,
  }),
  listMembers: route({
    method: "get",
    path: "/api/team",
    access: "viewer",
    tag,
    summary: "People",
    answer: z.object({ items: z.array(member) }),
  }),
  changeRole: route({
    method: "patch",
    path: "/api/team/:id",
    access: "owner",
    tag,
    summary: "Give another role",
    params: id,
    body: z.object({ role }),
    answer: member,
  }),
  removeMember: route({
    method: "delete",
    path: "/api/team/:id",
    access: "owner",
    tag,
    summary: "Take somebody's access away",
    params: id,
  }),
  listInvitations: route({
    method: "get",
    path: "/api/invitations",
    access: "viewer",
    tag,
    summary: "Open invitations",
    answer: z.object({ items: z.array(invitation) }),
  }),
  invite: route({
    method: "post",
    path: "/api/invitations",
    access: "owner",
    tag,
    summary: "Invite somebody by mail",
    body: z.object({ email: z.email().max(320), role }),
    answer: invitation,
    status: 201,
  }),
  revokeInvitation: route({
    method: "delete",
    path: "/api/invitations/:id",
    access: "owner",
    tag,
    summary: "Take an invitation back",
    params: id,
  }),
  listKeys: route({
    method: "get",
    path: "/api/keys",
    access: "owner",
    tag,
    summary: "API keys",
    answer: z.object({ items: z.array(apiKey) }),
  }),
  createKey: route({
    method: "post",
    path: "/api/keys",
    access: "owner",
    tag,
    summary: "Make an API key; its value is shown this once",
    body: z.object({
      name: z.string().trim().min(1).max(120),
      role,
      expiresInDays: z.int().min(1).max(3650).optional(),
    }),
    answer: z.object({ key: z.string(), info: apiKey }),
    status: 201,
    holdsSecret: true,
  }),
  revokeKey: route({
    method: "delete",
    path: "/api/keys/:id",
    access: "owner",
    tag,
    summary: "Revoke an API key",
    params: id,
  }),
  showSettings: route({
    method: "get",
    path: "/api/settings",
    access: "viewer",
    tag,
    summary: "Settings",
    answer: settings,
    etag: true,
  }),
  changeSettings: route({
    method: "put",
    path: "/api/settings",
    access: "owner",
    tag,
    summary: "Change settings; needs `If-Match`",
    body: settings,
    answer: settings,
    etag: true,
  }),
  runDoctor: route({
    method: "get",
    path: "/api/doctor",
    access: "operator",
    tag,
    summary: "Check every provider account, read-only",
    answer: z.object({ items: z.array(finding) }),
  }),
  listAudit: route({
    method: "get",
    path: "/api/audit",
    access: "viewer",
    tag,
    summary: "Who did what, newest first",
    query: pageQuery.extend({
      subject: z.string().max(200).optional(),
      actor: z.string().max(320).optional(),
    }),
    answer: pageOf(auditRow),
  }),
  verifyAudit: route({
    method: "get",
    path: "/api/audit/verify",
    access: "viewer",
    tag,
    summary: "Is the chain whole?",
    answer: auditCheck,
  }),
} as const;
