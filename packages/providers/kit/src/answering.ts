const withinMs = 10_000;

/** Asks sites whether they answer at `/api/health`, and as whose. `given` fetches them; the default is the global one. */
export function answering(given?: typeof fetch) {
  // Looked up at each call, so that whoever replaces the global one is heard.
  const health = (url: string) =>
    (given ?? fetch)(`${url}/api/health`, { signal: AbortSignal.timeout(withinMs) });

  /** Why a site cannot be said to answer; undefined when it does. */
  async function silence(url: string): Promise<string | undefined> {
    try {
      const answer = await health(url);
      await answer.body?.cancel();
      return answer.status >= 500 ? `${url} answers ${answer.status}.` : undefined;
    } catch {
      return `${url} does not answer.`;
    }
  }

  /** What is wrong with the site of an instance, in plain words; empty = it answers in that instance's name. */
  async function problems(url: string, instance: string): Promise<string[]> {
    // One call for both: monitoring asks every minute, and takes its time as the site's.
    let answer: Response;
    try {
      answer = await health(url);
    } catch {
      return [`${url} does not answer.`];
    }
    const told: unknown = await answer.json().catch(() => undefined);
    if (answer.status >= 500) return [`${url} answers ${answer.status}.`];
    const named = typeof told === "object" && told !== null && "instance" in told && told.instance;
    return named === instance ? [] : [`${url}/api/health does not name this instance.`];
  }

  return { silence, problems };
}
