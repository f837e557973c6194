import { createHash } from "node:crypto";
import { type Context, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { z } from "zod";
import type { CloudContext, CloudEnv, Emulator } from "../kit/context.ts";
import { rateLimit } from "../kit/rate-limit.ts";
import type { Mailbox } from "./mailbox.ts";

const one = z.string().min(1).max(998);
const addresses = z.union([one, z.array(one).min(1).max(50)]);
const word = z
  .string()
  .regex(
    /^[A-Za-z0-9_-]{1,256}$/,
    "Tags should only contain ASCII letters, numbers, underscores, or dashes.",
  );

const emailSchema = z.strictObject({
  from: one,
  to: addresses,
  subject: z.string().max(998),
  html: z.string().optional(),
  text: z.string().optional(),
  cc: addresses.optional(),
  bcc: addresses.optional(),
  reply_to: addresses.optional(),
  headers: z.record(z.string(), z.string()).optional(),
  tags: z.array(z.strictObject({ name: word, value: word })).optional(),
  scheduled_at: z.string().optional(),
  topic_id: z.string().optional(),
});

type Email = z.infer<typeof emailSchema>;

const events = [
  "bounced",
  "canceled",
  "clicked",
  "complained",
  "delivered",
  "delivery_delayed",
  "failed",
  "opened",
  "queued",
  "scheduled",
  "sent",
  "suppressed",
] as const;

interface Remembered {
  fingerprint: string;
  ids: string[];
  at: number;
}

const keptMs = 24 * 3600 * 1000;
const address = /^(?:[^<>\r\n]*<)?[^\s<>@]+@[^\s<>@]+>?$/;

/** Resend's API; what it sends lands in the mailbox of this machine. */
export function resendEmulator(context: CloudContext, mailbox: Mailbox): Emulator {
  const keys = context.store.collection<Remembered>("resend.idempotency");
  const under = new Set<string>();
  const app = new Hono<CloudEnv>();
  const refuse = (c: Context<CloudEnv>, statusCode: ContentfulStatusCode, name: string, message: string) =>
    c.json({ statusCode, name, message }, statusCode);
  const list = (value: string | string[] | undefined) =>
    value === undefined ? [] : Array.isArray(value) ? value : [value];

  app.use(async (c, next) => {
    if (!c.req.header("user-agent")) return c.text("error code: 1010", 403);
    const key = /^Bearer (.+)$/.exec(c.req.header("authorization") ?? "")?.[1];
    if (key === undefined)
      return refuse(c, 401, "missing_api_key", "Missing API key in the authorization header");
    if (key !== context.tokens.resend) return refuse(c, 403, "invalid_api_key", "API key is invalid");
    await next();
    return undefined;
  });
  app.use(
    rateLimit(context, {
      limit: 5,
      windowMs: 1000,
      key: () => "team",
      headers: ({ limit, remaining, resetMs }) => ({
        "ratelimit-limit": String(limit),
        "ratelimit-remaining": String(remaining),
        "ratelimit-reset": String(Math.ceil(resetMs / 1000)),
      }),
      refuse: (c) => {
        const refused = refuse(
          c,
          429,
          "rate_limit_exceeded",
          "Too many requests. You can only make 5 requests per second.",
        );
        refused.headers.set("retry-after", "1");
        return refused;
      },
    }),
  );

  function problem(email: Email): [string, string] | undefined {
    if (email.html === undefined && email.text === undefined)
      return ["missing_required_field", "Missing `html` or `text` field."];
    if (!address.test(email.from))
      return [
        "invalid_from_address",
        "Invalid `from` field. The email address needs to follow the `email@example.com` or `Name <email@example.com>` format.",
      ];
    const bad = [...list(email.to), ...list(email.cc), ...list(email.bcc)].find(
      (each) => !address.test(each),
    );
    return bad === undefined
      ? undefined
      : [
          "validation_error",
          "Invalid `to` field. The email address needs to follow the `email@example.com` or `Name <email@example.com>` format.",
        ];
  }

  const deliver = (email: Email) =>
    mailbox.add({
      by: "resend",
      from: email.from,
      to: list(email.to),
      subject: email.subject,
      text: email.text ?? "",
      html: email.html ?? "",
      headers: {
        ...email.headers,
        ...(email.reply_to === undefined ? {} : { "reply-to": list(email.reply_to).join(", ") }),
      },
    }).id;

  /** Sends once for a key: the same again gives the same ids, another body under the same key is refused. */
  async function send(
    c: Context<CloudEnv>,
    schema: z.ZodType<Email[]>,
    wrap: (body: unknown) => unknown,
    answer: (ids: string[]) => object,
  ): Promise<Response> {
    const json: unknown = await c.req.json().catch(() => undefined);
    const given = schema.safeParse(wrap(json));
    if (!given.success) {
      const [issue] = given.error.issues;
      const missing = issue?.code === "invalid_type" && issue.input === undefined;
      const field = String(issue?.path.at(-1) ?? "body");
      return refuse(
        c,
        422,
        missing ? "missing_required_field" : "validation_error",
        missing ? `Missing \`${field}\` field.` : (issue?.message ?? "Invalid body."),
      );
    }
    for (const email of given.data) {
      const found = problem(email);
      if (found !== undefined) return refuse(c, 422, found[0] as "validation_error", found[1]);
    }
    const key = c.req.header("idempotency-key");
    if (key === undefined) return c.json(answer(given.data.map(deliver)));
    if (key.length < 1 || key.length > 256)
      return refuse(c, 400, "invalid_idempotency_key", "The key must be between 1-256 chars.");
    const fingerprint = createHash("sha256").update(JSON.stringify(json)).digest("hex");
    if (under.has(key))
      return refuse(
        c,
        409,
        "concurrent_idempotent_requests",
        "Same idempotency key used while original request is still in progress.",
      );
    const known = keys.get(key);
    if (known !== undefined && context.clock.now() - known.at < keptMs) {
      if (known.fingerprint !== fingerprint)
        return refuse(
          c,
          409,
          "invalid_idempotent_request",
          "Same idempotency key used with a different request payload.",
        );
      return c.json(answer(known.ids));
    }
    under.add(key);
    try {
      const ids = given.data.map(deliver);
      keys.set(key, { fingerprint, ids, at: context.clock.now() });
      return c.json(answer(ids));
    } finally {
      under.delete(key);
    }
  }

  app.post("/emails", (c) =>
    send(
      c,
      z.array(emailSchema),
      (body) => [body],
      ([id]) => ({ id }),
    ),
  );
  app.post("/emails/batch", (c) =>
    send(
      c,
      z.array(emailSchema).min(1).max(100),
      (body) => body,
      (ids) => ({ data: ids.map((id) => ({ id })) }),
    ),
  );
  app.get("/emails/:id", (c) => {
    const mail = mailbox.get(c.req.param("id"));
    if (mail === undefined) return refuse(c, 404, "not_found", "Email not found");
    return c.json({
      object: "email",
      id: mail.id,
      to: mail.to,
      from: mail.from,
      created_at: mail.at,
      subject: mail.subject,
      html: mail.html || null,
      text: mail.text || null,
      bcc: [],
      cc: [],
      reply_to: [],
      last_event: mail.lastEvent ?? "delivered",
      scheduled_at: null,
    });
  });
  const domain = {
    id: "d91cd9bd-1176-453e-8fc1-35364d380206",
    object: "domain",
    name: "atoll.local",
    status: "verified",
    created_at: "2026-01-01T00:00:00.000Z",
    region: "eu-west-1",
    capabilities: { sending: "enabled", receiving: "disabled" },
  };
  app.get("/domains", (c) => c.json({ object: "list", has_more: false, data: [domain] }));
  app.get("/domains/:id", (c) =>
    c.req.param("id") === domain.id
      ? c.json({ ...domain, records: [] })
      : refuse(c, 404, "not_found", "Domain not found"),
  );

  return {
    name: "resend",
    app,
    inventory: () => ({
      mails: mailbox
        .list()
        .map(({ to, subject }) => ({ to, subject }))
        .toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))),
    }),
    /** What became of a mail: `{id, last_event}`. */
    plant(thing) {
      const { id, last_event } = z.object({ id: z.string(), last_event: z.enum(events) }).parse(thing);
      if (!mailbox.mark(id, last_event)) throw new Error(`There is no mail ${id}.`);
    },
  };
}
