import type { Secret } from "@atoll/core/secret";
import type { SupabaseApi } from "./api.ts";

/**
 * Gives the owner of a project's database (by its ref) another password, by `PATCH .../database/password` of the
 * Management API. Sessions that are open stay so; whoever signs in with the old one is refused from then on.
 */
export async function setDatabasePassword(api: SupabaseApi, ref: string, password: Secret): Promise<void> {
  await api.http.patch("/v1/projects/{ref}/database/password", {
    params: { ref },
    body: { password },
    safe: true,
  });
}
