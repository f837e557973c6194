import { openDatabase } from "@atoll/hub/database";
import { atEnd } from "./ending.ts";

/** Starts the embedded Postgres that the hub of this home will use, and keeps it until the benchmark ends. */
export async function openHubDatabase(env: NodeJS.ProcessEnv): Promise<string> {
  const database = await openDatabase(env, env.ATOLL_HOME ?? "");
  atEnd(() => database.close());
  return database.url;
}
