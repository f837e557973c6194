import { z } from "@hono/zod-openapi";
import { time } from "./common.ts";

/** What is in an export: everything, or what a client may take along. */
export const exportForms = ["archive", "take-out"] as const;
export type ExportForm = (typeof exportForms)[number];

/** An export of an instance, which a run of kind `export` made. */
export const exported = z
  .object({
    id: z.string().describe("The id of the run that makes it."),
    slug: z.string(),
    form: z.enum(exportForms),
    why: z.enum(["asked", "archived"]).describe("Somebody asked for it, or its instance was archived."),
    withSql: z.boolean().describe("What `pg_dump` prints is in it, too."),
    state: z.enum(["making", "ready", "removed"]),
    rows: z.int().optional(),
    sizeBytes: z.int().optional().describe("Of its parts, packed; the tar is a little larger."),
    createdAt: time,
    readyAt: time.optional(),
    expiresAt: time.optional().describe("It is removed then."),
  })
  .openapi("Export");

/** An archive that was sent in, and waits to be imported. */
export const upload = z
  .object({
    id: z.string(),
    slug: z.string().describe("Of the instance that it was made of."),
    blueprint: z.string(),
    kind: z.enum(["export", "take-out", "backup"]),
    schemaVersion: z.int(),
    tables: z.int(),
    rows: z.int(),
    sizeBytes: z.int(),
    madeAt: time,
    createdAt: time,
    expiresAt: time,
  })
  .openapi("Upload");

export type Export = z.infer<typeof exported>;
export type Upload = z.infer<typeof upload>;
