import type { VaultKey } from "@atoll/core/blueprint";
import { type VaultEntry, vaultTypes } from "@atoll/fleet/vault";
import { sql } from "kysely";
import type { Store } from "../store/store.ts";
import { answersFile } from "./answers-file.ts";
import { type RegistryRow, registryColumns, registryFile } from "./registry-file.ts";
import { vaultFile, type WantedKey } from "./vault-file.ts";

/** What of a runtime the files are made of. */
interface Facts {
  instance(slug: string): Promise<{ id: string; blueprint: string; answers: unknown }>;
  vaultOf(blueprint: string, answers: unknown): readonly VaultKey[];
  store(): Promise<Store>;
}

/**
 * What somebody needs who does an instance by hand, by path below a folder: `SLUG.json`, `sql/SLUG-vault.sql` and
 * `sql/SLUG-registry.sql`. Holds no secret. Throws a fault where there is no such instance.
 */
export async function instanceFiles(runtime: Facts, slug: string): Promise<Record<string, string>> {
  const { id, blueprint, answers } = await runtime.instance(slug);
  const store = await runtime.store();
  const written = await store.selectFrom("vault").selectAll().where("instance_id", "=", id).execute();
  const known = new Set(written.map((row) => row.key));
  const first = runtime.vaultOf(blueprint, answers).flatMap(({ key, value, type: name }): VaultEntry[] => {
    const type = vaultTypes.find((each) => each === name) ?? "json";
    return known.has(key) ? [] : [{ key, value, type }];
  });
  const set: WantedKey[] = written
    .filter((row) => !row.is_gone)
    .map(({ key, value_type: type, is_secret: secret, value }) => ({ key, type, secret, value }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const gone = written.filter((row) => row.is_gone).map(({ key }) => key);
  const files: Record<string, string> = {
    [`${slug}.json`]: answersFile(blueprint, answers),
    [`sql/${slug}-vault.sql`]: vaultFile({ slug, id, first, set, gone }),
  };
  const { rows } = await sql<RegistryRow>`select ${sql.join(registryColumns.map((name) => sql.ref(name)))}
    from atoll.instance_registry where subdomain = ${slug}`.execute(store);
  const [row] = rows;
  if (row !== undefined) files[`sql/${slug}-registry.sql`] = registryFile(row);
  return files;
}
