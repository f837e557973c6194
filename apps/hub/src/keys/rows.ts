import { Vault } from "@atoll/engine/seal";
import { symmetricDecrypt, symmetricEncrypt } from "better-auth/crypto";
import { sql } from "kysely";
import { authSecrets } from "../auth.ts";
import type { SecretKeys } from "../home.ts";
import { placeOf } from "../monitor/webhooks.ts";
import type { Store } from "../store/store.ts";

/** What became of one piece of a part: how many values were looked at and sealed anew, and which could not be. */
export interface Piece {
  seen: number;
  renewed: number;
  left: { subject: string; why: string }[];
}

const batch = 500;
const unreadable = "It opens with none of the keys that are given.";

interface SealedRow {
  place: readonly [string, string];
  nonce: Buffer;
  sealed: Buffer;
}

/** Seals rows anew that an older key sealed. A row that somebody replaced since it was read is left as it is. */
async function renewRows<Row extends SealedRow>(
  vault: Vault,
  rows: readonly Row[],
  write: (row: Row, value: { nonce: Buffer; sealed: Buffer }) => Promise<unknown>,
): Promise<Piece> {
  const piece: Piece = { seen: rows.length, renewed: 0, left: [] };
  for (const row of rows) {
    let value: ReturnType<Vault["renew"]>;
    try {
      value = vault.renew(...row.place, row);
    } catch {
      piece.left.push({ subject: row.place.join(" "), why: unreadable });
      continue;
    }
    if (value === undefined) continue;
    await write(row, value);
    piece.renewed += 1;
  }
  return piece;
}

/** Secrets of instances, in pieces of 500. */
export async function* renewSecrets(store: Store, { key, olderKeys }: SecretKeys): AsyncGenerator<Piece> {
  const vault = new Vault(key, olderKeys);
  let [instance, name] = ["", ""];
  for (;;) {
    const { rows } = await sql<{ instance_id: string; name: string; nonce: Buffer; sealed: Buffer }>`
      select instance_id, name, nonce, sealed from atoll.secrets
       where (instance_id, name) > (${instance}, ${name}) order by instance_id, name limit ${batch}`.execute(
      store,
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    const placed = rows.map((row) => ({ ...row, place: [row.instance_id, row.name] as const }));
    yield await renewRows(vault, placed, (row, { nonce, sealed }) =>
      sql`update atoll.secrets set nonce = ${nonce}, sealed = ${sealed}
           where instance_id = ${row.instance_id} and name = ${row.name} and nonce = ${row.nonce}`.execute(
        store,
      ),
    );
    [instance, name] = [last.instance_id, last.name];
  }
}

/** Signing secrets of webhooks. */
export async function* renewWebhooks(store: Store, { key, olderKeys }: SecretKeys): AsyncGenerator<Piece> {
  const { rows } = await sql<{ id: string; nonce: Buffer; sealed: Buffer }>`
    select id, nonce, sealed from atoll.webhooks`.execute(store);
  const placed = rows.map((row) => ({ ...row, place: placeOf(row.id) }));
  yield await renewRows(new Vault(key, olderKeys), placed, (row, { nonce, sealed }) =>
    sql`update atoll.webhooks set nonce = ${nonce}, sealed = ${sealed}
         where id = ${row.id} and nonce = ${row.nonce}`.execute(store),
  );
}

/** Second factors of people: what their authenticators share with the hub, and their backup codes. */
export async function* renewSecondFactors(store: Store, keys: SecretKeys): AsyncGenerator<Piece> {
  const { rows: tables } = await sql<{ here: boolean }>`
    select to_regclass('people."twoFactor"') is not null as here`.execute(store);
  if (tables[0]?.here !== true) return; // no hub has ever run on it
  const config = authSecrets(keys);
  const present = `$ba$${config.currentVersion}$`;
  const renewed = async (text: string) =>
    text.startsWith(present)
      ? text
      : symmetricEncrypt({ key: config, data: await symmetricDecrypt({ key: config, data: text }) });
  const { rows } = await sql<{ id: string; secret: string; codes: string }>`
    select id, secret, "backupCodes" as codes from people."twoFactor"`.execute(store);
  const piece: Piece = { seen: rows.length, renewed: 0, left: [] };
  for (const { id, secret, codes } of rows) {
    try {
      const [newSecret, newCodes] = [await renewed(secret), await renewed(codes)];
      if (newSecret === secret && newCodes === codes) continue;
      // Whoever used a backup code in this moment is looked at by the next rotation.
      await sql`update people."twoFactor" set secret = ${newSecret}, "backupCodes" = ${newCodes}
                 where id = ${id} and secret = ${secret} and "backupCodes" = ${codes}`.execute(store);
      piece.renewed += 1;
    } catch {
      piece.left.push({ subject: `second factor ${id}`, why: unreadable });
    }
  }
  yield piece;
}
