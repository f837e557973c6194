import type { SupabaseApi } from "./api.ts";

interface HealthBody {
  name: string;
  status: "COMING_UP" | "ACTIVE_HEALTHY" | "UNHEALTHY";
  info?: { db_schema?: string };
}

/** Services that an instance cannot do without. */
const services = ["auth", "db", "rest"];

/** Services that do not answer yet or any more; undefined when the project is gone. */
export async function unhealthyServices(api: SupabaseApi, ref: string): Promise<string[] | undefined> {
  const health = await api.http.getOrGone<HealthBody[]>("/v1/projects/{ref}/health", {
    params: { ref },
    query: { services },
  });
  return health
    ?.filter(({ status, info }) => status !== "ACTIVE_HEALTHY" && info?.db_schema !== "") // "" = Data API is off
    .map(({ name }) => name);
}
