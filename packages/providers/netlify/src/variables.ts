import type { Http } from "@atoll/provider-kit/http";

/** Deploy contexts of Netlify for which a variable can have a value of its own. */
export const contexts = ["production", "deploy-preview", "branch-deploy", "dev"] as const;
export type Context = (typeof contexts)[number];

/** A value of a variable as Netlify has it; of a secret one only that of `dev` can be read. */
export interface ValueBody {
  id?: string;
  value?: string;
  /** One of `contexts`, or "all", "branch", or what Netlify may add one day. */
  context: string;
  context_parameter?: string;
}

/** A variable as Netlify lists it. */
export interface VariableBody {
  key: string;
  values?: ValueBody[];
  is_secret?: boolean;
  /** ISO 8601. */
  updated_at?: string;
}

/** The variable that says which instance a site belongs to. */
export const markKey = "ATOLL_INSTANCE_ID";

/** Where a site's variables are: the account is part of their path. */
export const variablesPath = "/accounts/{account}/env";
export const variablePath = "/accounts/{account}/env/{key}";

/** All variables of a site; undefined when there is no such site. */
export async function listVariables(
  api: Http,
  account: string,
  siteId: string,
): Promise<VariableBody[] | undefined> {
  return await api.getOrGone<VariableBody[]>(variablesPath, {
    params: { account },
    query: { site_id: siteId },
  });
}

/** Value of a variable that is the same everywhere; undefined when there is none. */
export async function readVariable(
  api: Http,
  account: string,
  siteId: string,
  key: string,
): Promise<string | undefined> {
  const body = await api.getOrGone<VariableBody>(variablePath, {
    params: { account, key },
    query: { site_id: siteId },
  });
  const values = body?.values ?? [];
  return values.find(({ context }) => context === "all" || context === "production")?.value;
}
