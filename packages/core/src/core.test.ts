import { inspect } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { blueprint } from "./blueprint.ts";
import { differences } from "./change.ts";
import { randomIds } from "./ids.ts";
import { slugFrom, slugProblem } from "./instance.ts";
import type { Resource } from "./resource.ts";
import { Secret } from "./secret.ts";
import { ended, mayMove, runMoves } from "./states.ts";

test("a secret prints as its name wherever it is printed", () => {
  const secret = new Secret("database password", "canary-4711");
  const printed = [
    `${secret}`,
    JSON.stringify({ secret }),
    inspect({ secret }),
    inspect(secret),
    String(secret),
    Object.values(secret).join(),
  ];
  for (const text of printed) expect(text).not.toContain("canary");
  expect(`${secret}`).toBe("[secret database password]");
  expect(secret.expose()).toBe("canary-4711");
});

test("differences name what is wanted and leave alone what we never set", () => {
  const live = { region: "eu-west-3", theirs: "kept", list: ["a"] };
  expect(differences({ region: "eu-west-3", list: ["a"], unset: undefined }, live)).toEqual([]);
  expect(differences({ region: "eu-west-1", fresh: 1 }, live, "settings")).toEqual([
    { path: "settings.region", act: "update", from: "eu-west-3", to: "eu-west-1" },
    { path: "settings.fresh", act: "create", to: "1" },
  ]);
});

test("secrets are compared by fingerprint and shown by it", () => {
  const want = { token: new Secret("token", "new") };
  const [change] = differences(want, { token: new Secret("token", "old") });
  expect(change?.to).toBe(`[secret token] (${want.token.fingerprint})`);
  expect(JSON.stringify(change)).not.toMatch(/"(old|new)"/);
  expect(differences(want, { token: new Secret("token", "new") })).toEqual([]);
});

test("a slug made from any words is usable or too short, never dangerous", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (words) => {
      const slug = slugFrom(words);
      expect(slug).toMatch(/^([a-z][a-z0-9-]*)?$/);
      expect(slug.length).toBeLessThanOrEqual(40);
    }),
  );
  expect(slugFrom("Tökö & Söns")).toBe("toko-sons");
  for (const bad of [
    "",
    "ab",
    "../etc",
    "a b",
    "Toko",
    "1abc",
    "a--b",
    "x".repeat(41),
    "admin",
    "a'; drop table",
  ]) {
    expect(slugProblem(bad), bad).toBeDefined();
  }
  expect(slugProblem("toko-a")).toBeUndefined();
});

test("what is chosen at random has its shape and does not repeat", () => {
  expect(randomIds.suffix()).toMatch(/^[a-z0-9]{12}$/);
  expect(randomIds.password()).toMatch(/^[A-Za-z0-9]{32}$/);
  expect(randomIds.temporaryPassword()).toMatch(/^([A-HJ-NP-Za-km-z2-9]{4}-){3}[A-HJ-NP-Za-km-z2-9]{4}$/);
  expect(randomIds.instance()).toMatch(/^[a-z0-9]{20}$/);
  expect(new Set(Array.from({ length: 500 }, () => randomIds.suffix())).size).toBe(500);
});

test("a run that has succeeded or is undone moves no more", () => {
  for (const state of ["succeeded", "undone"] as const) {
    for (const to of Object.keys(runMoves)) {
      if (to !== state) expect(mayMove(runMoves, state, to as keyof typeof runMoves)).toBe(false); // keys of the table
    }
  }
  expect(ended.every((state) => state in runMoves)).toBe(true);
});

const thing: Resource<{ size: number }, { ref: string }> = {
  kind: "test.thing",
  lostCreate: "find-by-name",
  removal: "own",
  observe: async () => ({ is: "absent" }),
  compare: () => [],
  apply: async () => "id",
  remove: async () => {},
};

test("a step can only need steps above it: anything else does not compile", () => {
  const start = () =>
    blueprint({
      name: "t",
      questions: { parse: () => ({}), schema: () => ({}) },
      chosen: () => ({}),
      secrets: () => ({}),
    }).step("first", {
      resource: thing,
      name: () => "first",
      want: () => ({ size: 1 }),
    });
  start().step("second", {
    needs: ["first"],
    resource: thing,
    name: () => "b",
    want: ({ needs }) => ({ size: needs.first.ref.length }),
  });
  // @ts-expect-error a need that is not there
  start().step("second", { needs: ["third"], resource: thing, name: () => "b", want: () => ({ size: 1 }) });
  start().step("second", {
    resource: thing,
    name: () => "b",
    // @ts-expect-error reads what it does not need
    want: ({ needs }) => ({ size: needs.first.ref.length }),
  });
  // @ts-expect-error an input of the wrong type
  start().step("second", { resource: thing, name: () => "b", want: () => ({ size: "large" }) });
  expect(() =>
    // @ts-expect-error the name is taken
    start().step("first", { resource: thing, name: () => "b", want: () => ({ size: 1 }) }),
  ).toThrow("Two steps");
});
