import type { Journal } from "@atoll/engine/journal";
import { sql } from "kysely";
import type { Accounts } from "../accounts.ts";
import type { Store } from "../store/store.ts";
import { instanceDatabase } from "../vault/instance-database.ts";
import type { Databases } from "./databases.ts";

interface Place {
  name: string;
  accounts: Pick<Accounts, "looksAt" | "restorePoint" | "keptBackups" | "isPaused">;
  journal: Pick<Journal, "find" | "resources" | "secret">;
  /** The local cloud has all its databases on one server; elsewhere each project has its own. */
  cloud: { url: string } | undefined;
}

/** The databases of one environment's instances, by its accounts. */
export function databasesOf(
  { name, accounts, journal, cloud }: Place,
  store: () => Promise<Store>,
): Databases {
  /** The project that an instance's schema stands in. */
  async function projectOf(slug: string): Promise<string | undefined> {
    const { rows } = await sql<{ provider_id: string }>`select r.provider_id from atoll.resources r
      join atoll.instances i on i.id = r.instance_id where i.slug = ${slug} and r.kind = 'postgres.schema'`.execute(
      await store(),
    );
    return rows[0]?.provider_id;
  }

  return {
    async open(slug) {
      const looks = accounts.looksAt((await journal.find(slug))?.answers);
      return instanceDatabase({ journal, looks, environment: name })(slug);
    },
    server: async (slug) => cloud?.url ?? (await projectOf(slug)) ?? slug,
    async restorePoint(slug) {
      const ref = await projectOf(slug);
      if (ref === undefined || ref.startsWith("host:"))
        return { kind: "none", what: "The database is the client's own: its backups are theirs." };
      return accounts.restorePoint(ref);
    },
    async backups(slug) {
      const ref = await projectOf(slug);
      if (ref === undefined) return { items: [], what: "It has no database." };
      if (ref.startsWith("host:"))
        return { items: [], what: "The database is the client's own: its backups are theirs." };
      return accounts.keptBackups(ref);
    },
    async isPaused(slug) {
      const ref = await projectOf(slug);
      return ref !== undefined && !ref.startsWith("host:") && (await accounts.isPaused(ref));
    },
  };
}
