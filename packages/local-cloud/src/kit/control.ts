import { Hono } from "hono";
import { z } from "zod";
import type { CloudContext, CloudEnv, Emulator } from "./context.ts";
import { openDns, zoneSchema } from "./dns.ts";
import { faultSchema } from "./faults.ts";

const latencySchema = z.strictObject({
  timeScale: z.number().min(1).optional(),
  callMs: z.number().nonnegative().optional(),
  supabaseReadyMs: z.number().nonnegative().optional(),
  keysMs: z.number().nonnegative().optional(),
  repositoryFillMs: z.number().nonnegative().optional(),
  buildMs: z.number().nonnegative().optional(),
});

const plantSchema = z.looseObject({ provider: z.string() });

/** The endpoints by which tests and people drive the cloud: `/control/...`. */
export function controlRoutes(
  context: CloudContext,
  emulators: readonly Emulator[],
  addresses: Record<string, string>,
): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();
  const named = (name: string) => emulators.find((each) => each.name === name);
  const wrong = (message: string) => Response.json({ message }, { status: 400 });

  app.get("/control/health", (c) =>
    c.json({ ok: true, pid: process.pid, emulators: emulators.map((each) => each.name) }),
  );

  app.get("/control/inventory", async (c) => {
    const entries = await Promise.all(
      emulators.map(async (each) => [each.name, await each.inventory()] as const),
    );
    return c.json(Object.fromEntries(entries));
  });

  app.get("/control/log", (c) => {
    const { since, provider, writes } = c.req.query();
    return c.json(
      context.log.list({
        ...(since === undefined ? {} : { since: Number(since) }),
        ...(provider === undefined ? {} : { provider }),
        writes: writes === "1",
      }),
    );
  });
  app.delete("/control/log", (c) => {
    context.log.clear();
    return c.json({ ok: true });
  });

  app.get("/control/faults", (c) => c.json(context.faults.list()));
  app.post("/control/faults", async (c) => {
    const fault = faultSchema.safeParse(await c.req.json().catch(() => undefined));
    if (!fault.success) return wrong(z.prettifyError(fault.error));
    if (named(fault.data.provider) === undefined)
      return wrong(`There is no provider "${fault.data.provider}".`);
    context.faults.plan(fault.data);
    return c.json(fault.data, 201);
  });
  app.delete("/control/faults", (c) => {
    context.faults.clear();
    return c.json({ ok: true });
  });

  app.get("/control/latency", (c) => c.json(context.settings.latencies));
  app.post("/control/latency", async (c) => {
    const change = latencySchema.safeParse(await c.req.json().catch(() => undefined));
    if (!change.success) return wrong(z.prettifyError(change.error));
    Object.assign(context.settings.latencies, change.data);
    return c.json(context.settings.latencies);
  });

  // What the world's DNS says of custom domains, and when their certificates end.
  const dns = openDns(context);
  app.get("/control/dns", (c) => c.json(dns.list(c.req.query("name")?.toLowerCase())));
  app.post("/control/dns", async (c) => {
    const zone = zoneSchema.safeParse(await c.req.json().catch(() => undefined));
    if (!zone.success) return wrong(z.prettifyError(zone.error));
    dns.put(zone.data);
    return c.json(dns.list(), 201);
  });

  app.post("/control/plant", async (c) => {
    const thing = plantSchema.safeParse(await c.req.json().catch(() => undefined));
    if (!thing.success) return wrong(z.prettifyError(thing.error));
    const emulator = named(thing.data.provider);
    if (emulator?.plant === undefined) return wrong(`Nothing can be planted at "${thing.data.provider}".`);
    try {
      return c.json((await emulator.plant(thing.data)) ?? { ok: true }, 201);
    } catch (error) {
      return wrong(error instanceof Error ? error.message : String(error));
    }
  });

  app.get("/", (c) =>
    c.json({
      what: "The local cloud of Atoll: emulators of every provider, on this machine only.",
      providers: Object.fromEntries(emulators.map((each) => [each.name, `${context.url()}/${each.name}`])),
      mailbox: `${context.url()}/mailbox`,
      ...addresses,
      inventory: `${context.url()}/control/inventory`,
      log: `${context.url()}/control/log`,
    }),
  );
  return app;
}
