import { textUpTo } from "./bounded-text.ts";

const withinMs = 10_000;
/** Far more than a site says of itself: what sends without end is not read without end. */
const bodyBytes = 65_536;

/** Where a site's own redirect leads: to the same origin, or to https of the same host. Undefined = anywhere else. */
function onItself(from: string, answer: Response): string | undefined {
  if (![301, 302, 303, 307, 308].includes(answer.status)) return undefined;
  const to = URL.parse(answer.headers.get("location") ?? "", from);
  if (to === null || !answer.headers.has("location") || to.username !== "" || to.password !== "")
    return undefined;
  const { origin, hostname, protocol, port } = new URL(from);
  const isSecured = protocol === "http:" && to.protocol === "https:" && to.hostname === hostname;
  return to.origin === origin || (isSecured && port === "" && to.port === "") ? to.href : undefined;
}

/**
 * Asks sites whether they answer at `/api/health`, and as whose. `given` fetches them; the default is the global one.
 * Whoever makes a site says where it redirects to: that is not followed, except to the site itself, once.
 */
export function answering(given?: typeof fetch) {
  const ask = (url: string, signal: AbortSignal) =>
    // Looked up at each call, so that whoever replaces the global one is heard.
    (given ?? fetch)(url, { redirect: "manual", signal });

  /** Why a site cannot be said to answer; undefined when it does, be it that visitors have to sign in first. */
  async function silence(url: string): Promise<string | undefined> {
    try {
      const answer = await ask(`${url}/api/health`, AbortSignal.timeout(withinMs));
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
      const signal = AbortSignal.timeout(withinMs);
      const health = `${url}/api/health`;
      answer = await ask(health, signal);
      const next = onItself(health, answer);
      if (next !== undefined) {
        await answer.body?.cancel();
        answer = await ask(next, signal);
      }
    } catch {
      return [`${url} does not answer.`];
    }
    const told = await textUpTo(answer, bodyBytes).catch(() => "");
    if (answer.status >= 500) return [`${url} answers ${answer.status}.`];
    return instanceIn(told) === instance ? [] : [`${url}/api/health does not name this instance.`];
  }

  return { silence, problems };
}

/** The instance that a site says it is of. */
function instanceIn(text: string): unknown {
  try {
    const told: unknown = JSON.parse(text);
    return typeof told === "object" && told !== null && "instance" in told ? told.instance : undefined;
  } catch {
    return undefined;
  }
}
