import { type Client, createClient, HubProblem } from "@atoll/contract/client";
import { usualRunBudgets } from "@atoll/contract/schemas/settings";
import type { StoredEvent } from "@atoll/core/event";
import { Fault } from "@atoll/core/fault";
import type { Cost, Desk } from "./desk.ts";
import { remoteBackups } from "./remote-backups.ts";
import { remoteDrifts } from "./remote-drifts.ts";
import { remoteExports } from "./remote-exports.ts";
import { remoteSchemas } from "./remote-schemas.ts";
import { remoteSweeps } from "./remote-sweeps.ts";
import { remoteTemplates } from "./remote-templates.ts";

const ended = ["succeeded", "failed", "undone", "cancelled"];
const pauseMs = 500;

/** Optional fields that are absent, as `undefined`: what commands read. */
const whole = <T extends object, K extends string>(value: T, ...keys: K[]) =>
  ({ ...Object.fromEntries(keys.map((key) => [key, undefined])), ...value }) as T & Record<K, undefined>;

/** A hub's refusal as the fault that commands show. */
async function asFaults<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof HubProblem) {
      const { title: what, next, field, status, problems } = error.problem;
      const kind = status === 401 || status === 403 ? "sign-in-again" : "rejected";
      throw new Fault(kind, {
        what,
        next,
        ...(field !== undefined && { field }),
        ...(problems && { problems }),
      });
    }
    if (error instanceof TypeError)
      throw new Fault("try-again", {
        what: "The hub does not answer.",
        next: "Check ATOLL_URL, and that the hub runs.",
      });
    throw error;
  }
}

interface RemoteOptions {
  url: string;
  apiKey: string;
  /** Where new instances are made; undefined = the hub's default. */
  environment: string | undefined;
}

/** Works on a running hub by its API. */
export function remoteDesk({ url, apiKey, environment }: RemoteOptions): Desk {
  const where = environment === undefined ? {} : { environment };
  const client: Client = createClient({ baseUrl: url.replace(/\/+$/, ""), apiKey });
  const call: Client["call"] = (name, input, options) => asFaults(client.call(name, input, options));
  // What was registered here and is not at the hub yet: it goes along when its first run is asked for.
  const drafts = new Map<string, { blueprint: string; answers: Record<string, unknown> }>();

  /** What the hub said that its newest plan costs. */
  let cost: Cost = { monthly: 0, currency: "USD", lines: [] };

  const find = async (slug: string) => {
    try {
      return whole(await client.call("showInstance", { params: { slug } }), "url");
    } catch (error) {
      if (error instanceof HubProblem && error.problem.status === 404) return undefined;
      return asFaults(Promise.reject(error));
    }
  };
  const instance = async (slug: string) => whole(await call("showInstance", { params: { slug } }), "url");

  async function* events(runId: string): AsyncGenerator<StoredEvent> {
    let after = 0;
    for (;;) {
      try {
        for await (const event of client.follow("followRun", { params: { id: runId } }, { after })) {
          after = event.seq;
          yield event as StoredEvent; // the contract's events are the engine's
        }
      } catch (error) {
        // A broken connection is opened again; a refusal is one.
        if (error instanceof HubProblem) await asFaults(Promise.reject(error));
      }
      if (ended.includes((await call("showRun", { params: { id: runId } })).state)) return;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  return {
    operator: "api key",
    cloudUrl: undefined,
    mailbox: undefined,
    journal: {
      async list() {
        const all = [];
        let cursor: string | undefined;
        do {
          const part = await call("listInstances", { query: { limit: 500, cursor } });
          all.push(...part.items.map((each) => whole(each, "url")));
          cursor = part.nextCursor;
        } while (cursor !== undefined);
        return all;
      },
      find,
      async verify(slug) {
        const params = { slug };
        const [plan, health] = await Promise.all([
          call("planInstance", { params }),
          call("checkHealth", { params }),
        ]);
        return { items: plan.items, problems: health.problems };
      },
      drift: async (slug) => (await call("checkDrift", { params: { slug } })).items,
      planOperation: async (kind, slug, input) =>
        (await call("planRun", { params: { slug }, body: { kind, ...(input && { input }) } })).items,
      async submit(kind, slug, { answers, input }) {
        const draft = drafts.get(slug);
        if (draft !== undefined && (await find(slug)) === undefined)
          return (await call("createInstance", { body: { ...draft, ...where } })).id;
        const confirm = kind === "archive" || kind === "restore" ? { confirm: slug } : {};
        return (
          await call("startRun", {
            params: { slug },
            body: { kind, ...confirm, ...(answers !== undefined && { answers }), ...(input && { input }) },
          })
        ).id;
      },
      cancel: async (id) => void (await call("cancelRun", { params: { id } })),
      retry: async (id) => void (await call("retryRun", { params: { id } })),
      retryUndo: async (id) => void (await call("retryUndo", { params: { id } })),
      events,
      wait: async (id) =>
        whole(await call("showRun", { params: { id } }), "fault", "startedAt", "endedAt", "notBefore"),
      resources: async (slug) => (await call("listResources", { params: { slug } })).items,
      runs: async (slug) => {
        const { items } = await call("listInstanceRuns", { params: { slug } });
        return items.map((each) => whole(each, "fault", "startedAt", "endedAt", "notBefore")).toReversed();
      },
    },
    async register(blueprint, answers) {
      // The hub checks the answers, and makes the slug, before anything is made.
      const { slug } = await call("planNewInstance", { body: { blueprint, answers, ...where } });
      drafts.set(slug, { blueprint, answers: { ...answers, slug } });
      return slug;
    },
    async plan(blueprint, slug, answers) {
      if (answers === undefined || (slug !== undefined && Object.keys(answers).length === 1))
        return call("planInstance", { params: { slug: slug ?? "" } });
      const planned = await call("planNewInstance", { body: { blueprint, answers, ...where } });
      cost = planned.cost;
      return planned;
    },
    blueprints: async () => (await call("listBlueprints", { query: where })).items,
    problemsOf: async (blueprint, answers, about) =>
      (
        await call("checkAnswers", {
          body: { blueprint, answers, ...where, ...(about !== undefined && { about }) },
        })
      ).problems,
    costOf: async () => cost,
    instance,
    urlOf: async (slug) => (await instance(slug)).url,
    destroy: async (slug, { now }) => {
      const body = { kind: "destroy", confirm: slug, ...(now && { now }) } as const;
      return (await call("startRun", { params: { slug }, body })).id;
    },
    proof: (id) => call("showProof", { params: { id } }),
    doctor: async (name) =>
      (await call("runDoctor", { query: name === undefined ? {} : { environment: name } })).items,
    checklists: { check: (slug) => call("checkInstance", { params: { slug } }) },
    // Who does it is what the API key says.
    hosts: {
      list: (slug) => call("listHosts", { params: { slug } }),
      add: (slug, host) => call("addHost", { params: { slug, host } }),
      remove: (slug, host) => call("removeHost", { params: { slug, host } }),
    },
    domains: { list: (slug) => call("listDomains", { params: { slug } }) },
    deployments: { list: (slug) => call("listDeployments", { params: { slug } }) },
    templates: remoteTemplates(call),
    vaults: {
      read: async (slug) => (await call("readVault", { params: { slug } })).items,
      drift: async (slug) => (await call("checkDrift", { params: { slug } })).vault,
      set: (slug, key, body) => call("setVaultKey", { params: { slug, key }, body }),
      remove: async (slug, key, seen) =>
        void (await call("removeVaultKey", {
          params: { slug, key },
          query: seen === undefined ? {} : { seen },
        })),
      settle: (slug, key, body) => call("settleVaultKey", { params: { slug, key }, body }),
    },
    team: (slug) => call("showInstanceTeam", { params: { slug } }),
    schemas: remoteSchemas(call),
    drifts: remoteDrifts(call),
    backups: remoteBackups(call),
    sweeps: remoteSweeps(call),
    exports: remoteExports(client, asFaults),
    monitor: {
      overview: () => call("monitorOverview", {}),
      instance: (slug, range) => call("instanceMonitor", { params: { slug }, query: { range } }),
      incidents: (query) => call("listIncidents", { query }),
      quotas: async () => (await call("listQuotas", {})).items,
      accounts: async () => (await call("listQuotas", {})).accounts,
      runTimes: (days) => call("listRunTimes", { query: { days } }),
      runBudgets: async () => ({
        ...usualRunBudgets,
        ...(await call("showSettings", {})).runBudgetsSeconds,
      }),
      // Who does it is what the API key says.
      async setRunBudget(kind, seconds) {
        const { answer, etag } = await asFaults(client.callTagged("showSettings", {}));
        const { [kind]: _, ...others } = answer.runBudgetsSeconds ?? {};
        const runBudgetsSeconds = seconds === undefined ? others : { ...others, [kind]: seconds };
        await call("changeSettings", { body: { ...answer, runBudgetsSeconds } }, { ifMatch: etag ?? "" });
      },
    },
    pool: {
      show: () => call("showPool", {}),
      resize: (body) => call("resizePool", { body }),
      drain: (body) => call("drainPool", { body }),
      round: async () => {}, // the hub does
    },
    usage: {
      report: (query) => call("usageReport", { query }),
      csv: (query) => call("usageReportCsv", { query }),
      measure: async (slug) => void (await call("measureUsage", { params: { slug }, body: {} })),
    },
    files: async (slug) => {
      const { files } = await call("showFiles", { params: { slug } });
      return Object.fromEntries(files.map(({ path, text }) => [path, text]));
    },
    verifyAudit: () => call("verifyAudit", {}),
    close: async () => {},
  };
}
