import type { Secret } from "@atoll/core/secret";
import { type Explanation, messageIn, type Refusal } from "@atoll/provider-kit/explain";
import { createHttp, type Http, type HttpOptions } from "@atoll/provider-kit/http";
import { limits } from "./limits.ts";

interface GithubOptions extends Pick<HttpOptions, "fetch" | "clock" | "onCall" | "governor"> {
  token: Secret;
  /** Default: https://api.github.com */
  baseUrl?: string;
}

/** GitHub's REST API. */
export function githubApi({ token, baseUrl = "https://api.github.com", ...more }: GithubOptions): Http {
  return createHttp({
    ...more,
    provider: "GitHub",
    baseUrl,
    token,
    headers: {
      accept: "application/vnd.github+json",
      "x-github-api-version": "2022-11-28",
      "user-agent": "atoll",
    },
    rateLimit: { resetIs: "epoch-seconds" },
    limits,
    explain,
  });
}

/** A rate limit comes as 403 too; without any header to say so the documents ask for a minute. */
function explain({ status, headers, body }: Refusal): Explanation {
  const message = messageIn(body) ?? "";
  if (status === 403 || status === 429) {
    const spent = headers.get("x-ratelimit-remaining") === "0";
    const after = headers.has("retry-after");
    if (status === 429 || spent || after || /rate limit/i.test(message))
      return { limited: true, ...(!spent && !after && { retryInMs: 60_000 }) };
    return {
      next: "Give the token the right to this: for a classic one the scopes repo and delete_repo, for a fine-grained one Administration, Contents and Pull requests (write) in the organisation. Then retry the run.",
    };
  }
  // "Git Repository is empty.": its content is still on its way.
  if (status === 409 && /empty/i.test(message)) return { gone: true };
  if (status !== 422) return {};
  const said = [message, ...detailsIn(body)].join(": ");
  return { message: said, exists: /already exists/i.test(said) };
}

/** GitHub's 422 says "Validation Failed" and hides the reasons in a list, of sentences or of objects. */
function detailsIn(body: unknown): string[] {
  if (typeof body !== "object" || body === null || !("errors" in body) || !Array.isArray(body.errors))
    return [];
  return body.errors.flatMap((error: unknown) => messageIn(error) ?? []);
}
