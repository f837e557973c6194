import type { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import pg from "pg";

/** Listens on a connection of its own; what a listener does is not waited for. */
async function listener(databaseUrl: string, channel: string, heard: (payload: string) => void) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  client.on("notification", ({ payload = "" }) => heard(payload));
  await client.query(`listen ${channel}`);
  return client;
}

/**
 * From a click to an event over as many hand-overs as in the hub, each a transaction that ends with a NOTIFY:
 * approved, the run stands in the queue, the run has begun, its first step has begun. Then: look, and tell.
 */
export async function bareApproval(app: Hono, databaseUrl: string): Promise<() => Promise<void>> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 4 });
  await pool.query(`
    create schema if not exists bench;
    create table if not exists bench.requests (id text primary key, state text not null, run text);
    create table if not exists bench.events (run text, seq integer, event jsonb, primary key (run, seq))`);
  const watchers = new Map<string, () => void>();

  async function handOver(channel: string, payload: string, statements: [sql: string, params: unknown[]][]) {
    const client = await pool.connect();
    try {
      await client.query("begin");
      for (const [sql, params] of statements) await client.query(sql, params);
      await client.query("select pg_notify($1, $2)", [channel, payload]);
      await client.query("commit");
    } finally {
      client.release();
    }
  }

  const tell = (run: string, seq: number, event: object): [string, unknown[]] => [
    "insert into bench.events values ($1, $2, $3)",
    [run, seq, JSON.stringify(event)],
  ];
  const enqueue = (id: string) =>
    handOver("bench_queued", `${id}-1`, [
      ["update bench.requests set state = 'provisioning', run = $2 where id = $1", [id, `${id}-1`]],
      tell(`${id}-1`, 1, { type: "run", state: "queued" }),
    ]);
  const begin = (run: string) =>
    handOver("bench_begun", run, [tell(run, 2, { type: "run", state: "running" })]);
  const startStep = (run: string) =>
    handOver("bench_events", run, [tell(run, 3, { type: "step-started", step: "first" })]);

  const listeners = await Promise.all([
    listener(databaseUrl, "bench_approved", (id) => void enqueue(id)),
    listener(databaseUrl, "bench_queued", (run) => void begin(run)),
    listener(databaseUrl, "bench_begun", (run) => void startStep(run)),
    listener(databaseUrl, "bench_events", (run) => watchers.get(run)?.()),
  ]);

  app.post("/api/requests/:id/approve", async (c) => {
    const id = c.req.param("id");
    await handOver("bench_approved", id, [
      ["insert into bench.requests (id, state) values ($1, 'approved')", [id]],
    ]);
    return c.json({ id, state: "approved" }, 202);
  });
  app.get("/api/requests/:id", async (c) => {
    const { rows } = await pool.query("select id, state, run from bench.requests where id = $1", [
      c.req.param("id"),
    ]);
    return c.json({ ...rows[0], run: rows[0]?.run ?? undefined });
  });
  app.get("/api/runs/:id/events", (c) => {
    const run = c.req.param("id");
    return streamSSE(c, async (out) => {
      let seq = 0;
      while (!out.aborted && seq < 3) {
        const rung = new Promise<void>((resolve) => watchers.set(run, resolve));
        const { rows } = await pool.query("select seq, event from bench.events where run = $1 and seq > $2", [
          run,
          seq,
        ]);
        for (const row of rows) {
          seq = row.seq;
          await out.writeSSE({ id: String(seq), data: JSON.stringify({ ...row.event, seq }) });
        }
        if (rows.length === 0) await rung;
      }
      watchers.delete(run);
    });
  });

  return async () => {
    for (const each of listeners) await each.end();
    await pool.end();
  };
}
