import type { VaultEntry } from "@atoll/contract/schemas/vault";
import { expect, test } from "vitest";
import { oursWord, reasonAgainstOurs, sideWords, typedValue } from "./vault-words.ts";

const at = "2026-01-01T00:00:00Z";
const entry = (here: VaultEntry["here"]): VaultEntry => ({
  key: "X",
  secret: false,
  state: "changed-there",
  seen: "",
  ...(here && { here }),
});

test("a side is said in words, a secret never by its value", () => {
  expect(sideWords(undefined)).toBe("No such key");
  expect(sideWords({ by: "ada", at })).toBe("Removed");
  expect(sideWords({ type: "text", secret: true, value: "canary", by: "ada", at })).toBe(
    "A secret, not shown",
  );
  expect(sideWords({ type: "text", secret: false, value: "a\nb", by: "ada", at })).toBe("a\nb");
  expect(sideWords({ type: "boolean", secret: false, value: false, by: "ada", at })).toBe("false");
});

test("a value is typed as it reads", () => {
  expect(typedValue("json", "x")).toBe('"x"');
  expect(typedValue("text", "x")).toBe("x");
  expect(typedValue("text", undefined)).toBe("");
});

test("our side of a secret cannot be put back, a key that we never had is removed", () => {
  expect(reasonAgainstOurs(entry({ type: "text", secret: true, by: "ada", at }))).toContain("set a new one");
  expect(reasonAgainstOurs(entry(undefined))).toBeUndefined();
  expect(oursWord(entry(undefined))).toBe("Remove it there");
  expect(oursWord(entry({ type: "text", secret: false, value: "x", by: "ada", at }))).toBe("Put ours back");
});
