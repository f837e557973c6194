import type { Secret } from "@atoll/core/secret";
import { createHttp, type Http, type HttpOptions } from "@atoll/provider-kit/http";

interface N8nOptions extends Pick<HttpOptions, "fetch" | "clock" | "onCall"> {
  /** An API key made in n8n (Settings, n8n API). */
  token: Secret;
  /** Address of the server, without `/api/v1`. */
  baseUrl: string;
}

/** n8n's public API. */
export function n8nApi({ token, baseUrl, ...more }: N8nOptions): Http {
  return createHttp({
    ...more,
    provider: "n8n",
    baseUrl: `${baseUrl.replace(/\/+$/, "")}/api/v1`,
    token,
    authorize: (headers, secret) => headers.set("x-n8n-api-key", secret.expose()),
  });
}
