import { limits as resend } from "@atoll/email/limits";
import { limits as github } from "@atoll/github/limits";
import { memoryLedger } from "@atoll/hub/quotas/ledger";
import { limits as netlify } from "@atoll/netlify/limits";
import type { Charge, PublishedLimits } from "@atoll/provider-kit/charges";
import { limits as supabase } from "@atoll/supabase/limits";
import { limits as vercel } from "@atoll/vercel/limits";

/** How often one instance calls what, by "PROVIDER METHOD /path/{template}", as the adapters name it. */
export type Calls = Record<string, number>;

/** What a provider's limits let through. */
export interface Throughput {
  provider: string;
  /** Calls of one instance that its account's limits count. */
  calls: number;
  /** Instances an hour, over a dozen of its longest windows of virtual time (of two days at most). */
  perHour: number;
  /** The limit that was waited for most. */
  binds: string;
}

const published: Record<string, PublishedLimits> = {
  Supabase: supabase,
  GitHub: github,
  Vercel: vercel,
  Netlify: netlify,
  Resend: resend,
};

/** So many of the longest window are lived through: fewer would count the first one's room twice. */
const windows = 12;
const shortestMs = 600_000;
const longestMs = 2 * 86_400_000;
/** Instances that are under way at once, and how long a call takes. */
const atOnce = 16;
const callMs = 300;

/**
 * Has the governor's own decisions deal the limits of each provider's account to instances that all want the same work,
 * in virtual time. Limits that are counted for one project alone bind no fleet and are left out.
 */
export async function throughputOf(work: Calls): Promise<Throughput[]> {
  const found: Throughput[] = [];
  for (const [provider, limits] of Object.entries(published)) {
    const charged = Object.entries(work)
      .filter(([name]) => name.startsWith(`${provider} `) && !name.startsWith(`${provider} Auth`))
      .flatMap(([name, count]) => {
        const [method = "", path = ""] = name.slice(provider.length + 1).split(" ");
        const params = path.includes("{ref}") ? { ref: "a-project" } : {};
        const { scope, charges } = limits.charges({ method, path, params });
        return scope !== undefined || charges.length === 0
          ? []
          : Array.from({ length: Math.round(count) }, () => charges);
      });
    if (charged.length > 0) found.push({ provider, calls: charged.length, ...(await dealt(charged)) });
  }
  return found;
}

interface UnderWay {
  name: string;
  /** How many of its calls are made. */
  made: number;
  /** When its next call may begin. */
  atMs: number;
}

async function dealt(calls: readonly (readonly Charge[])[]): Promise<{ perHour: number; binds: string }> {
  const longestWindowMs = Math.max(...calls.flat().map(({ windowMs }) => windowMs));
  const endMs = Math.min(longestMs, Math.max(shortestMs, windows * longestWindowMs));
  let nowMs = 0;
  const ledger = memoryLedger(() => nowMs);
  const stock = new Map<string, { count: number; untilMs: number }>();
  const waited = new Map<string, number>();
  let begun = 0;
  let done = 0;
  const next = (): UnderWay => ({ name: `instance-${begun++}`, made: 0, atMs: nowMs });
  const under = Array.from({ length: atOnce }, next);
  const signature = (charges: readonly Charge[]) => charges.map(({ bucket }) => bucket).join("+");
  const makes = (index: number) => {
    const each = under[index];
    if (each === undefined) return;
    each.made += 1;
    each.atMs = nowMs + callMs;
    if (each.made < calls.length) return;
    done += 1;
    under[index] = next();
  };

  while (nowMs < endMs) {
    const wanting = under.flatMap((each, index) => {
      const charges = calls[each.made];
      if (charges === undefined || each.atMs > nowMs) return [];
      // A permit that was given along with an earlier one.
      const spare = stock.get(signature(charges));
      if (spare !== undefined && spare.count > 0 && spare.untilMs > nowMs) {
        spare.count -= 1;
        makes(index);
        return [];
      }
      return [{ each, index, charges }];
    });
    const { grants, waits, spare } = await ledger.ask("account", {
      process: "simulation",
      heard: [],
      wants: wanting.map(({ each, charges }) => ({
        key: each.name,
        instance: each.name,
        urgent: false,
        charges,
        count: 1,
        sinceMs: each.atMs,
      })),
    });
    for (const { each, index, charges } of wanting) {
      const more = spare.get(each.name);
      if (more !== undefined)
        stock.set(signature(charges), { count: more.count, untilMs: nowMs + more.holdMs });
      if ((grants.get(each.name) ?? 0) > 0) makes(index);
    }
    const turns = [...waits.values()];
    const soonest = Math.min(
      ...turns.map(({ untilMs }) => untilMs),
      ...under.filter(({ atMs }) => atMs > nowMs).map(({ atMs }) => atMs),
    );
    const untilMs = Math.max(nowMs + 1, Number.isFinite(soonest) ? soonest : nowMs + callMs);
    for (const { of } of turns) waited.set(of, (waited.get(of) ?? 0) + untilMs - nowMs);
    nowMs = untilMs;
  }
  const [binds] = [...waited].toSorted(([, a], [, b]) => b - a);
  return { perHour: (done / endMs) * 3_600_000, binds: binds?.[0] ?? "nothing" };
}
