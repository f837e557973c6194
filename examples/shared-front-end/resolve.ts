/** What a resolver says of an instance that serves. */
export interface Instance {
  subdomain: string;
  name: string;
  type: string | null;
  blueprint: string;
  supabaseUrl: string;
  supabaseAnonKey: string;
  url: string | null;
  locale: string | null;
  mapCenter: { latitude: number; longitude: number } | null;
  modules: string[];
}

/** What an address leads to. `unsure` = the resolver could not say. */
export type Found =
  | { is: "live"; instance: Instance }
  | { is: "paused" | "archived"; name: string; locale: string | null }
  | { is: "unknown" }
  | { is: "unsure" };

interface Kept {
  etag: string;
  instance: Instance;
  checkedAt: number;
}

const mostKept = 1_000;
const timeoutMs = 2_000;

/**
 * Asks a resolver what an address leads to. Each time anew, so that an archive is seen at once; what is kept makes that
 * a 304 without a body. When the resolver cannot say, what it said last stands for `staleMs`.
 */
export function resolverAt(
  url: string,
  { staleMs = 60_000, now = Date.now }: { staleMs?: number; now?: () => number } = {},
): (address: { host: string; instance?: string | undefined }) => Promise<Found> {
  const kept = new Map<string, Kept>();

  return async ({ host, instance }) => {
    const query = new URLSearchParams({ host, ...(instance !== undefined && { instance }) });
    const key = query.toString();
    const known = kept.get(key);
    const unsure = (): Found =>
      known !== undefined && now() - known.checkedAt <= staleMs
        ? { is: "live", instance: known.instance }
        : { is: "unsure" };
    let answer: Response;
    try {
      answer = await fetch(`${url}/resolve?${query}`, {
        headers: known === undefined ? {} : { "if-none-match": known.etag },
        signal: AbortSignal.timeout(timeoutMs),
      });
    } catch {
      return unsure();
    }
    if (answer.status === 304 && known !== undefined) {
      known.checkedAt = now();
      return { is: "live", instance: known.instance };
    }
    if (answer.status === 200) {
      const found = (await answer.json()) as Instance; // as the hub's contract says
      kept.delete(key);
      kept.set(key, { etag: answer.headers.get("etag") ?? "", instance: found, checkedAt: now() });
      const [oldest] = kept.keys();
      if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
      return { is: "live", instance: found };
    }
    const said = (await answer.json().catch(() => ({}))) as {
      instance?: { name: string; locale: string | null; status: "paused" | "archived" };
    }; // a problem; only of what is paused or archived it says more
    if (said.instance === undefined && answer.status >= 500) return unsure();
    kept.delete(key);
    if (said.instance === undefined) return { is: "unknown" };
    const { name, locale, status } = said.instance;
    return { is: status, name, locale };
  };
}
