import type { Secret } from "@atoll/core/secret";
import { noLimits } from "@atoll/provider-kit/charges";
import { createHttp, type Http, type HttpOptions } from "@atoll/provider-kit/http";

interface GiteaOptions extends Pick<HttpOptions, "fetch" | "clock" | "onCall" | "governor"> {
  token: Secret;
  /** With the path of the API: "https://git.example/api/v1". */
  baseUrl: string;
}

/** Gitea's REST API. */
export function giteaApi({ token, baseUrl, ...more }: GiteaOptions): Http {
  return createHttp({
    ...more,
    provider: "Gitea",
    baseUrl,
    token,
    limits: noLimits,
    authorize: (headers, secret) => headers.set("authorization", `token ${secret.expose()}`),
  });
}
