import { identifier } from "@atoll/archive/catalog";
import { type Comparison, compareWith } from "@atoll/archive/compare";
import { load } from "@atoll/archive/load";
import type { Archive } from "@atoll/archive/open";
import type { AnyBlueprint } from "@atoll/core/blueprint";
import { Fault } from "@atoll/core/fault";
import { scratchOwner } from "@atoll/fleet/rehearse/shape";
import { provisionScript } from "@atoll/fleet/script";
import type { Scratch } from "../schema/scratch.ts";

/** Types as Postgres writes them; a manifest that names anything else is none of ours. */
const typePattern = /^[a-z][a-z0-9_ ]*(\(\d+(,\d+)?\))?( (with|without) time zone)?(\[\])*$/;

/** SQL that gives a scratch database the columns of auth's tables that the archive has: the provider's change with time. */
export function authAs({ manifest }: Archive): string {
  const statements = manifest.tables
    .filter(({ schema }) => schema === "auth")
    .flatMap(({ name, columns }) => [
      `create table if not exists auth.${identifier(name)} ();`,
      ...columns.map(
        (column) =>
          `alter table auth.${identifier(name)} add column if not exists ${identifier(column.name)} ${
            typePattern.test(column.type) ? column.type : "text"
          };`,
      ),
    ]);
  return [...statements, `grant all on all tables in schema auth to ${scratchOwner};`].join("\n");
}

/** Puts the differences of a comparison into a sentence; holds names of tables, nothing of a row. */
export function differenceIn({ differences }: Comparison): string | undefined {
  const [first] = differences;
  if (first === undefined) return undefined;
  const tables = [...new Set(differences.map(({ table }) => table))];
  return `${differences.length} difference${differences.length === 1 ? "" : "s"} (${first.is} in ${tables.slice(0, 5).join(", ")})`;
}

/**
 * Restores an archive into a scratch database at its schema's version and compares it row by row: `undefined` = equal,
 * else what differs. Throws `ArchiveFault`s for what cannot be read or does not fit, `Fault`s where no trial was possible.
 */
export function drill(
  scratch: Scratch,
  blueprint: Pick<AnyBlueprint, "name" | "migrations"> | undefined,
  archive: Archive,
): Promise<string | undefined> {
  const { schema, instance } = archive.manifest;
  const migrations = blueprint?.migrations?.filter(({ version }) => version <= schema.version) ?? [];
  if (migrations.at(-1)?.version !== schema.version)
    throw new Fault("rejected", {
      what: `The backup is of version ${schema.version} of the schema of "${instance.blueprint}", which this hub does not have.`,
      next: "Try it with a hub whose blueprint is as new as the one that made the backup.",
    });
  return scratch.with(async (session, _, { client, asProvider }) => {
    await session.query(provisionScript(migrations, { instance: instance.id }));
    await asProvider(authAs(archive));
    await load({ archive, client, onRows: "replace" });
    return differenceIn(await compareWith(archive, client));
  });
}
