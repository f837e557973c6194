import type { InstanceSchema } from "@atoll/contract/schemas/fleet";
import { Fault } from "@atoll/core/fault";
import type { Journal } from "@atoll/engine/journal";
import type { Definitions } from "@atoll/fleet/catalog/definitions";
import { driftOf } from "@atoll/fleet/catalog/drift";
import { definitionsQuery } from "@atoll/fleet/catalog/query";
import { lintMigrations } from "@atoll/fleet/lint/lint";
import type { SqlSession } from "@atoll/fleet/session";
import { readDatabase } from "@atoll/fleet/state";
import { syncScript } from "@atoll/fleet/sync";
import { sql } from "kysely";
import { blueprintNamed } from "../blueprints/named.ts";
import { cursorOf, openCursor } from "../store/cursor.ts";
import type { Store } from "../store/store.ts";
import type { Databases } from "./databases.ts";
import type { Kind } from "./kind.ts";
import { lookAt } from "./look.ts";
import type { Expectation, Rehearsals } from "./rehearsals.ts";
import { openRollouts } from "./rollouts.ts";
import type { Schemas, Which } from "./schemas.ts";
import { instancesWithSchema, type Known, shownSchema } from "./states.ts";

interface Options {
  store(): Promise<Store>;
  /** All blueprints of this process that have migrations. */
  kinds: readonly Kind[];
  rehearsals: Rehearsals;
  databases(environment: string): Databases;
  journal(environment: string): Pick<Journal, "startJob" | "workers">;
  /** Whose accounts are at hand, the default first. */
  environments: readonly [string, ...string[]];
}

/** The fleet's schema, with what goes on by itself. */
export interface OpenSchemas extends Schemas {
  nudge(): Promise<void>;
  catchUp(): Promise<string[]>;
  /** Whose accounts are at hand. */
  environments: readonly string[];
}

/** Opens everything that is done with the fleet's schema. */
export function openSchemas(options: Options): OpenSchemas {
  const { store, kinds, rehearsals, databases } = options;

  const kind = (name: string) => blueprintNamed(kinds, name);

  const shown = (row: Known) =>
    shownSchema(
      row,
      kinds.find(({ name }) => name === row.blueprint),
    );

  async function some({ blueprint, environment, slug }: Which): Promise<Known[]> {
    let list = instancesWithSchema(await store());
    if (blueprint !== undefined) list = list.where("i.blueprint", "=", kind(blueprint).name);
    if (environment !== undefined) list = list.where("i.environment", "=", environment);
    if (slug !== undefined) list = list.where("i.slug", "=", slug);
    const rows = await list.orderBy("i.created_at").orderBy("i.id").execute();
    if (slug !== undefined && rows.length === 0)
      throw new Fault("rejected", {
        what: `"${slug}" is no instance with a database.`,
        next: "`atoll status` lists all instances; a database is there after the schema step of the first run.",
        field: "slug",
      });
    return rows;
  }

  /** Without a rehearsal the database's own record has to do: a look must not fail for it. */
  const expected = async (name: string): Promise<Expectation | undefined> => {
    const found = kinds.find((each) => each.name === name);
    return found && rehearsals.expected(found).catch(() => undefined);
  };

  async function check(which: Which): Promise<InstanceSchema[]> {
    const rows = await some(which);
    await lookAt(rows, { store: await store(), databases, expected });
    const ids = new Set(rows.map(({ id }) => id));
    return (await some(which)).filter(({ id }) => ids.has(id)).map(shown);
  }

  async function using<T>(row: Known, work: (session: SqlSession) => Promise<T>): Promise<T> {
    const session = await databases(row.environment).open(row.slug);
    try {
      return await work(session);
    } finally {
      await session.close();
    }
  }

  const rollouts = openRollouts({ ...options, kind });

  /** A database's version and everything in its catalog as SQL. */
  const copyOf = (row: Known) =>
    using(row, async (session) => {
      const { state } = await readDatabase(session);
      const [seen] = await session.query(`select ${definitionsQuery} as definitions`, { reads: true });
      return {
        version: state?.version ?? 0,
        definitions: seen?.definitions as Definitions, // as the query gives it
      };
    });

  return {
    ...rollouts,
    catchUp: () => rollouts.catchUp((slug) => check({ slug })),
    environments: options.environments,
    check,

    async overview() {
      const rows = await some({});
      return {
        blueprints: kinds.map(({ name, migrations }) => {
          const mine = rows.filter((each) => each.blueprint === name).map(shown);
          const versions = new Map<number, number>();
          for (const { version } of mine)
            if (version !== undefined) versions.set(version, (versions.get(version) ?? 0) + 1);
          return {
            blueprint: name,
            newest: migrations.at(-1)?.version ?? 0,
            migrations: migrations.map(({ version, name: label, checksum, transactional }) => ({
              version,
              name: label,
              checksum,
              transactional,
            })),
            instances: mine.length,
            behind: mine.filter(({ pending }) => pending.length > 0).length,
            drifted: mine.filter(({ drift }) => drift.length > 0).length,
            unknown: mine.filter(({ seenAt, problem }) => seenAt === undefined || problem !== undefined)
              .length,
            versions: [...versions]
              .map(([version, instances]) => ({ version, instances }))
              .toSorted((a, b) => b.version - a.version),
          };
        }),
      };
    },

    async list({ blueprint, environment, slug, version, only, limit, cursor }) {
      const [at, id] = openCursor(cursor, "time", "text") ?? [];
      let list = instancesWithSchema(await store());
      if (blueprint !== undefined) list = list.where("i.blueprint", "=", blueprint);
      if (environment !== undefined) list = list.where("i.environment", "=", environment);
      if (slug !== undefined) list = list.where("i.slug", "=", slug);
      const known = sql<number>`coalesce(s.version, (r.attrs ->> 'version')::integer)`;
      if (version !== undefined) list = list.where(known, "=", version);
      if (only === "behind") {
        const newest = JSON.stringify(
          Object.fromEntries(kinds.map(({ name, migrations }) => [name, migrations.at(-1)?.version ?? 0])),
        );
        list = list.where(sql<boolean>`${known} < (${newest}::jsonb ->> i.blueprint)::integer`);
      }
      if (only === "drifted") list = list.where(sql<boolean>`jsonb_array_length(s.drift) > 0`);
      if (only === "unknown") list = list.where(sql<boolean>`(s.seen_at is null or s.problem is not null)`);
      if (at !== undefined && id !== undefined)
        list = list.where(sql<boolean>`(i.created_at, i.id) > (${String(at)}::timestamptz, ${String(id)})`);
      const rows = await list
        .orderBy("i.created_at")
        .orderBy("i.id")
        .limit(limit + 1)
        .execute();
      const items = rows.slice(0, limit);
      const last = items.at(-1);
      return {
        items: items.map(shown),
        ...(rows.length > limit && last && { nextCursor: cursorOf(last.created, last.id) }),
      };
    },

    async drift(slug) {
      const [row] = await some({ slug });
      if (row === undefined) throw new Error("An instance was found and is not there.");
      const found = await copyOf(row);
      const { name, migrations } = kind(row.blueprint);
      // Of an older version only what the migrations make up to there: pending ones are no drift.
      const upTo = migrations.filter(({ version }) => version <= found.version);
      const { definitions } = await rehearsals.expected({ name, migrations: upTo });
      const [schema] = await check({ slug });
      if (schema === undefined) throw new Error("An instance was looked at and is not there.");
      return { schema, differences: driftOf(definitions, found.definitions) };
    },

    async sync(which) {
      const rows = await some(which);
      await lookAt(rows, { store: await store(), databases, expected });
      const files = [];
      for (const row of await some(which)) {
        const { migrations, name } = kind(row.blueprint);
        const newest = migrations.at(-1)?.version ?? 0;
        const from = row.version ?? 0;
        if (from >= newest && row.problem === null) continue;
        files.push({
          instance: row.slug,
          path: `sql/${row.slug}-schema.sql`,
          from,
          to: newest,
          sql: await syncScript(migrations, {
            instance: row.id,
            slug: row.slug,
            rehearsed: await rehearsals.expected({ name, migrations }),
          }),
        });
      }
      return files;
    },

    lint: (name) => lintMigrations(kind(name).migrations),

    async rehearse(name, { like }) {
      const found = kind(name);
      if (like === undefined) return rehearsals.rehearse(found);
      const [row] = await some({ slug: like });
      if (row === undefined || row.blueprint !== name)
        throw new Fault("rejected", {
          what: `"${like}" is no instance of "${name}".`,
          next: "Name one of that blueprint.",
          field: "like",
        });
      return rehearsals.rehearse(found, { slug: like, ...(await copyOf(row)) });
    },
  };
}
