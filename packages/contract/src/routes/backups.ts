import { z } from "@hono/zod-openapi";
import { route } from "../define.ts";
import { backup, backupPage, backupStates, instanceBackups, restoreAs } from "../schemas/backups.ts";
import { listOf, pageQuery } from "../schemas/common.ts";

const tag = "Backups";
const bySlug = z.object({ slug: z.string().max(60) });
const byId = z.object({ id: z.string().max(80) });

/** Backups: what there is, whether it is whole, and a new instance made of one. Making and restoring are runs. */
export const backupRoutes = {
  listBackups: route({
    method: "get",
    path: "/api/backups",
    access: "viewer",
    tag,
    summary: "Backups of the whole fleet, newest first",
    query: pageQuery.extend({ state: listOf(backupStates), slug: z.string().max(60).optional() }),
    answer: backupPage,
  }),
  showBackups: route({
    method: "get",
    path: "/api/instances/:slug/backups",
    access: "viewer",
    tag,
    summary: "All backups of one instance: ours, and its provider's",
    params: bySlug,
    answer: instanceBackups,
  }),
  checkBackup: route({
    method: "post",
    path: "/api/backups/:id/check",
    access: "operator",
    tag,
    summary: "Read every part now, and write down whether it is whole",
    params: byId,
    body: z.object({}),
    answer: backup,
  }),
  removeBackup: route({
    method: "post",
    path: "/api/backups/:id/remove",
    access: "owner",
    tag,
    summary:
      "Remove a backup for good, as when a client asks for erasure; asked again, its files are looked for again",
    params: byId,
    body: z.object({
      confirm: z.string().max(60).describe("Slug of the instance that it is of."),
      force: z.boolean().optional().describe("Even if it is the last one that was restored for a trial."),
    }),
    answer: backup,
  }),
  restoreAs: route({
    method: "post",
    path: "/api/backups/:id/restore-as",
    access: "operator",
    tag,
    summary: "Make a new instance, and restore the backup into it",
    params: byId,
    body: z.object({
      slug: z.string().min(1).max(60),
      answers: z
        .record(z.string(), z.unknown())
        .optional()
        .describe("Those that differ from the old instance's."),
      environment: z.string().max(60).optional().describe("Default: where the old instance is."),
    }),
    answer: restoreAs,
    status: 202,
  }),
  listRestores: route({
    method: "get",
    path: "/api/restores",
    access: "viewer",
    tag,
    summary: "Restores as a new instance, newest first; the last hundred",
    answer: z.object({ items: z.array(restoreAs) }),
  }),
} as const;
