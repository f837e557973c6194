import type { ProviderSettings } from "../settings.ts";

/** Whether a provider's own API says anything sensible just now; `undefined` = nobody knows where that is. */
export type OwnAnswers = (environment: string, provider: string) => Promise<boolean | undefined>;

interface Options {
  environments: readonly { name: string; settings: ProviderSettings }[];
  timeoutMs: number;
  /** Calls it; the default is the global one. */
  fetch?: typeof fetch;
}

/** Where its API is, by the name that probes give a provider. */
const addressOf = (settings: ProviderSettings, provider: string): string | undefined =>
  ({
    supabase: settings.supabase.apiUrl,
    vercel: settings.vercel.apiUrl,
    netlify: settings.netlify?.apiUrl,
    n8n: settings.n8n.apiUrl,
  })[provider];

/**
 * Asks providers' APIs without a token, which costs no call of a limit: a refusal is an answer, and so is that there is
 * nothing at that path. What answers by 500 and more, or not in time, does not answer.
 */
export function openOwnAnswers({ environments, timeoutMs, fetch: given = fetch }: Options): OwnAnswers {
  return async (environment, provider) => {
    const place = environments.find(({ name }) => name === environment);
    const address = place && addressOf(place.settings, provider);
    if (address === undefined) return undefined;
    try {
      const answer = await given(address, { redirect: "manual", signal: AbortSignal.timeout(timeoutMs) });
      await answer.body?.cancel();
      return answer.status < 500;
    } catch {
      return false;
    }
  };
}
