import { keyId } from "@atoll/archive/seal";
import { Fault } from "@atoll/core/fault";
import { sql } from "kysely";
import type { ArchiveStorage } from "../backups/storage.ts";
import type { SecretKeys } from "../home.ts";
import { record } from "../store/audit.ts";
import type { Store } from "../store/store.ts";
import type { Vaults } from "../vault/vaults.ts";
import { renewArchives } from "./archives.ts";
import { forgetHeld, type HeldKey, heldKeys } from "./held.ts";
import { type Piece, renewSecondFactors, renewSecrets, renewWebhooks } from "./rows.ts";

/** One kind of what is sealed, and how far its rotation came. */
interface RotationPart extends Piece {
  what: string;
}

/** What a rotation did, and whether it was all. */
interface Rotation {
  parts: RotationPart[];
  /** Keys that nothing is sealed with any more: they can be taken out of `ATOLL_SECRET_KEY`. */
  retired: string[];
  /** Keys that have to stay, and why. */
  kept: { id: string; why: string }[];
}

/** Keys of the hub's own: which are in use, and sealing everything anew with the present one. */
export interface KeyRing {
  /** The present key's id. */
  present: string;
  list(): Promise<(HeldKey & { given: boolean })[]>;
  /**
   * Seals everything anew that an older key sealed, in small pieces, each of which stands by itself: broken off at any
   * point, it is simply done again. What is sealed already is left alone.
   */
  rotate(by: string): AsyncGenerator<RotationPart, Rotation>;
  /** Gives a key up. What it sealed is lost. Throws where it is the present one or not known. */
  forget(id: string, by: string): Promise<void>;
}

interface Options {
  keys: SecretKeys;
  store(): Promise<Store>;
  archives: ArchiveStorage;
  vaults: Pick<Vaults, "renew">;
}

/** Opens the key ring of a hub. */
export function openKeyRing({ keys, store: open, archives, vaults }: Options): KeyRing {
  const present = keyId(keys.key);
  const given = [keys.key, ...keys.olderKeys].map(keyId);

  async function* fingerprints(store: Store): AsyncGenerator<Piece> {
    const { rows } = await sql<{ slug: string }>`
      select distinct i.slug from atoll.vault v join atoll.instances i on i.id = v.instance_id
       where v.is_secret and v.fingerprint is not null and i.state not in ('removing', 'removed')
       order by 1`.execute(store);
    for (const { slug } of rows) {
      try {
        yield { ...(await vaults.renew(slug)), left: [] };
      } catch (error) {
        const why = error instanceof Fault ? error.what : "Its database does not answer.";
        yield { seen: 0, renewed: 0, left: [{ subject: `vault of ${slug}`, why }] };
      }
    }
  }

  return {
    present,

    list: async () =>
      (await heldKeys(await open())).map((held) => ({ ...held, given: given.includes(held.id) })),

    async *rotate(by) {
      const store = await open();
      // As they are before anything is looked at: what was sealed behind a round's back is not found by it.
      const busy = new Set((await heldKeys(store)).filter(({ inUse }) => inUse).map(({ id }) => id));
      const rounds: [string, AsyncGenerator<Piece>][] = [
        ["secrets of instances", renewSecrets(store, keys)],
        ["signing secrets of webhooks", renewWebhooks(store, keys)],
        ["second factors of people", renewSecondFactors(store, keys)],
        ["fingerprints of vaults", fingerprints(store)],
        ["archives", renewArchives(archives)],
      ];
      const parts: RotationPart[] = [];
      for (const [what, pieces] of rounds) {
        const part: RotationPart = { what, seen: 0, renewed: 0, left: [] };
        parts.push(part);
        for await (const piece of pieces) {
          part.seen += piece.seen;
          part.renewed += piece.renewed;
          part.left.push(...piece.left);
          yield { ...part, left: [...part.left] };
        }
      }
      const leftovers = parts.reduce((sum, { left }) => sum + left.length, 0);
      const rotation: Rotation = { parts, retired: [], kept: [] };
      const known = await heldKeys(store);
      const older = new Set([...keys.olderKeys.map(keyId), ...known.map(({ id }) => id)]);
      for (const id of older) {
        if (id === present) continue;
        const held = known.find((each) => each.id === id);
        if (held && (held.inUse || busy.has(id)))
          rotation.kept.push({
            id,
            why: `A process that seals with it was there at ${held.lastHeldAt}: end it, wait three minutes, and rotate again.`,
          });
        else if (leftovers > 0)
          rotation.kept.push({
            id,
            why: `${leftovers === 1 ? "A thing" : `${leftovers} things`} could not be sealed anew, and may need it.`,
          });
        else rotation.retired.push(id);
      }
      let forgotten = 0;
      for (const id of rotation.retired) if (await forgetHeld(store, id)) forgotten += 1;
      const renewed = parts.reduce((sum, part) => sum + part.renewed, 0);
      if (renewed > 0 || forgotten > 0)
        await store.transaction().execute((tx) =>
          record(tx, {
            actor: by,
            action: "keys.rotate",
            subject: `key/${present}`,
            details: { renewed, left: leftovers, retired: rotation.retired },
          }),
        );
      return rotation;
    },

    async forget(id, by) {
      if (id === present)
        throw new Fault("rejected", {
          what: "It is the present key: everything new is sealed with it.",
          next: "Name another key first in ATOLL_SECRET_KEY, then rotate.",
          field: "key",
        });
      const store = await open();
      if (!(await forgetHeld(store, id)))
        throw new Fault("rejected", {
          what: `Nothing is known to be sealed with a key ${id}.`,
          next: "`atoll keys` names those that are.",
          field: "key",
        });
      await store
        .transaction()
        .execute((tx) => record(tx, { actor: by, action: "keys.forget", subject: `key/${id}` }));
    },
  };
}
