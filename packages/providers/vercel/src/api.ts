import type { Secret } from "@atoll/core/secret";
import { type Explanation, type Refusal, textAt } from "@atoll/provider-kit/explain";
import { createHttp, type Http, type HttpOptions } from "@atoll/provider-kit/http";
import { limits } from "./limits.ts";

interface VercelOptions extends Pick<HttpOptions, "fetch" | "clock" | "onCall" | "governor"> {
  token: Secret;
  /** The team's id ("team_…") or slug; absent = the account of the token's user. */
  teamId?: string;
  /** Default: https://api.vercel.com */
  baseUrl?: string;
}

/** Vercel's REST API, every call in the name of the team. */
export function vercelApi(options: VercelOptions): Http {
  const { token, teamId, baseUrl = "https://api.vercel.com", fetch: given, ...more } = options;
  // Added below everything else: a call that lacks it would land in another account.
  const fetchInTeam: typeof fetch = (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (teamId !== undefined) url.searchParams.set(teamId.startsWith("team_") ? "teamId" : "slug", teamId);
    return (given ?? fetch)(url, init);
  };
  return createHttp({
    ...more,
    provider: "Vercel",
    baseUrl,
    token,
    fetch: fetchInTeam,
    rateLimit: { resetIs: "epoch-seconds" },
    limits,
    explain,
  });
}

/** Code of refusals of a token that is no good anywhere; Vercel answers 403 for it as for a missing right. */
export const invalidToken = "invalid_token";

const isInvalidToken = (body: unknown) =>
  (body as { error?: { invalidToken?: unknown } } | null | undefined)?.error?.invalidToken === true; // any value may be asked

function explain({ status, body }: Refusal): Explanation {
  const code = isInvalidToken(body) ? invalidToken : textAt(body, "error", "code");
  return {
    ...(code !== undefined && { code }),
    ...(status === 402 && { next: "Settle the payment of the Vercel account, then retry the run." }),
    ...(status === 403 && {
      next: "Check the scope of the token and the role of its user in the team, then retry the run.",
    }),
  };
}
