import { sql } from "kysely";
import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Runtime } from "../runtime.ts";
import type { Store } from "../store/store.ts";

const tables = ["runs", "instances", "requests"] as const;

/** How many rows of a table are in which state, and, where they have been given one, in which environment. */
function counted(store: Store, table: (typeof tables)[number]) {
  const count = sql<string>`count(*)`.as("count");
  if (table === "runs")
    return store
      .selectFrom("runs as u")
      .innerJoin("instances as i", "i.id", "u.instance_id")
      .select(["u.state", "i.environment", count])
      .groupBy(["u.state", "i.environment"])
      .execute();
  return store
    .selectFrom(table)
    .select(["state", "environment", count])
    .groupBy(["state", "environment"])
    .execute();
}

/** What Prometheus reads: the process, its calls, and how many runs, instances and requests are in which state. */
export function openMetrics({
  store,
  runtime,
}: {
  store: Store;
  runtime: Pick<Runtime, "journal" | "environments" | "monitor">;
}) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "atoll_" });
  const calls = new Histogram({
    name: "atoll_http_request_duration_seconds",
    help: "Time to answer, by route",
    labelNames: ["method", "route", "status"],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [registry],
  });
  for (const table of tables)
    new Gauge({
      name: `atoll_${table}`,
      help: `How many ${table} are in which state`,
      labelNames: ["state", "environment"],
      registers: [registry],
      async collect() {
        this.reset();
        for (const { state, environment, count } of await counted(store, table))
          this.set({ state, environment: environment ?? "" }, Number(count));
      },
    });
  new Gauge({
    name: "atoll_workers",
    help: "How many workers do the runs of an environment",
    labelNames: ["environment"],
    registers: [registry],
    async collect() {
      this.reset();
      const workers = await runtime.journal.workers();
      // One without a worker is what an alarm is about: it has to be there, as 0.
      for (const environment of new Set([...runtime.environments, ...workers.keys()]))
        this.set({ environment }, workers.get(environment) ?? 0);
    },
  });
  new Gauge({
    name: "atoll_mails_waiting",
    help: "Mails that have not gone out",
    registers: [registry],
    async collect() {
      const { count } = await store
        .selectFrom("outbox")
        .where("sent_at", "is", null)
        .select((select) => select.fn.countAll<string>().as("count"))
        .executeTakeFirstOrThrow();
      this.set(Number(count));
    },
  });
  new Gauge({
    name: "atoll_instances_health",
    help: "How many instances are in which state, as the last looks found them",
    labelNames: ["state"],
    registers: [registry],
    async collect() {
      this.reset();
      const { states } = await runtime.monitor.overview();
      for (const [state, count] of Object.entries(states)) this.set({ state }, count);
    },
  });
  new Gauge({
    name: "atoll_incidents_open",
    help: "Open incidents by cause",
    labelNames: ["cause"],
    registers: [registry],
    async collect() {
      this.reset();
      const { rows } = await sql<{ cause: string; count: number }>`
        select cause, count(*)::integer as count from atoll.incidents where closed_at is null group by cause`.execute(
        store,
      );
      for (const { cause, count } of rows) this.set({ cause }, count);
    },
  });
  new Gauge({
    name: "atoll_provider_calls_left",
    help: "Calls that are left of a provider's limit, as it told last",
    labelNames: ["environment", "provider", "limit"],
    registers: [registry],
    async collect() {
      this.reset();
      for (const { environment, provider, bucket, remaining } of await runtime.monitor.quotas())
        this.set({ environment, provider, limit: bucket }, remaining);
    },
  });
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    called: (method: string, route: string, status: number, seconds: number) =>
      calls.observe({ method, route, status: String(status) }, seconds),
  };
}
