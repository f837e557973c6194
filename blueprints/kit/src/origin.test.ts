import { Secret } from "@atoll/core/secret";
import { expect, test } from "vitest";
import { originOf, originSeed, originText, readOrigin } from "./origin.ts";

const instance = {
  id: "aaaaaaaaaaaaaaaaaaaa",
  slug: "toko-a",
  blueprint: "shop",
  environment: "local",
  answers: { name: "Toko 'A'\0", modules: ["crm"], bring: { key: new Secret("key", "sk-secret") } },
  chosen: { projectSuffix: "k3j9x2m5q8w1" },
};
const kinds = { site: "vercel.project" };

test("an origin holds no secret, and nothing that no database keeps", () => {
  const origin = originOf(instance, kinds);
  expect(origin.answers).toEqual({ bring: {}, modules: ["crm"], name: "Toko 'A'" });
  for (const text of [originSeed(origin), originText(origin)]) {
    expect(text).not.toContain("sk-secret");
    expect(text).not.toContain("[secret");
  }
  expect(originSeed(origin)).toContain("Toko ''A''");
});

test("an origin is the same text whatever a database did to its keys, and is read back as it was", () => {
  const { chosen, answers, ...rest } = instance;
  const turned = { chosen, answers: Object.fromEntries(Object.entries(answers).toReversed()), ...rest };
  expect(originText(originOf(turned, kinds))).toBe(originText(originOf(instance, kinds)));
  const origin = originOf(instance, kinds);
  expect(readOrigin(JSON.parse(originText(origin)))).toEqual(origin);
});

test.each([
  undefined,
  null,
  "text",
  {},
  { ...originOf(instance, kinds), slug: 5 },
  { ...originOf(instance, kinds), chosen: { projectSuffix: {} } },
  { ...originOf(instance, kinds), answers: [] },
  { ...originOf(instance, kinds), id: "x".repeat(101) },
])("what somebody wrote there otherwise is no origin: %j", (value) => {
  expect(readOrigin(value)).toBeUndefined();
});
