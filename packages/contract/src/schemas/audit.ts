import { z } from "@hono/zod-openapi";
import { time } from "./common.ts";

/** One thing that somebody did. `hash` covers the row and the hash before it. */
export const auditRow = z
  .object({
    seq: z.int(),
    at: time,
    actor: z.string(),
    action: z.string().describe("As in `request.approve`."),
    subject: z.string().describe("As in `request/abc` or `instance/toko-a`."),
    details: z.record(z.string(), z.unknown()),
    hash: z.string(),
  })
  .openapi("AuditRow");

export const auditCheck = z
  .object({ ok: z.boolean(), rows: z.int(), brokenAt: z.int().optional(), what: z.string() })
  .openapi("AuditCheck");
