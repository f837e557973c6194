import type { ProbeKind } from "@atoll/contract/schemas/monitor";
import { isProviders, kindsIn, manyInstances, type Trouble, troublesOf } from "./causes.ts";
import type { IncidentRow } from "./incident-row.ts";
import {
  attachIncident,
  closeIncident,
  openIncident,
  openIncidents,
  openIncidentsOf,
  renameIncident,
  type Telling,
} from "./incidents.ts";
import type { OwnAnswers } from "./own-answers.ts";
import { type Due, type Probes, providerShares } from "./rows.ts";
import { isSlow, percentile } from "./verdict.ts";

/** What was found at one instance in this round. */
export interface Judged {
  due: Pick<Due, "id" | "slug" | "environment">;
  probes: Probes;
  troubles: Trouble[];
}

/** What of an instance is slow; `before` = it was when somebody last looked. */
export function slowOf(
  probes: Probes,
  slowMs: number,
  before: boolean,
): { kind: ProbeKind; p95Ms: number; budgetMs: number } | undefined {
  for (const kind of kindsIn("slow")) {
    const latencies = probes.get(kind)?.latencies ?? [];
    if (isSlow(latencies, slowMs, before))
      return { kind, p95Ms: percentile(latencies, 0.95) ?? 0, budgetMs: slowMs };
  }
  return undefined;
}

/** Adds what is wrong to what was found. */
export function judge(due: Judged["due"], probes: Probes, slow: ReturnType<typeof slowOf>): Judged {
  return { due, probes, troubles: troublesOf(probes, slow) };
}

const groupIn = ({ subject }: IncidentRow) => subject.slice(subject.lastIndexOf("/") + 1);
const providerWords: Record<string, string> = {
  supabase: "Supabase",
  vercel: "Vercel",
  netlify: "Netlify",
  n8n: "n8n",
};

/** A thing that is down and answered in its newest look is on its way up: no incident is begun for it. */
const stillFails = (probes: Probes, { group }: Trouble) =>
  group === "slow" ||
  kindsIn(group).some((kind) => {
    const probe = probes.get(kind);
    return (
      probe !== undefined && (probe.hint !== undefined || (probe.verdict === "down" && !probe.recent.at(-1)))
    );
  });

/**
 * Begins and ends incidents by what a round found. Where most instances of a provider fail at the same time, it is one
 * incident of the provider's, and those of its instances are not begun, or become a part of it.
 */
export async function settle(
  telling: Telling,
  { judged, withinMs, ownAnswers }: { judged: readonly Judged[]; withinMs: number; ownAnswers: OwnAnswers },
): Promise<void> {
  const { store } = telling;
  const open = await openIncidentsOf(
    store,
    judged.map(({ due }) => due.id),
  );
  const providers = new Map(
    (await openIncidents(store, "provider/")).map((row) => [`${row.environment}/${row.provider}`, row]),
  );
  const isQuiet =
    open.length === 0 && providers.size === 0 && judged.every(({ troubles }) => troubles.length === 0);
  if (isQuiet) return;
  const shares = await providerShares(store, withinMs);

  const asked = new Map<string, ReturnType<OwnAnswers>>();
  /** Asks the provider itself, once, where the instances alone do not say whose fault it is. */
  function answersOf(key: string, environment: string, provider: string): ReturnType<OwnAnswers> {
    const known = asked.get(key) ?? ownAnswers(environment, provider);
    asked.set(key, known);
    return known;
  }

  async function providersOwn(environment: string, provider: string): Promise<IncidentRow | undefined> {
    const key = `${environment}/${provider}`;
    const known = providers.get(key);
    if (known !== undefined) return known;
    const share = shares.get(key) ?? { failing: 0, all: 0 };
    if (!isProviders(share, { before: false, answers: undefined })) return undefined;
    const answers = share.all < manyInstances ? await answersOf(key, environment, provider) : undefined;
    if (!isProviders(share, { before: false, answers })) return undefined;
    const name = providerWords[provider] ?? provider;
    const subject = `provider/${key}`;
    const made =
      (await openIncident(telling, {
        subject,
        cause: "provider-down",
        environment,
        provider,
        affected: share.failing,
        what: `${name} seems to be down: ${share.failing} of ${share.all} instances in "${environment}" fail there at the same time.`,
        next: `Look at ${name}'s status page and at \`atoll doctor\`; single instances need nothing until it is back.`,
      })) ?? (await openIncidents(store, subject))[0];
    if (made !== undefined) providers.set(key, made);
    return made;
  }

  for (const { due, probes, troubles } of judged) {
    const mine = open.filter(({ instance_id }) => instance_id === due.id);
    for (const trouble of troubles) {
      const { group, cause, provider, what, next } = trouble;
      const known = mine.find((row) => groupIn(row) === group);
      const theirs =
        provider === undefined || group === "slow"
          ? undefined
          : await providersOwn(due.environment, provider);
      if (known !== undefined) {
        if (known.cause !== cause) await renameIncident(store, known.id, { cause, what, next });
        if (theirs !== undefined && known.part_of === null) await attachIncident(store, known.id, theirs.id);
      } else if (theirs === undefined && stillFails(probes, trouble)) {
        await openIncident(telling, {
          subject: `instance/${due.id}/${group}`,
          cause,
          environment: due.environment,
          instanceId: due.id,
          provider,
          what,
          next,
        });
      }
    }
    for (const row of mine)
      if (!troubles.some(({ group }) => group === groupIn(row)))
        await closeIncident(telling, { id: row.id, ending: "It answers as it should again." });
  }

  for (const [key, row] of providers) {
    const share = shares.get(key);
    // Nobody looked there lately: that says nothing. Where nobody is left to look at, `closeUnwatched` ends it.
    if (share === undefined || isProviders(share, { before: true, answers: undefined })) continue;
    await closeIncident(telling, { id: row.id, ending: "Its instances answer again." });
  }
}
