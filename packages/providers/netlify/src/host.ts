import type { Http } from "@atoll/provider-kit/http";
import { deployment } from "./deployment.ts";
import { environment } from "./environment.ts";
import { site } from "./site.ts";

interface HostOptions {
  /** Slug or id of the team. */
  account: string;
  /** Of Netlify's GitHub App in the organisation. */
  installationId: number;
  /** As `deployment` takes them. */
  deployments?: Parameters<typeof deployment>[1];
}

/** All that serves an application, in one team. */
export const netlifyHost = (api: Http, options: HostOptions) => ({
  site: site(api, options),
  environment: environment(api, options),
  deployment: deployment(api, options.deployments),
});
