import type { Http } from "@atoll/provider-kit/http";

/** Where a variable holds: Vercel's three built-in environments. */
export type Target = "production" | "preview" | "development";

/** A variable as Vercel lists it. `value` is readable for the type `plain` only. */
export interface VariableBody {
  id?: string;
  key: string;
  value: string;
  type: string;
  target?: Target | Target[];
  gitBranch?: string | null;
  customEnvironmentIds?: string[];
  comment?: string;
  createdAt?: number;
  updatedAt?: number;
}

/** All variables of a project, values undecrypted; undefined when there is no such project. */
export async function listVariables(api: Http, projectId: string): Promise<VariableBody[] | undefined> {
  const body = await api.getOrGone<{ envs: VariableBody[] } | VariableBody>("/v10/projects/{idOrName}/env", {
    params: { idOrName: projectId },
  });
  if (!body) return undefined;
  return "envs" in body ? body.envs : [body];
}

/** Where a variable holds, as a list. */
export function targetsOf({ target = [] }: VariableBody): Target[] {
  return Array.isArray(target) ? target : [target];
}

/** Holds for one git branch or one custom environment only: never ours. */
export function isBranched({ gitBranch, customEnvironmentIds = [] }: VariableBody): boolean {
  return Boolean(gitBranch) || customEnvironmentIds.length > 0;
}
