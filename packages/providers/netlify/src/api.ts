import type { Secret } from "@atoll/core/secret";
import { type Explanation, type Refusal, textAt } from "@atoll/provider-kit/explain";
import { createHttp, type Http, type HttpOptions } from "@atoll/provider-kit/http";
import { limits } from "./limits.ts";

interface NetlifyOptions extends Pick<HttpOptions, "fetch" | "clock" | "onCall" | "governor"> {
  token: Secret;
  /** Default: https://api.netlify.com/api/v1 */
  baseUrl?: string;
}

/** Netlify's REST API. */
export function netlifyApi(options: NetlifyOptions): Http {
  const { baseUrl = "https://api.netlify.com/api/v1", ...more } = options;
  return createHttp({
    ...more,
    provider: "Netlify",
    baseUrl,
    // Netlify asks every client to name itself.
    headers: { "user-agent": "Atoll" },
    rateLimit: { resetIs: "epoch-seconds" },
    limits,
    explain,
  });
}

function explain({ status, body }: Refusal): Explanation {
  const refused = refusedFields(body);
  const [field] = Object.keys(refused);
  const message = Object.entries(refused).map(([name, reasons]) => `${name} ${reasons.join(", ")}`);
  return {
    ...(message.length > 0 && { message: message.join("; ") }),
    ...(field !== undefined && { field, code: `${field} ${refused[field]?.join(", ")}` }),
    // Names and domains are shared by all customers: whether it is ours is looked up.
    ...(status === 422 && Object.values(refused).flat().includes("must be unique") && { exists: true }),
    ...(status === 403 &&
      /upgrade/i.test(textAt(body, "message") ?? "") && {
        kind: "rejected" as const,
        next: "Secret variables need Netlify's Pro plan: upgrade the team, then retry the run.",
      }),
  };
}

/** `{"errors":{"subdomain":["must be unique"]}}`: what Netlify says of single fields, beside `{code, message}`. */
function refusedFields(body: unknown): Record<string, string[]> {
  if (typeof body !== "object" || body === null || !("errors" in body)) return {};
  const { errors } = body;
  if (typeof errors !== "object" || errors === null) return {};
  return Object.fromEntries(
    Object.entries(errors).map(([field, reasons]) => [
      field,
      (Array.isArray(reasons) ? reasons : [reasons]).map(String),
    ]),
  );
}
