import { expect, test } from "vitest";
import { compareVault, type KnownKey, seeded } from "./compare.ts";
import type { LiveKey } from "./instance-vault.ts";

const ours = (more: Partial<KnownKey> = {}): KnownKey => ({
  key: "X",
  type: "json",
  secret: false,
  value: { a: 1, b: [2] },
  fingerprint: null,
  instanceAt: "t1",
  gone: false,
  unsettled: false,
  by: "ada",
  at: "t1",
  ...more,
});
const theirs = (more: Partial<LiveKey> = {}): LiveKey => ({
  key: "X",
  type: "json",
  secret: false,
  value: { b: [2], a: 1 },
  mac: null,
  at: "t1",
  by: "hub",
  ...more,
});
const state = (known: KnownKey | undefined, live: LiveKey | undefined, wasRemoved = false) =>
  compareVault(known ? [known] : [], {
    rows: live ? [live] : [],
    removed: wasRemoved ? { X: { at: "t2", by: "bo" } } : {},
  })[0]?.state;

test("the order of an object's keys is no difference, their types and secrecy are", () => {
  expect(state(ours(), theirs())).toBe("same");
  expect(state(ours(), theirs({ value: { a: 1, b: [3] }, at: "t2" }))).toBe("changed-there");
  expect(state(ours({ value: "x", type: "text" }), theirs({ value: "x", type: "url", at: "t2" }))).toBe(
    "changed-there",
  );
  expect(state(ours(), theirs({ secret: true, value: undefined, mac: "m", at: "t2" }))).toBe("changed-there");
});

test("a secret is the same when its MAC is, and never when there is none", () => {
  const secret = ours({ secret: true, value: null, fingerprint: "m" });
  const live = theirs({ secret: true, value: null, mac: "m" });
  expect(state(secret, live)).toBe("same");
  expect(state(secret, { ...live, mac: "n" })).toBe("changed-there");
  expect(state({ ...secret, fingerprint: null }, { ...live, mac: null })).toBe("changed-there");
});

test("what nobody has heard of arriving is ours over the row that we knew, theirs over any other", () => {
  const pending = ours({ value: "new", unsettled: true });
  expect(state(pending, theirs({ value: "old" }))).toBe("changed-here");
  expect(state(pending, theirs({ value: "old", at: "t2" }))).toBe("changed-there");
  expect(state(pending, theirs({ value: "new", at: "t2" }))).toBe("same");
  expect(state({ ...pending, instanceAt: null }, undefined)).toBe("changed-here");
});

test("answers that changed are ours as long as nobody touched the row", () => {
  const first = seeded({ key: "X", value: "New name", type: "text" }, "t0");
  expect(state(first, theirs({ type: "text", value: "Old name", by: "atoll" }))).toBe("changed-here");
  expect(state(first, theirs({ type: "text", value: "By hand", by: "ada" }))).toBe("changed-there");
  expect(state(first, undefined)).toBe("changed-here");
  expect(state(first, undefined, true)).toBe("removed-there");
});

test("a key that one side has only", () => {
  expect(state(ours(), undefined, true)).toBe("removed-there");
  expect(state(undefined, theirs())).toBe("unknown-here");
  expect(state(ours({ gone: true }), theirs())).toBe("unknown-here");
  expect(state(ours({ gone: true }), undefined, true)).toBeUndefined();
});

test("of a secret no side shows a value", () => {
  const [entry] = compareVault([ours({ secret: true, value: "canary" })], {
    rows: [theirs({ secret: true, value: "canary", mac: "m" })],
    removed: {},
  });
  expect(JSON.stringify(entry)).not.toContain("canary");
});
