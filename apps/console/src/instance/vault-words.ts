import type { VaultEntry, VaultSide } from "@atoll/contract/schemas/vault";

/** What is said of a key whose two sides differ; nothing where they agree. */
export const stateWords: Record<VaultEntry["state"], string | undefined> = {
  same: undefined,
  "changed-there": "Changed in the instance",
  "removed-there": "Removed in the instance",
  "changed-here": "Changed here, not in the instance yet",
  "unknown-here": "Set in the instance only",
};

/** A value as it is typed and read: text as it is, anything else as JSON. */
export function typedValue(type: VaultSide["type"], value: unknown): string {
  if (typeof value === "string" && type !== "json") return value;
  return value === undefined ? "" : JSON.stringify(value, null, 2);
}

/** What one side of a key says, for people. Of a secret never its value. */
export function sideWords(side: VaultSide | undefined): string {
  if (side === undefined) return "No such key";
  if (side.type === undefined) return "Removed";
  return side.secret ? "A secret, not shown" : typedValue(side.type, side.value);
}

/** Who set it: the answers and the hub's own hand are no person. */
export const byWords = (by: string): string =>
  ({ answers: "the answers", atoll: "the answers", hub: "the hub" })[by] ?? by;

/** Why our side cannot be put back; undefined where it can. */
export function reasonAgainstOurs({ here }: VaultEntry): string | undefined {
  return here?.secret ? "The hub keeps no value of a secret: set a new one." : undefined;
}

/** What putting our side back does, on its button. */
export const oursWord = ({ here }: VaultEntry): string =>
  here === undefined ? "Remove it there" : "Put ours back";
