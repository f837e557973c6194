import { Fault } from "@atoll/core/fault";
import type { Address, Observed, Resource } from "@atoll/core/resource";
import { labelOf, type Migration } from "./migrations.ts";
import { sqlLiteral } from "./quote.ts";
import { type SchemaAttrs, type SchemaIn, schema } from "./schema.ts";
import { ownerKey } from "./script.ts";
import { DatabaseGone, type SqlSession } from "./session.ts";
import { readState, type SchemaState } from "./state.ts";

// --- types

interface BroughtSchemaOptions {
  /** Opens the database that the client brings. */
  connect(at: Address): Promise<SqlSession>;
  migrations: readonly Migration[];
  /** Field of the answers that names it. */
  field: string;
  /** Somebody agreed that it is changed. */
  consent: boolean;
}

const othersQuery = `
select coalesce(json_agg(c.relname order by c.relname), '[]') as names from pg_catalog.pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
  and not exists (select from pg_catalog.pg_depend d where d.objid = c.oid and d.deptype = 'e')`;

/**
 * The schema of an instance in a database that a client brings. It has to be empty, or to hold this blueprint's own
 * tables from an earlier instance that gave it back. What marks it as ours is one row, which is all that goes.
 */
export function broughtSchema(options: BroughtSchemaOptions): Resource<SchemaIn, SchemaAttrs> {
  const { migrations, field, consent } = options;
  const ours = schema({ connect: options.connect });

  async function using<T>(at: Address, work: (session: SqlSession) => Promise<T>): Promise<T> {
    const session = await options.connect(at);
    try {
      return await work(session);
    } finally {
      await session.close();
    }
  }

  // --- observe

  async function observe(at: Address): Promise<Observed<SchemaAttrs>> {
    return using(at, async (session) => {
      const found = await readState(session);
      if (found?.owner !== undefined) {
        const owner = found.owner === at.instance ? "us" : "other";
        return { is: "present", id: at.within ?? "", owner, attrs: found.state };
      }
      if (found) mustBeOfThisKind(found.state);
      else await mustBeEmpty(session);
      return { is: "absent" };
    });
  }

  async function mustBeEmpty(session: SqlSession): Promise<void> {
    const [row] = (await session.query(othersQuery)) as { names: string[] }[]; // as the query above says
    const names = row?.names ?? [];
    if (names.length === 0) return;
    const shown = names.slice(0, 5).join(", ");
    throw new Fault("not-ours", {
      what: `The database holds tables of somebody else: ${shown}${names.length > 5 ? ` and ${names.length - 5} more` : ""}.`,
      next: "Bring a project whose public schema is empty, or move these tables into another schema.",
      field,
    });
  }

  function mustBeOfThisKind({ checksums }: SchemaState): void {
    const known = new Map(migrations.map((each) => [String(each.version), each]));
    const strange = Object.entries(checksums).filter(
      ([version, checksum]) => known.get(version)?.checksum !== checksum,
    );
    const [first] = strange;
    if (first === undefined) return;
    const named = known.get(first[0]);
    throw new Fault("not-ours", {
      what: `The database holds the tables of another kind of application: its migration ${named ? labelOf(named) : first[0]} is another one.`,
      next: "Bring a project whose public schema is empty.",
      field,
    });
  }

  return {
    ...ours,
    brought: {
      field,
      changes: `gets the application's tables (${migrations.length} migrations) and a row that says whose it is`,
      remains: "its tables and data",
    },
    observe,

    // --- apply

    async apply(job) {
      if (consent) return ours.apply(job);
      throw new Fault("rejected", {
        what: "Nobody agreed that the database which is brought is changed.",
        next: 'Agree with `--adopt`, or with `"consent": true` under "bring".',
        field: "bring.consent",
      });
    },

    // --- release

    async release(at) {
      try {
        await using(at, async (session) => {
          const found = await readState(session);
          if (found?.owner !== at.instance) return;
          await session.query(
            `delete from public.instance_config where key = '${ownerKey}' and value = to_jsonb(${sqlLiteral(at.instance)}::text);`,
          );
        });
      } catch (error) {
        if (!(error instanceof DatabaseGone)) throw error;
      }
    },
  };
}
