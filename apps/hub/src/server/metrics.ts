import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Store } from "../store/store.ts";

/** What Prometheus reads: the process, its calls, and how many runs, instances and requests are in which state. */
export function openMetrics(store: Store) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "atoll_" });
  const calls = new Histogram({
    name: "atoll_http_request_duration_seconds",
    help: "Time to answer, by route",
    labelNames: ["method", "route", "status"],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [registry],
  });
  for (const table of ["runs", "instances", "requests"] as const)
    new Gauge({
      name: `atoll_${table}`,
      help: `How many ${table} are in which state`,
      labelNames: ["state"],
      registers: [registry],
      async collect() {
        this.reset();
        const rows = await store
          .selectFrom(table)
          .select(["state", (select) => select.fn.countAll<string>().as("count")])
          .groupBy("state")
          .execute();
        for (const { state, count } of rows) this.set({ state }, Number(count));
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
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    called: (method: string, route: string, status: number, seconds: number) =>
      calls.observe({ method, route, status: String(status) }, seconds),
  };
}
