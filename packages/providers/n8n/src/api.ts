import type { Secret } from "@atoll/core/secret";
import { noLimits } from "@atoll/provider-kit/charges";
import { createHttp, type Http, type HttpOptions } from "@atoll/provider-kit/http";

interface N8nOptions extends Pick<HttpOptions, "fetch" | "clock" | "onCall" | "governor"> {
  /** An API key made in n8n (Settings, n8n API). */
  token: Secret;
  /** With the path of the API: "https://n8n.example/api/v1". */
  baseUrl: string;
}

/** n8n's public API. */
export function n8nApi({ token, baseUrl, ...more }: N8nOptions): Http {
  return createHttp({
    ...more,
    provider: "n8n",
    baseUrl,
    token,
    limits: noLimits,
    authorize: (headers, secret) => headers.set("x-n8n-api-key", secret.expose()),
  });
}
