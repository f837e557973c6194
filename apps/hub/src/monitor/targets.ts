import type { ProbeKind } from "@atoll/contract/schemas/monitor";
import type { ResourceStep } from "@atoll/core/blueprint";
import type { Address } from "@atoll/core/resource";
import { Secret } from "@atoll/core/secret";
import type { ResourceRecord } from "@atoll/engine/records";
import { forInstance } from "@atoll/engine/scene";
import { sql } from "kysely";
import { leadsInside } from "../answers/private-address.ts";
import { blueprintNamed } from "../blueprints/named.ts";
import type { OpenEnvironment } from "../environments/open.ts";
import type { Store } from "../store/store.ts";
import { lookAtCertificate } from "./certificate.ts";
import { outsideFetch, outsideOnly } from "./outside.ts";
import { lookAtApi, lookAtAuth } from "./project-apis.ts";
import type { MonitorSettings } from "./settings.ts";
import { type Seen, type Watched, wrongIn } from "./told.ts";
import type { Found } from "./verdict.ts";

/** One thing of an instance that can be looked at. */
export interface Target {
  kind: ProbeKind;
  /** Who answers for it: "supabase"; undefined = nobody but the instance, or an account that is not ours. */
  provider: string | undefined;
  /** Only a provider's own API tells, which counts calls: looked at less often. */
  isCloser: boolean;
  /** How many of the account's calls a look takes; 0 = none, or nobody counts them. */
  calls: number;
  /** Undefined = it could not be told now. */
  look(): Promise<Found | undefined>;
}

type Place = Pick<OpenEnvironment, "name" | "accounts" | "journal" | "databases" | "settings" | "cloud">;

/** Attributes as a resource recorded them; each is looked at before it is used. */
const attrsOf = (record: ResourceRecord | undefined) => (record?.attrs ?? {}) as Record<string, unknown>;
const textIn = (attrs: Record<string, unknown>, name: string) => {
  const value = attrs[name];
  return value instanceof Secret ? value.expose() : typeof value === "string" ? value : undefined;
};

const uncounted = new Set(["n8n", "gitea"]); // servers of one's own: no limit

/**
 * What of an instance can be looked at, by what the journal recorded: nothing is planned, and a provider is asked for
 * one thing by its id.
 */
export async function targetsOf(
  place: Place,
  store: Store,
  settings: Pick<MonitorSettings, "timeoutMs" | "certificateDays">,
  instance: { id: string; slug: string; blueprint: string },
): Promise<Target[]> {
  const { timeoutMs, certificateDays: warnDays } = settings;
  const [records, found, homes] = await Promise.all([
    place.journal.resources(instance.slug),
    place.journal.find(instance.slug),
    sql<{ step: string; within_id: string | null }>`
      select step, within_id from atoll.resources where instance_id = ${instance.id}`.execute(store),
  ]);
  const { steps } = forInstance(
    blueprintNamed(place.accounts.blueprints, instance.blueprint),
    new Map(records.map(({ step, kind }) => [step, kind])),
    found?.answers,
  );
  const byKind = (test: RegExp) => records.filter(({ kind }) => test.test(kind));
  const stepOf = ({ step }: ResourceRecord): ResourceStep | undefined => {
    const one = steps.find((each) => each.step === step);
    return one?.does === "resource" ? one : undefined;
  };
  const providerOf = ({ kind, brought }: ResourceRecord) =>
    brought ? undefined : kind.slice(0, kind.indexOf("."));
  const addressOf = ({ step, name, id }: ResourceRecord): Address => {
    const within = homes.rows.find((each) => each.step === step)?.within_id;
    return { instance: instance.id, name, id, ...(within && { within }) };
  };

  const isReal = place.cloud === undefined;
  /** Clients name their own addresses: what only the hub reaches is not called for them. */
  const outside =
    (url: string, look: () => Promise<Found | undefined>) => async (): Promise<Found | undefined> => {
      const host = URL.parse(url)?.hostname;
      if (isReal && host && (await leadsInside(host)))
        return { ok: false, problem: `${host} leads to an inner network.` };
      return look();
    };
  // The name may lead elsewhere a moment later: it is checked once more at the connection itself.
  const throughOutside = isReal && { fetch: outsideFetch };
  const lookedUp = isReal && {
    lookup: outsideOnly(() => new Error("The address leads to an inner network.")),
  };

  /** Observes things at their provider, and says what is wrong with the first that is not as it should be. */
  async function observe(ones: readonly ResourceRecord[]): Promise<Found> {
    for (const one of ones) {
      const resource = stepOf(one)?.resource;
      if (resource === undefined) continue;
      const seen: Seen = await resource.observe(addressOf(one));
      const watched: Watched = { kind: one.kind, name: one.name, attrs: attrsOf(one) };
      const own = seen.is === "present" ? ((await resource.probe?.(seen.attrs)) ?? []) : [];
      const problem = wrongIn(watched, seen) ?? (one.kind === "supabase.project" ? own[0] : undefined);
      if (problem !== undefined) return { ok: false, problem };
    }
    return { ok: true };
  }

  const targets: Target[] = [];
  const add = (
    kind: ProbeKind,
    provider: string | undefined,
    look: Target["look"],
    closer?: { calls: number },
  ) =>
    targets.push({
      kind,
      provider,
      look,
      isCloser: closer !== undefined,
      calls: provider !== undefined && uncounted.has(provider) ? 0 : (closer?.calls ?? 0),
    });

  const [deployment] = byKind(/\.deployment$/);
  const url = textIn(attrsOf(deployment), "url");
  if (deployment !== undefined && url) {
    const probe = stepOf(deployment)?.resource.probe;
    const host = providerOf(deployment);
    if (probe !== undefined)
      add(
        "page",
        host,
        outside(url, async () => {
          const began = performance.now();
          const [problem] = await probe(deployment.attrs);
          const latencyMs = Math.round(performance.now() - began);
          return problem === undefined ? { ok: true, latencyMs } : { ok: false, problem };
        }),
      );
    if (url.startsWith("https:"))
      add(
        "certificate",
        undefined,
        outside(url, () => lookAtCertificate(new URL(url), { timeoutMs, warnDays, ...lookedUp })),
        { calls: 0 },
      );
    add("deployment", host, () => observe([deployment]), { calls: 2 });
  }

  const [project] = byKind(/^supabase\.project$/);
  const [keys] = byKind(/^supabase\.api-keys$/);
  const apiUrl = textIn(attrsOf(project), "url");
  const publishableKey = textIn(attrsOf(keys), "publishable");
  if (project !== undefined && apiUrl) {
    const provider = providerOf(project);
    if (publishableKey) {
      const apis = { url: apiUrl, publishableKey, timeoutMs, ...throughOutside };
      add(
        "api",
        provider,
        outside(apiUrl, () => lookAtApi(apis)),
      );
      add(
        "auth",
        provider,
        outside(apiUrl, () => lookAtAuth(apis)),
      );
    }
    add("project", provider, () => observe([project]), { calls: 1 });
    if (byKind(/^postgres\.schema$/).length > 0)
      add("database", provider, () => selectOne(place, instance.slug), {
        calls: place.settings.supabase.connection === "endpoint" ? 1 : 0,
      });
  }

  const workflows = byKind(/^n8n\.workflow$/);
  if (workflows.length > 0) add("workflows", "n8n", () => observe(workflows), { calls: workflows.length });
  return targets;
}

/** Asks the database itself, by the way on which the schema was applied. */
async function selectOne(place: Place, slug: string): Promise<Found> {
  const began = performance.now();
  const session = await place.databases.open(slug);
  try {
    await session.query("select 1", { reads: true });
    return { ok: true, latencyMs: Math.round(performance.now() - began) };
  } finally {
    await session.close();
  }
}
