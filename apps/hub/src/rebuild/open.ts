import { Fault } from "@atoll/core/fault";
import { openOffice } from "@atoll/engine/journal";
import { recordRegained } from "@atoll/engine/regain";
import type { Office } from "@atoll/engine/runtime";
import type { OpenEnvironment } from "../environments/open.ts";
import type { SecretKeys } from "../home.ts";
import { record } from "../store/audit.ts";
import type { Store } from "../store/store.ts";
import { gather } from "./gather.ts";
import { hubIdOf } from "./hub-id.ts";
import { type Judged, judge, type RebuildLine } from "./judge.ts";
import { isSent } from "./standing.ts";

interface RebuildOptions {
  /** Take over what another hub made with the same accounts. */
  take: boolean;
}

interface WriteOptions extends RebuildOptions {
  /** The registry may hold instances already: what is missing is added. */
  add: boolean;
  by: string;
}

/** Makes the registry anew from what stands at the providers and in the instances' own databases. */
export interface Rebuilds {
  /** What would be restored. Reads only. */
  plan(options: RebuildOptions): Promise<RebuildLine[]>;
  /** Restores it, one instance at a time: whoever is stopped halfway says it again with `add`. */
  write(options: WriteOptions): Promise<RebuildLine[]>;
}

interface Options {
  store(): Promise<Store>;
  environments: readonly OpenEnvironment[];
  databaseUrl: string;
  keys: SecretKeys;
}

const atOnce = 4;

/** Opens rebuilding over all environments that this process works with. */
export function openRebuilds({ store, environments, databaseUrl, keys }: Options): Rebuilds {
  const hubs = [keys.key, ...keys.olderKeys].map(hubIdOf);

  async function registryOf() {
    const rows = await (await store()).selectFrom("instances").select(["id", "slug"]).execute();
    return {
      byId: new Set(rows.map(({ id }) => id)),
      bySlug: new Map(rows.map(({ id, slug }) => [slug, id] as const)),
    };
  }

  /** Everything judged; with `found` each that can be restored is handed on. */
  async function go(
    options: RebuildOptions,
    found: (office: Office, judged: Judged) => Promise<RebuildLine>,
  ): Promise<RebuildLine[]> {
    const lines: RebuildLine[] = [];
    for (const { name, accounts } of environments) {
      const office = await openOffice({
        databaseUrl,
        blueprints: accounts.blueprints,
        ...keys,
        environment: name,
      });
      try {
        const registry = await registryOf();
        const all = await gather(accounts.owned);
        for (let from = 0; from < all.length; from += atOnce) {
          const judged = await Promise.all(
            all
              .slice(from, from + atOnce)
              .map((each) => judge({ office, registry, hubs, ...options }, each, all)),
          );
          for (const each of judged)
            lines.push(each.line.is === "new" ? await found(office, each) : each.line);
        }
      } finally {
        await office.dbos.destroy();
        await office.db.pool.end();
      }
    }
    return lines;
  }

  return {
    plan: (options) => go(options, async (_, { line }) => line),
    async write({ add, by, take }) {
      const { byId } = await registryOf();
      if (byId.size > 0 && !add)
        throw new Fault("rejected", {
          what: `The registry holds ${byId.size === 1 ? "an instance" : `${byId.size} instances`} already.`,
          next: "Say `--add` too: it adds what is missing, and changes nothing that is there.",
          field: "add",
        });
      return go({ take }, async (office, { line, found, candidate }) => {
        const { slug = "", state = "failed" } = line;
        if (found === undefined) return line;
        const { createdAt } = candidate;
        const run = await recordRegained(office, found, {
          state,
          by,
          createdAt,
          isSent: isSent(found, state),
        });
        if (run === undefined)
          return {
            ...line,
            is: "conflict",
            why: `Somebody else took the slug "${slug}" meanwhile.`,
            next: "Rebuild again.",
          };
        await (await store()).transaction().execute((tx) =>
          record(tx, {
            actor: by,
            action: "instance.rebuild",
            subject: `instance/${slug}`,
            details: { id: line.id, state, things: line.things.filter(({ is }) => is === "ours").length },
          }),
        );
        return { ...line, run };
      });
    },
  };
}
