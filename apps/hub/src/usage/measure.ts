import type { UsageCounts } from "@atoll/contract/schemas/usage";
import { Fault } from "@atoll/core/fault";
import { databaseUsage } from "@atoll/supabase/usage";
import type { Databases } from "../schema/databases.ts";
import type { Meters } from "./meters.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Hours before the last counted one are asked for again: providers' own counts come late. */
const overlapMs = 2 * hourMs;
/** n8n keeps executions for 14 days; the oldest of them may be gone while it is asked. */
const executionsKeptMs = 13 * dayMs;
const deploymentsKeptMs = 30 * dayMs;

/** The beginning of the hour that a moment lies in. */
export const hourOf = (atMs: number): number => atMs - (atMs % hourMs);

/** An instance with its things, and with how far it was counted before. Times are milliseconds since 1970. */
export interface Measurable {
  id: string;
  slug: string;
  environment: string;
  createdAtMs: number;
  things: readonly { kind: string; providerId: string; brought: boolean }[];
  requestsToMs: number | undefined;
  executionsToMs: number | undefined;
  deploymentsToMs: number | undefined;
}

interface Requests {
  auth: number;
  rest: number;
  storage: number;
  realtime: number;
}

/** What a look found: hours, days of which no hours are told, how far each count is whole, and what failed. */
export interface Measured {
  hours: Map<number, UsageCounts>;
  days: Map<number, Requests>;
  /** All hours before this moment are counted, for what worked. */
  toMs: number;
  counted: { requests: boolean; executions: boolean; deployments: boolean };
  problems: { of: string; what: string; next: string }[];
  /** What went wrong beyond what a problem says: for the log. */
  failures: unknown[];
}

export interface MeasureOptions {
  meters: Meters;
  databases: Pick<Databases, "open">;
  nowMs: number;
  /** May deployments be asked for now? Their host counts calls. */
  mayAskHost: boolean;
}

const unforeseen = {
  what: "It could not be counted.",
  next: "The hub's log says where it failed; the next count tries again.",
};

/**
 * Counts one instance at its providers, back to where it was counted before or as far as each of them keeps it. What
 * cannot be counted is said, keeps nothing else away, and is asked for again the next time.
 */
export async function measure(instance: Measurable, options: MeasureOptions): Promise<Measured> {
  const { meters, databases, nowMs, mayAskHost } = options;
  const measured: Measured = {
    hours: new Map(),
    days: new Map(),
    toMs: hourOf(nowMs),
    counted: { requests: false, executions: false, deployments: false },
    problems: [],
    failures: [],
  };
  const into = (atMs: number, more: UsageCounts) =>
    measured.hours.set(atMs, { ...measured.hours.get(atMs), ...more });
  const born = hourOf(instance.createdAtMs);
  /** Where counting goes on: a little before where it ended, never before there was an instance. */
  const since = (toMs: number | undefined, keptMs = nowMs) =>
    Math.max(born, toMs === undefined ? born : toMs - overlapMs, hourOf(nowMs - keptMs));

  async function part(of: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof Fault) measured.problems.push({ of, what: error.what, next: error.next });
      else {
        // What an unforeseen error says may hold values: the log has its kind and place.
        measured.problems.push({ of, ...unforeseen });
        measured.failures.push(error);
      }
    }
  }

  const idsOf = (kind: string) => instance.things.filter((each) => each.kind === kind);
  const [project] = idsOf("supabase.project").filter(({ brought }) => !brought);
  const workflows = idsOf("n8n.workflow");
  const [site] = instance.things.filter(({ kind }) => kind === "vercel.project" || kind === "netlify.site");

  await Promise.all([
    project &&
      part("requests", async () => {
        const fromMs = since(instance.requestsToMs);
        await countRequests(project.providerId, fromMs);
      }),
    instance.things.some(({ kind }) => kind === "postgres.schema") &&
      part("database", async () => {
        const session = await databases.open(instance.slug);
        try {
          const { sizeBytes, rows, users, activeUsers } = await databaseUsage(session);
          into(measured.toMs, { databaseBytes: sizeBytes, databaseRows: rows, users, activeUsers });
        } finally {
          await session.close();
        }
      }),
    workflows.length > 0 &&
      part("executions", async () => {
        const span = {
          fromMs: since(instance.executionsToMs, executionsKeptMs),
          toMs: nowMs + 1,
          stepMs: hourMs,
        };
        const sums = new Map<number, { executions: number; failedExecutions: number }>();
        for (const { providerId } of workflows)
          for (const { fromMs, count, failed } of await meters.executions(providerId, span)) {
            const sum = sums.get(fromMs) ?? { executions: 0, failedExecutions: 0 };
            sum.executions += count;
            sum.failedExecutions += failed;
            sums.set(fromMs, sum);
          }
        for (const [atMs, sum] of sums) into(atMs, sum);
        measured.counted.executions = true;
      }),
    site &&
      mayAskHost &&
      part("deployments", async () => {
        const fromMs = since(instance.deploymentsToMs, deploymentsKeptMs);
        const span = { fromMs, toMs: nowMs + 1, stepMs: hourMs };
        const steps = await meters.deployments(site.kind, site.providerId, span);
        for (const { fromMs: atMs, count, failed } of steps ?? [])
          into(atMs, { deployments: count, failedDeployments: failed });
        measured.counted.deployments = steps !== undefined;
      }),
  ]);
  return measured;

  /** Supabase tells the hours of three days, and the days of a week: what is longer ago than that is lost. */
  async function countRequests(ref: string, fromMs: number): Promise<void> {
    const backMs = hourOf(nowMs) + hourMs - fromMs;
    const byHours = await meters.requests(ref, backMs <= dayMs ? "1day" : "3day", nowMs);
    if (byHours === undefined) return;
    for (const { fromMs: atMs, auth, rest, storage, realtime } of byHours.steps)
      if (atMs >= fromMs) into(atMs, { auth, rest, storage, realtime });
    if (fromMs < byHours.fromMs) {
      const byDays = await meters.requests(ref, "7day", nowMs);
      for (const { fromMs: atMs, auth, rest, storage, realtime } of byDays?.steps ?? [])
        if (atMs < byHours.fromMs && atMs + dayMs > fromMs && atMs + dayMs <= nowMs)
          measured.days.set(atMs, { auth, rest, storage, realtime });
    }
    measured.counted.requests = true;
  }
}
