import type { CheckLine } from "@atoll/contract/schemas/checklist";
import { migrateFurther } from "@atoll/engine/migrate";
import pg from "pg";
import { hubMigrations } from "../check-audit.ts";
import { openResolver } from "../resolver/resolver.ts";
import type { ResolverSettings } from "../resolver/settings.ts";
import { type Checker, checkEverything } from "./check.ts";
import type { Query } from "./registry.ts";
import type { Resolve } from "./resolves.ts";
import { keepChecklist, lastChecklist } from "./store.ts";

/** Checklists of instances: made anew, or as they were last found. */
export interface Checklists {
  /** Goes through everything and keeps what it found. */
  check(slug: string): Promise<{ lines: CheckLine[]; checkedAt?: string }>;
  /** What was found last, of an instance by its id; without lines when nobody has checked yet. */
  last(instanceId: string): Promise<{ lines: CheckLine[]; checkedAt?: string }>;
}

/** Opens the checklists that stand in the hub's database; each call has a connection of its own. */
export function openChecklists(
  databaseUrl: string,
  settings: () => ResolverSettings,
  checker: Omit<Checker, "query" | "resolve">,
): Checklists {
  async function using<T>(work: (query: Query) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: databaseUrl, application_name: "atoll checklist" });
    client.on("error", () => {});
    await client.connect();
    try {
      return await work(async (text, values) => (await client.query(text, [...values])).rows);
    } finally {
      await client.end();
    }
  }

  return {
    async check(slug) {
      // From the command line nobody may have brought the hub's own tables up to date yet.
      await migrateFurther(databaseUrl, hubMigrations);
      // The resolver's own code on the hub's database: a check from the command line needs no hub that runs.
      const resolver = openResolver({ databaseUrl, settings: settings() });
      const resolve: Resolve = async (asked) => {
        const answer = await ("host" in asked
          ? resolver.byHost(asked.host)
          : resolver.byName(asked.instance));
        const body: unknown = JSON.parse(answer.body);
        return { status: answer.init.status, body };
      };
      try {
        return await using(async (query) => {
          const lines = await checkEverything({ ...checker, query, resolve }, slug);
          const instance = await checker.journal.find(slug);
          if (instance !== undefined) await keepChecklist(query, instance.id, lines);
          return instance === undefined ? { lines } : lastChecklist(query, instance.id);
        });
      } finally {
        await resolver.close();
      }
    },
    last: (instanceId) => using((query) => lastChecklist(query, instanceId)),
  };
}
