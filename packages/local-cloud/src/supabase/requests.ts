import type { MiddlewareHandler } from "hono";
import type { CloudEnv } from "../kit/context.ts";
import type { Collection, Store } from "../kit/store.ts";

const services = ["auth", "realtime", "rest", "storage"] as const;
/** The APIs of a project whose calls are counted. */
type Service = (typeof services)[number];
/** Calls by API. */
type Calls = Record<Service, number>;

/** Calls of one project within an hour, by the minute of the hour. */
interface Hour {
  ref: string;
  /** Milliseconds since 1970. */
  startMs: number;
  minutes: Record<string, Calls>;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
// A call is not worth a line in the store's file each: so often a project's hour is written while it grows.
const writeMs = 1_000;
const keptMs = 8 * 24 * hourMs;

/** Who counts the calls of the projects' APIs. Counts are written once a second and at the end. */
export interface RequestCounts {
  add(ref: string, service: Service, atMs: number): void;
  /** Calls in steps of `stepMs`, which begin at its multiples; the steps without a call are left out. */
  between(ref: string, fromMs: number, toMs: number, stepMs: number): { atMs: number; calls: Calls }[];
  /** Forgets a project. */
  drop(ref: string): void;
  /** Writes what was counted since. */
  flush(): void;
}

const none = (): Calls => ({ auth: 0, realtime: 0, rest: 0, storage: 0 });
const keyOf = (ref: string, startMs: number) => `${ref}/${startMs}`;

/** Opens the counts that the store has. */
export function openRequestCounts(store: Store, now: () => number): RequestCounts {
  const stored: Collection<Hour> = store.collection("supabase.requests");
  const hours = new Map(stored.values().map((hour) => [keyOf(hour.ref, hour.startMs), hour]));
  const changed = new Set<string>();
  let writtenMs = 0;

  function flush(): void {
    for (const key of changed) {
      const hour = hours.get(key);
      if (hour) stored.set(key, hour);
    }
    changed.clear();
    writtenMs = now();
    for (const [key, { startMs }] of hours)
      if (startMs < writtenMs - keptMs) {
        hours.delete(key);
        stored.delete(key);
      }
  }

  return {
    flush,
    add(ref, service, atMs) {
      const startMs = atMs - (atMs % hourMs);
      const key = keyOf(ref, startMs);
      const hour = hours.get(key) ?? { ref, startMs, minutes: {} };
      const minute = String(Math.floor((atMs - startMs) / minuteMs));
      const calls = hour.minutes[minute] ?? none();
      calls[service] += 1;
      hour.minutes[minute] = calls;
      hours.set(key, hour);
      changed.add(key);
      if (now() - writtenMs >= writeMs) flush();
    },
    between(ref, fromMs, toMs, stepMs) {
      const steps = new Map<number, Calls>();
      for (const hour of hours.values()) {
        if (hour.ref !== ref) continue;
        for (const [minute, calls] of Object.entries(hour.minutes)) {
          const atMs = hour.startMs + Number(minute) * minuteMs;
          const step = atMs - (atMs % stepMs);
          if (step < fromMs || atMs >= toMs) continue;
          const sum = steps.get(step) ?? none();
          for (const service of services) sum[service] += calls[service];
          steps.set(step, sum);
        }
      }
      return [...steps].map(([atMs, calls]) => ({ atMs, calls })).toSorted((a, b) => a.atMs - b.atMs);
    },
    drop(ref) {
      for (const [key, hour] of hours)
        if (hour.ref === ref) {
          hours.delete(key);
          changed.delete(key);
          stored.delete(key);
        }
    },
  };
}

/** Counts a call of a project's API, whatever the answer is; those of projects that are not there are nobody's. */
export function counted(
  counts: RequestCounts,
  isThere: (ref: string) => boolean,
  now: () => number,
): MiddlewareHandler<CloudEnv, "/:ref/:service/v1/*"> {
  return async (c, next) => {
    const ref = c.req.param("ref");
    const service = services.find((each) => each === c.req.param("service"));
    if (service !== undefined && isThere(ref)) counts.add(ref, service, now());
    await next();
  };
}
