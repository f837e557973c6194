import type { VaultEntry, VaultSide } from "@atoll/contract/schemas/vault";
import type { VaultKey } from "@atoll/core/blueprint";
import { type VaultType, vaultTypes } from "@atoll/fleet/vault";
import type { LiveKey, LiveVault } from "./instance-vault.ts";

/** What the hub knows of a key: what it wrote last, or means to write. */
export interface KnownKey {
  key: string;
  type: VaultType;
  secret: boolean;
  value: unknown;
  fingerprint: string | null;
  /** The instance's row as we knew it; null = there was none. */
  instanceAt: string | null;
  gone: boolean;
  /** Nobody knows whether it arrived. */
  unsettled: boolean;
  by: string;
  at: string;
}

const typeOf = (name: string): VaultType => vaultTypes.find((each) => each === name) ?? "json";

/** A key that the answers gave and nobody at the hub has touched since. */
export function seeded({ key, value, type }: VaultKey, at: string): KnownKey {
  const facts = { type: typeOf(type), secret: false, fingerprint: null, instanceAt: null };
  return { key, value, ...facts, gone: false, unsettled: false, by: "answers", at };
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(",")}}`;
}

/** Whether two values say the same, whatever the order of their keys. */
function sameValue(a: unknown, b: unknown): boolean {
  try {
    return canonical(a) === canonical(b);
  } catch (error) {
    // Somebody nested a value in the instance so deeply that it cannot be walked: ours are not.
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function agree(ours: KnownKey, theirs: LiveKey): boolean {
  if (ours.type !== theirs.type || ours.secret !== theirs.secret) return false;
  return ours.secret
    ? ours.fingerprint !== null && ours.fingerprint === theirs.mac
    : sameValue(ours.value, theirs.value);
}

function stateOf(
  ours: KnownKey | undefined,
  theirs: LiveKey | undefined,
  wasRemoved: boolean,
): VaultEntry["state"] | undefined {
  if (ours === undefined || ours.gone) return theirs && "unknown-here";
  if (theirs === undefined) {
    const neverArrived = ours.instanceAt === null && (ours.unsettled || ours.by === "answers");
    return neverArrived && !wasRemoved ? "changed-here" : "removed-there";
  }
  if (agree(ours, theirs)) return "same";
  // Answers that changed later, over a row that nobody has touched; and a write of which nobody knows whether it arrived.
  const isUntouched = ours.by === "answers" ? theirs.by === "atoll" : ours.instanceAt === theirs.at;
  return isUntouched && (ours.unsettled || ours.by === "answers") ? "changed-here" : "changed-there";
}

const sideOf = ({ type, secret, value, by, at }: KnownKey | LiveKey): VaultSide => ({
  type,
  secret,
  ...(!secret && { value }),
  by,
  at,
});

/** Both sides of every key, by key. Of secrets no value on either side. */
export function compareVault(known: readonly KnownKey[], live: LiveVault): VaultEntry[] {
  const ours = new Map(known.map((each) => [each.key, each]));
  const theirs = new Map(live.rows.map((each) => [each.key, each]));
  return [...new Set([...ours.keys(), ...theirs.keys()])].sort().flatMap((key) => {
    const [here, there] = [ours.get(key), theirs.get(key)];
    const removed = live.removed[key];
    const state = stateOf(here, there, removed !== undefined);
    if (state === undefined) return [];
    return {
      key,
      secret: here?.secret === true || there?.secret === true,
      state,
      ...(here && !here.gone && { here: sideOf(here) }),
      ...(there ? { there: sideOf(there) } : removed && { there: removed }),
      seen: there?.at ?? "",
    };
  });
}
