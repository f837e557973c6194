import type {
  Incident,
  InstanceMonitor,
  MonitorOverview,
  MonitorRange,
  Quotas,
  RunTimes,
} from "@atoll/contract/schemas/monitor";
import { Fault } from "@atoll/core/fault";
import type { RunKind } from "@atoll/core/states";
import type { OpenEnvironment } from "../environments/open.ts";
import type { SecretKeys } from "../home.ts";
import { listAccounts } from "../quotas/shown.ts";
import type { Store } from "../store/store.ts";
import { judge, settle, slowOf } from "./evaluate.ts";
import { failedAt, throwAll } from "./failures.ts";
import { closeUnwatched, openIncidentsOf, type Telling } from "./incidents.ts";
import { type Limits, listQuotas, noteLimits } from "./limits.ts";
import { lookAtAll, openSpending } from "./look.ts";
import { openOwnAnswers } from "./own-answers.ts";
import { forgetIncidents, keepHistory, keepPartitions } from "./rollups.ts";
import {
  claimDue,
  type Due,
  enrol,
  learn,
  nudgeOthers,
  type Outcome,
  type Probes,
  readProbes,
  writeOutcomes,
} from "./rows.ts";
import { type RunBudgets, runBudgetsOf, runTimesOf, setRunBudget, watchRunTimes } from "./run-times.ts";
import type { MonitorSettings } from "./settings.ts";
import { instanceMonitorOf, listIncidents, overviewOf } from "./shown.ts";
import { type Target, targetsOf } from "./targets.ts";
import { openTurns } from "./turns.ts";
import { stateOf } from "./verdict.ts";
import { openWebhooks, type Webhooks } from "./webhooks.ts";

interface Options {
  store(): Promise<Store>;
  environments: readonly [OpenEnvironment, ...OpenEnvironment[]];
  settings: MonitorSettings;
  limits: Limits;
  keys: SecretKeys;
}

/** How the fleet is: what the hub's API, the command line and the console show of it. Throws `Fault`s. */
export interface MonitorDesk {
  overview(): Promise<MonitorOverview>;
  instance(slug: string, range: MonitorRange): Promise<InstanceMonitor>;
  incidents(part: {
    only?: "open" | "closed" | undefined;
    slug?: string | undefined;
    limit: number;
    cursor?: string | undefined;
  }): Promise<{ items: Incident[]; nextCursor?: string | undefined }>;
  quotas(): Promise<Quotas["items"]>;
  /** What of each provider account is used, and who waits for it. */
  accounts(): Promise<Quotas["accounts"]>;
  runTimes(days: number): Promise<RunTimes>;
  /** Seconds that runs may take, by kind. */
  runBudgets(): Promise<RunBudgets>;
  /** `seconds` undefined = the usual one again. */
  setRunBudget(kind: RunKind, seconds: number | undefined, by: string): Promise<void>;
}

/** The desk, with what goes on by itself in a hub. */
export interface Monitor extends MonitorDesk {
  webhooks: Webhooks;
  /** Looks at the instances that are due, and begins and ends incidents. */
  round(telling: Omit<Telling, "webhooks" | "store">): Promise<void>;
  /** Rollups, retention, limits and run times: what is due of them. */
  keep(telling: Omit<Telling, "webhooks" | "store">): Promise<void>;
}

const atOnce = 128;
const batch = 500;

/** Opens monitoring over all environments of this process. */
export function openMonitor(options: Options): Monitor {
  const { settings, limits, environments } = options;
  const { everyMs, closerEveryMs, timeoutMs, slowMs } = settings;
  const spending = openSpending(settings.callsPerMinute, limits.isLow);
  const spenders = new Map(environments.map(({ name }) => [name, spending(name)]));
  /** What can be looked at in an instance, until one of its things is recorded anew. */
  const targets = new Map<string, { stamp: string; all: Target[] }>();
  const webhooks = openWebhooks(options.store, { keys: options.keys, allowsInside: settings.allowsInside });
  const turn = openTurns();
  const ownAnswers = openOwnAnswers({ environments, timeoutMs });
  /** Failing things for which others were asked already. */
  const asked = new Set<string>();

  async function targetsFor(store: Store, due: Due): Promise<Target[]> {
    const known = targets.get(due.id);
    if (known?.stamp === due.stamp) return known.all;
    const place = environments.find(({ name }) => name === due.environment);
    const all = place === undefined ? [] : await targetsOf(place, store, settings, due);
    if (targets.size > 50_000) targets.clear();
    targets.set(due.id, { stamp: due.stamp, all });
    return all;
  }

  async function lookAt(store: Store, due: Due, probes: Probes, wasSlow: boolean): Promise<Outcome> {
    const all = await targetsFor(store, due);
    const spend = spenders.get(due.environment) ?? (() => false);
    const { looked, wasCloser, missed } = await lookAtAll(all, { closer: due.closer, spend, timeoutMs });
    // What is no longer there to be looked at (another host, a plain address) is forgotten.
    const gone = [...probes.keys()].filter((kind) => !all.some((each) => each.kind === kind));
    for (const kind of gone) probes.delete(kind);
    learn(probes, looked);
    const isUneasy = [...probes.values()].some(({ verdict }) => verdict === "failing");
    const isWell = [...probes.values()].every(({ verdict }) => verdict === "up");
    return {
      due,
      probes,
      looked,
      gone,
      state: stateOf(probes, slowOf(probes, slowMs, wasSlow) !== undefined),
      // A first failure is looked into three times as fast: three in a row then take one interval.
      soonerMs: isUneasy ? everyMs / 3 : undefined,
      closerMs: !wasCloser || missed || !isWell ? 0 : closerEveryMs * (0.9 + Math.random() / 5),
    };
  }

  async function askOthers(store: Store, outcomes: readonly Outcome[]): Promise<void> {
    const failing = new Map<string, { environment: string; provider: string }>();
    for (const { due, probes } of outcomes)
      for (const { provider, verdict } of probes.values())
        if (provider !== undefined && verdict === "failing")
          failing.set(`${due.environment}/${provider}`, { environment: due.environment, provider });
    for (const [key, where] of failing)
      if (!asked.has(key)) await nudgeOthers(store, { ...where, olderMs: everyMs / 3 });
    asked.clear();
    for (const key of failing.keys()) asked.add(key);
  }

  return {
    webhooks,
    overview: async () => overviewOf(await options.store(), everyMs / 1_000),
    async instance(slug, range) {
      const found = await instanceMonitorOf(await options.store(), slug, range);
      if (found !== undefined) return found;
      throw new Fault("rejected", {
        what: `There is no instance "${slug}".`,
        next: "`atoll status` lists them all.",
        field: "slug",
      });
    },
    incidents: async (part) => listIncidents(await options.store(), part),
    quotas: async () => listQuotas(await options.store()),
    accounts: async () => listAccounts(await options.store()),
    runTimes: async (days) => runTimesOf(await options.store(), days),
    runBudgets: async () => runBudgetsOf(await options.store()),
    setRunBudget: async (kind, seconds, by) => setRunBudget(await options.store(), { kind, seconds, by }),

    async round(told) {
      if (everyMs === 0) return;
      const store = await options.store();
      const telling: Telling = { ...told, store, webhooks };
      await enrol(store, everyMs);
      const failures: unknown[] = [];
      const names = environments.map(({ name }) => name);
      for (;;) {
        const due = await claimDue(store, { environments: names, everyMs, atMost: batch });
        if (due.length === 0) break;
        const ids = due.map(({ id }) => id);
        const known = await readProbes(store, ids);
        const slow = new Set(
          (await openIncidentsOf(store, ids))
            .filter(({ cause }) => cause === "slow")
            .map(({ instance_id }) => instance_id),
        );
        const outcomes = await crowd(
          due,
          (each) => lookAt(store, each, known.get(each.id) ?? new Map(), slow.has(each.id)),
          (each, error) => failures.push(failedAt(each.slug, error)),
        );
        await writeOutcomes(store, outcomes);
        await askOthers(store, outcomes);
        await settle(telling, {
          // Three failed looks take two thirds of an interval: what was good before that says nothing about now.
          withinMs: 0.75 * everyMs + 5_000,
          ownAnswers,
          judged: outcomes.map(({ due: one, probes }) =>
            judge(one, probes, slowOf(probes, slowMs, slow.has(one.id))),
          ),
        });
        if (due.length < batch) break;
      }
      await closeUnwatched(telling);
      throwAll(failures);
    },

    async keep(told) {
      const store = await options.store();
      const telling: Telling = { ...told, store, webhooks };
      const failures: unknown[] = [];
      // Each by itself: what is wrong with one must not keep the others from being done.
      const alone = (work: Promise<void>) => work.catch((error: unknown) => void failures.push(error));
      await alone(turn("partitions", 3_600_000, () => keepPartitions(store)));
      await alone(noteLimits(telling, limits));
      if (everyMs !== 0) {
        await alone(keepHistory(store, turn));
        await alone(turn("run times", 60_000, () => watchRunTimes(telling, environments[0].name)));
        await alone(turn("old", 86_400_000, () => forgetIncidents(store)));
      }
      throwAll(failures);
    },
  };
}

/** Does work for many, so many at once; one that fails altogether is left out and told of, and its turn comes again. */
async function crowd<Item, Done>(
  items: readonly Item[],
  work: (item: Item) => Promise<Done>,
  onError: (item: Item, error: unknown) => void,
): Promise<Done[]> {
  const done: Done[] = [];
  const rest = [...items];
  await Promise.all(
    Array.from({ length: Math.min(atOnce, items.length) }, async () => {
      for (let item = rest.shift(); item !== undefined; item = rest.shift()) {
        try {
          done.push(await work(item));
        } catch (error) {
          onError(item, error);
        }
      }
    }),
  );
  return done;
}
