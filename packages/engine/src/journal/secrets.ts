import type { Query } from "../database.ts";
import type { Vault } from "../seal.ts";

/** Stores values sealed; those that stand there already under the same names are replaced. */
export async function storeSecrets(
  query: Query,
  vault: Vault,
  instanceId: string,
  values: ReadonlyMap<string, string>,
): Promise<void> {
  for (const [name, value] of values) {
    const { nonce, sealed } = vault.seal(instanceId, name, value);
    await query(
      `insert into atoll.secrets (instance_id, name, nonce, sealed) values ($1, $2, $3, $4)
       on conflict (instance_id, name) do update set nonce = excluded.nonce, sealed = excluded.sealed`,
      [instanceId, name, nonce, sealed],
    );
  }
}

/** All of an instance's values, opened. Keep the map no longer than the work that needs it. */
export async function openSecrets(
  query: Query,
  vault: Vault,
  instanceId: string,
): Promise<Map<string, string>> {
  const rows = await query<{ name: string; nonce: Buffer; sealed: Buffer }>(
    "select name, nonce, sealed from atoll.secrets where instance_id = $1",
    [instanceId],
  );
  return new Map(rows.map((row) => [row.name, vault.open(instanceId, row.name, row)]));
}

/** Forgets what a thing's attributes held, once the thing is gone. `under` is the stem of the names. */
export async function dropSecrets(query: Query, instanceId: string, under: string): Promise<void> {
  await query("delete from atoll.secrets where instance_id = $1 and starts_with(name, $2)", [
    instanceId,
    `${under}.`,
  ]);
}

/** Forgets all secrets of an instance; its answers must not name any more of them. */
export async function dropAllSecrets(query: Query, instanceId: string): Promise<void> {
  await query("delete from atoll.secrets where instance_id = $1", [instanceId]);
}
