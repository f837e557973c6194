import type { FleetUsage, InstanceUsage, UsageRange, UsageReport } from "@atoll/contract/schemas/usage";
import { Fault } from "@atoll/core/fault";
import { sql } from "kysely";
import type { OpenEnvironment } from "../environments/open.ts";
import { failedAt, throwAll } from "../monitor/failures.ts";
import type { Limits } from "../monitor/limits.ts";
import { openSpending } from "../monitor/look.ts";
import { inPool } from "../schema/pool.ts";
import { cursorOf, openCursor } from "../store/cursor.ts";
import type { Store } from "../store/store.ts";
import { sumOfCosts } from "./costs.ts";
import { csvOf } from "./csv.ts";
import { addMails, countMails, type Mails } from "./mails.ts";
import { measure } from "./measure.ts";
import { type ReportFilter, reportLines, totalsOf } from "./report.ts";
import { claimDue, type Due, enrol, forgetOldUsage, oneBySlug, putOff, writeMeasured } from "./rows.ts";
import { seriesOf } from "./series.ts";
import type { UsageSettings } from "./settings.ts";
import { noteThings } from "./things.ts";

type AskedReport = Omit<ReportFilter, "month"> & { month?: string | undefined };

/** What instances use: for the hub's API, the command line and the console. Throws `Fault`s. */
export interface UsageDesk {
  fleet(range: UsageRange): Promise<FleetUsage>;
  instance(slug: string, range: UsageRange): Promise<InstanceUsage>;
  report(
    asked: AskedReport & { limit: number; cursor?: string | undefined },
  ): Promise<Omit<UsageReport, "nextCursor"> & { nextCursor?: string | undefined }>;
  /** The whole report as CSV. */
  csv(asked: AskedReport): Promise<string>;
  /** Counts one instance now, whatever it is due for. */
  measure(slug: string): Promise<void>;
}

/** The desk, with what goes on by itself in a hub. */
export interface Usage extends UsageDesk {
  /** Measures the instances that are due, as many as providers' limits allow. */
  round(): Promise<void>;
}

/** What usage needs of an environment. */
interface Place {
  name: string;
  accounts: Pick<OpenEnvironment["accounts"], "meters">;
  databases: Pick<OpenEnvironment["databases"], "open">;
  settings: { supabase: Pick<OpenEnvironment["settings"]["supabase"], "connection"> };
}

interface Options {
  store(): Promise<Store>;
  environments: readonly Place[];
  settings: UsageSettings;
  limits: Pick<Limits, "isLow">;
  nowMs?: () => number;
}

const atOnce = 8; // each look asks several providers of an instance, one after the other where they are the same
const batch = 40;
// A round ends soon, so that a hub can; the next one goes on where it ended.
const batchesAtMost = 5;
const dayMs = 86_400_000;
const hosts: Record<string, string> = { "vercel.project": "vercel", "netlify.site": "netlify" };

/** Opens usage over all environments of this process. */
export function openUsage({ environments, settings, limits, nowMs = Date.now, ...options }: Options): Usage {
  const { everyMs, callsPerMinute } = settings;
  const spending = openSpending(callsPerMinute, limits.isLow, nowMs);
  const spenders = new Map(environments.map(({ name }) => [name, spending(name)]));
  let forgotAtMs: number | undefined;

  const placeOf = ({ environment }: Due) => environments.find(({ name }) => name === environment);

  /** May an instance be measured now? Its own database, asked by the provider's API, is one call more. */
  function maySpend(due: Due): boolean {
    if (!due.things.some(({ kind, brought }) => kind === "supabase.project" && !brought)) return true;
    const calls = placeOf(due)?.settings.supabase.connection === "endpoint" ? 2 : 1;
    return spenders.get(due.environment)?.("supabase", calls) ?? false;
  }

  /** Counts one and writes it down; gives what went wrong on the way, for the log. */
  async function look(store: Store, due: Due, mails: Mails, isAsked: boolean): Promise<Error[]> {
    const place = placeOf(due);
    if (place === undefined) return [];
    const now = nowMs();
    const host = due.things.map(({ kind }) => hosts[kind]).find((each) => each !== undefined);
    const { meters } = place.accounts;
    const mayAskHost = isAsked || host === undefined || (spenders.get(due.environment)?.(host, 1) ?? false);
    const measured = await measure(due, { meters, databases: place.databases, nowMs: now, mayAskHost });
    addMails(measured, due, mails, now);
    await writeMeasured(store, due.id, measured, now);
    return measured.failures.map((error) => failedAt(due.slug, error));
  }

  async function mustBe(store: Store, slug: string): Promise<Due & { state: string }> {
    const found = await oneBySlug(store, slug);
    if (found !== undefined) return found;
    throw new Fault("rejected", {
      what: `There is no instance "${slug}".`,
      next: "`atoll status` lists them all.",
      field: "slug",
    });
  }

  async function linesOf({ month, ...which }: AskedReport) {
    const store = await options.store();
    if (which.slug !== undefined) await mustBe(store, which.slug);
    const current = new Date(nowMs()).toISOString().slice(0, 7);
    const asked = month ?? current;
    return {
      month: asked,
      isOver: asked < current,
      lines: await reportLines(store, { month: asked, ...which }, nowMs()),
    };
  }

  return {
    async fleet(range) {
      const store = await options.store();
      const [series, { rows }] = await Promise.all([
        seriesOf(store, { range, nowMs: nowMs() }),
        sql<{ instances: number; behind: number }>`
          select count(*)::integer as instances,
              count(*) filter (where jsonb_array_length(l.problems) > 0)::integer as behind
            from atoll.usage_looks l join atoll.instances i on i.id = l.instance_id
           where i.state in ('live', 'updating', 'paused') and l.looked_at is not null`.execute(store),
      ]);
      const { instances = 0, behind = 0 } = rows[0] ?? {};
      return { instances, behind, everyMinutes: everyMs / 60_000, ...series };
    },

    async instance(slug, range) {
      const store = await options.store();
      const { id, environment } = await mustBe(store, slug);
      const [series, { rows }] = await Promise.all([
        seriesOf(store, { id, range, nowMs: nowMs() }),
        sql<{ looked_at: Date | null; problems: InstanceUsage["problems"] }>`
          select looked_at, problems from atoll.usage_looks where instance_id = ${id}`.execute(store),
      ]);
      const measuredAt = rows[0]?.looked_at?.toISOString();
      return {
        instance: slug,
        environment,
        ...(measuredAt !== undefined && { measuredAt }),
        problems: rows[0]?.problems ?? [],
        everyMinutes: everyMs / 60_000,
        ...series,
      };
    },

    async report({ limit, cursor, ...asked }) {
      const [after] = openCursor(cursor, "text") ?? [];
      const { month, isOver, lines } = await linesOf(asked);
      const rest = after === undefined ? lines : lines.filter(({ instance }) => instance > String(after));
      const items = rest.slice(0, limit);
      const last = items.at(-1);
      return {
        month,
        isOver,
        items,
        total: lines.length,
        totals: totalsOf(lines),
        costs: sumOfCosts(lines.map(({ costs }) => costs)),
        ...(rest.length > limit && last && { nextCursor: cursorOf(last.instance) }),
      };
    },

    async csv(asked) {
      const { month, lines } = await linesOf(asked);
      return csvOf(month, lines);
    },

    async measure(slug) {
      const store = await options.store();
      const due = await mustBe(store, slug);
      if (!["live", "updating", "paused"].includes(due.state))
        throw new Fault("rejected", {
          what: `"${slug}" is ${due.state}: there is nothing to be counted.`,
          next: "What it used before stands in the report of its month.",
          field: "slug",
        });
      await noteThings(store, [due.id], nowMs());
      await look(store, due, await countMails(store, [due], nowMs()), true);
    },

    async round() {
      if (everyMs === 0) return;
      const store = await options.store();
      await enrol(store, everyMs);
      const open = new Set(environments.map(({ name }) => name));
      const failures: unknown[] = [];
      for (let batches = 0; batches < batchesAtMost && open.size > 0; batches++) {
        const due = await claimDue(store, { environments: [...open], everyMs, atMost: batch });
        const now = due.filter((each) => open.has(each.environment) && maySpend(each));
        for (const each of due)
          if (!now.includes(each)) {
            // Its turn comes again when the account has calls left: what it used meanwhile is not lost.
            open.delete(each.environment);
            await putOff(store, each.id);
          }
        const ids = now.map(({ id }) => id);
        await noteThings(store, ids, nowMs());
        const mails = await countMails(store, now, nowMs());
        await inPool(now, atOnce, async (each) => {
          try {
            failures.push(...(await look(store, each, mails, false)));
          } catch (error) {
            failures.push(failedAt(each.slug, error));
          }
        });
        if (due.length < batch) break;
      }
      if (forgotAtMs === undefined || nowMs() - forgotAtMs > dayMs) {
        await forgetOldUsage(store);
        forgotAtMs = nowMs();
      }
      throwAll(failures);
    },
  };
}
