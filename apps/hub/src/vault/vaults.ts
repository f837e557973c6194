import { randomUUID } from "node:crypto";
import type { VaultChange, VaultEntry } from "@atoll/contract/schemas/vault";
import type { VaultKey } from "@atoll/core/blueprint";
import { Fault } from "@atoll/core/fault";
import type { SqlSession } from "@atoll/fleet/session";
import { isVaultKey } from "@atoll/fleet/vault";
import { valueProblem } from "@atoll/fleet/vault-value";
import type { SecretKeys } from "../home.ts";
import { record } from "../store/audit.ts";
import type { Store } from "../store/store.ts";
import { blocksFor } from "./blocks.ts";
import { byPresentKey } from "./by-older-keys.ts";
import { compareVault, seeded } from "./compare.ts";
import { drop, look, put } from "./instance-vault.ts";
import {
  beginIntent,
  keepRecord,
  knownKey,
  lastAnswered,
  recordsOf,
  takeBack,
  type VaultRow,
} from "./records.ts";
import { VaultConflict } from "./vault-conflict.ts";

/** Vaults of instances, from the hub's side. What `by` does is written into the audit log, without values. */
export interface Vaults {
  /** Every key, compared with the instance. Reads only. */
  read(slug: string): Promise<VaultEntry[]>;
  /** Keys whose two sides differ. None where the schema is not there or too old: a plan says so. */
  drift(slug: string): Promise<VaultEntry[]>;
  /** Throws `VaultConflict` where the instance's row is not the one that was seen. */
  set(slug: string, key: string, change: VaultChange, by: string): Promise<VaultEntry>;
  remove(slug: string, key: string, seen: string | undefined, by: string): Promise<void>;
  settle(
    slug: string,
    key: string,
    wins: { take: "instance" | "hub"; seen: string },
    by: string,
  ): Promise<VaultEntry>;
  /** Replaces fingerprints that an older key of the hub's made, where the instance's secret is still the same. */
  renew(slug: string): Promise<{ seen: number; renewed: number }>;
}

/** The instance whose vault it is. */
interface VaultPlace {
  id: string;
  slug: string;
  createdAt: string;
  /** What its answers put into the vault. */
  first: readonly VaultKey[];
}

interface VaultsOptions {
  store(): Promise<Store>;
  keys: SecretKeys;
  /** Throws a fault where there is no such instance. */
  place(slug: string): Promise<VaultPlace>;
  /** Opens its database; throws a fault where there is none. */
  open(slug: string): Promise<SqlSession>;
}

const wrong = (what: string, field: string, next = "Correct it and send it again.") =>
  new Fault("rejected", { what, next, field });

/** Opens the vaults of all instances. */
export function openVaults({ store, keys, place, open }: VaultsOptions): Vaults {
  const { key: hubKey, olderKeys } = keys;

  /** One look: the records, both sides of every key, and a session for what is done about it. */
  async function at<T>(
    slug: string,
    work: (scene: Scene) => Promise<T>,
    more: readonly string[] = [],
  ): Promise<T> {
    const here = await place(slug);
    const db = await store();
    const session = await open(slug);
    try {
      const rows = await recordsOf(db, here.id);
      const hidden = new Set([...rows.filter((row) => row.is_secret).map((row) => row.key), ...more]);
      const blocks = Object.fromEntries([...hidden].map((key) => [key, blocksFor(hubKey, here.id, key)]));
      const live = await look(session, here, blocks);
      const current = await byPresentKey(session, here, rows, live, olderKeys);
      const answeredAt = (await lastAnswered(db, here.id)) ?? here.createdAt;
      const touched = new Set(rows.map((row) => row.key));
      const known = [
        ...current.map(knownKey),
        ...here.first.filter(({ key }) => !touched.has(key)).map((each) => seeded(each, answeredAt)),
      ];
      const macs = new Map(live.rows.map((each) => [each.key, each.mac]));
      return await work({ here, db, session, rows, current, macs, entries: compareVault(known, live) });
    } finally {
      await session.close();
    }
  }

  const told = (scene: Scene, by: string, action: string, key: string, details: object) => ({
    actor: by,
    action,
    subject: `instance/${scene.here.slug}`,
    details: { key, ...details },
  });

  const entryNow = async (slug: string, key: string): Promise<VaultEntry | undefined> =>
    (await at(slug, async ({ entries }) => entries)).find((each) => each.key === key);

  async function conflict(slug: string, key: string): Promise<VaultConflict> {
    return new VaultConflict(slug, key, await entryNow(slug, key));
  }

  async function write(scene: Scene, key: string, wanted: Wanted, by: string, action: string): Promise<void> {
    const { here, db, session, rows } = scene;
    const before = rows.find((row) => row.key === key);
    const intended: VaultRow = {
      instance_id: here.id,
      key,
      value_type: wanted.type,
      is_secret: wanted.secret,
      value: wanted.secret ? null : wanted.value,
      fingerprint: null,
      instance_at: wanted.seen === "" ? null : wanted.seen,
      is_gone: false,
      intent: randomUUID(),
      set_by: by,
      set_at: new Date(),
    };
    if (!(await beginIntent(db, intended, before))) throw await conflict(here.slug, key);
    const written = await put(session, here, { key, ...wanted, blocks: blocksFor(hubKey, here.id, key) });
    if (written.outcome === "written") {
      const { at, type, mac } = written;
      const row = { ...intended, value_type: type, fingerprint: mac, instance_at: at, intent: null };
      await db.transaction().execute(async (tx) => {
        await keepRecord(tx, row);
        await record(tx, told(scene, by, action, key, { type, secret: wanted.secret }));
      });
      return;
    }
    await takeBack(db, intended, before);
    if (written.outcome === "conflict") throw await conflict(here.slug, key);
    throw wrong(`The instance refused ${key}: ${sentence(written.problem)}`, "value");
  }

  async function erase(scene: Scene, key: string, seen: string, by: string): Promise<void> {
    const { here, db, session, rows } = scene;
    const written = seen === "" ? undefined : await drop(session, here, { key, seen });
    if (written?.outcome === "conflict") throw await conflict(here.slug, key);
    if (written?.outcome === "refused")
      throw wrong(
        `The instance keeps ${key}: ${sentence(written.problem)}`,
        "key",
        "Give it another value instead.",
      );
    await db.transaction().execute(async (tx) => {
      await keepRecord(tx, goneRow(here.id, key, rows, by));
      await record(tx, told(scene, by, "vault.remove", key, {}));
    });
  }

  return {
    read: (slug) => at(slug, async ({ entries }) => entries),

    drift: (slug) =>
      at(slug, async ({ entries }) => entries.filter(({ state }) => state !== "same")).catch(
        (error: unknown) => {
          if (error instanceof Fault && error.kind === "rejected" && error.field === "slug") return [];
          throw error;
        },
      ),

    async set(slug, key, change, by) {
      if (!isVaultKey(key))
        throw wrong("A key is made of A-Z, 0-9 and _, begins with a letter, and not with ATOLL_.", "key");
      await at(slug, async (scene) => {
        const entry = scene.entries.find((each) => each.key === key);
        const type = change.type ?? entry?.there?.type ?? entry?.here?.type ?? "text";
        const secret = change.secret ?? entry?.there?.secret ?? entry?.here?.secret ?? true;
        const problem = valueProblem(type, change.value);
        if (problem !== undefined) throw wrong(problem, "value");
        const seen = entry?.seen ?? "";
        const isAgreed = entry === undefined || entry.state === "same" || entry.state === "changed-here";
        if (change.seen === undefined ? !isAgreed : change.seen !== seen)
          throw new VaultConflict(slug, key, entry);
        await write(scene, key, { value: change.value, type, secret, seen }, by, "vault.set");
      });
      return found(await entryNow(slug, key), key);
    },

    renew: (slug) =>
      at(slug, async ({ here, db, rows, current }) => {
        const stale = current.filter(({ fingerprint }, index) => fingerprint !== rows[index]?.fingerprint);
        for (const { key, fingerprint } of stale)
          await db
            .updateTable("vault")
            .set({ fingerprint })
            .where("instance_id", "=", here.id)
            .where("key", "=", key)
            .where("fingerprint", "=", rows.find((row) => row.key === key)?.fingerprint ?? "")
            .execute();
        return { seen: rows.filter((row) => row.is_secret).length, renewed: stale.length };
      }),

    async remove(slug, key, given, by) {
      await at(slug, async (scene) => {
        const entry = scene.entries.find((each) => each.key === key);
        if (entry === undefined) throw missing(key);
        const isAgreed = entry.state === "same" || entry.state === "changed-here";
        if (given === undefined ? !isAgreed : given !== entry.seen) throw new VaultConflict(slug, key, entry);
        await erase(scene, key, entry.seen, by);
      });
    },

    async settle(slug, key, { take, seen }, by) {
      const taken = await at(
        slug,
        async (scene) => {
          const entry = scene.entries.find((each) => each.key === key);
          if (entry === undefined) throw missing(key);
          if (entry.seen !== seen) throw new VaultConflict(slug, key, entry);
          const { here, there } = entry;
          if (take === "instance") await adopt(scene, entry, by);
          else if (here === undefined) await erase(scene, key, seen, by);
          else if (here.secret)
            throw wrong(
              "The hub keeps no value of a secret, so it cannot put it back.",
              "take",
              "Set a new value.",
            );
          else
            await write(
              scene,
              key,
              { value: here.value, type: here.type ?? "json", secret: false, seen },
              by,
              "vault.put-back",
            );
          return {
            ...entry,
            state: "same" as const,
            ...(take === "instance" ? { here: there } : { there: here }),
          };
        },
        [key],
      );
      return (await entryNow(slug, key)) ?? taken;
    },
  };

  /** What stands in the instance is what the hub wants from now on. */
  async function adopt(scene: Scene, { key, there }: VaultEntry, by: string): Promise<void> {
    const { here, db, rows, macs } = scene;
    const type = there?.type;
    const row: VaultRow =
      there === undefined || type === undefined
        ? goneRow(here.id, key, rows, by)
        : {
            instance_id: here.id,
            key,
            value_type: type,
            is_secret: there.secret === true,
            value: there.secret ? null : there.value,
            fingerprint: macs.get(key) ?? null,
            instance_at: there.at,
            is_gone: false,
            intent: null,
            set_by: by,
            set_at: new Date(),
          };
    await db.transaction().execute(async (tx) => {
      await keepRecord(tx, row);
      await record(tx, told(scene, by, "vault.take", key, { from: "instance" }));
    });
  }
}

interface Scene {
  here: VaultPlace;
  db: Store;
  session: SqlSession;
  rows: VaultRow[];
  /** The same, with fingerprints of the present key. */
  current: VaultRow[];
  macs: ReadonlyMap<string, string | null>;
  entries: VaultEntry[];
}

type Wanted = { value: unknown; type: NonNullable<VaultChange["type"]>; secret: boolean; seen: string };

const missing = (key: string) =>
  wrong(`The vault has no key ${key}.`, "key", "Look at the list; it may have been removed.");

const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);

function found(entry: VaultEntry | undefined, key: string): VaultEntry {
  if (entry !== undefined) return entry;
  throw missing(key); // somebody removed it in this moment
}

/** The hub wants this key gone: what the answers say of it does not count any more. */
function goneRow(instanceId: string, key: string, rows: readonly VaultRow[], by: string): VaultRow {
  const before = rows.find((row) => row.key === key);
  return {
    instance_id: instanceId,
    key,
    value_type: before?.value_type ?? "json",
    is_secret: false,
    value: null,
    fingerprint: null,
    instance_at: null,
    is_gone: true,
    intent: null,
    set_by: by,
    set_at: new Date(),
  };
}
