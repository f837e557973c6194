import type { Secret } from "@atoll/core/secret";
import { createHttp, type Http, type HttpOptions } from "@atoll/provider-kit/http";

interface GiteaOptions extends Pick<HttpOptions, "fetch" | "clock" | "onCall"> {
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
    authorize: (headers, secret) => headers.set("authorization", `token ${secret.expose()}`),
  });
}
