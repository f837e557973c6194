import { lookup } from "node:dns/promises";
import { resolverSettings } from "../resolver/settings.ts";
import type { Outside } from "./resolves.ts";

const patienceMs = 10_000;

const codeOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof Error && "code" in cause && typeof cause.code === "string") return cause.code;
  return cause instanceof Error ? cause.name : "unknown";
};

/** The domain name system and the web, as this machine sees them. */
export function openOutside(env: NodeJS.ProcessEnv): Outside {
  return {
    // Names below "localhost" lead nowhere but to this machine.
    domain: env.ATOLL_DOMAIN && env.ATOLL_DOMAIN !== "localhost" ? env.ATOLL_DOMAIN : undefined,
    environment: resolverSettings(env).environment,
    lookUp: (host) =>
      lookup(host).then(
        () => undefined,
        (error: unknown) => codeOf(error),
      ),
    async reach(url) {
      try {
        const answer = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(patienceMs) });
        await answer.body?.cancel();
        return answer.status < 400 ? undefined : `it answered ${answer.status}`;
      } catch (error) {
        return codeOf(error);
      }
    },
  };
}
