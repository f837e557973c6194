import { localTokens } from "@atoll/local-cloud/kit/settings";
import { testCloud } from "@atoll/local-cloud/testing/cloud";
import { afterAll, beforeAll, expect, test } from "vitest";
import { check } from "./check.ts";
import { drive } from "./testing/drive.ts";

let cloud: Awaited<ReturnType<typeof testCloud>>;
let driven: ReturnType<typeof drive>;
beforeAll(async () => {
  cloud = await testCloud();
  driven = drive(cloud, localTokens.supabase);
});
afterAll(() => cloud?.close());

test("is content with the local cloud, without writing", async () => {
  await driven.forget();
  const findings = await check(driven.api, ["eu-west-3"]);
  expect(findings.filter(({ ok }) => !ok)).toEqual([]);
  expect(await driven.writes()).toEqual([]);
});

test("names a bad token, a wrong organisation and a region that is not offered with the nearest", async () => {
  expect(await check(driven.connect("sbp_wrong_4711"))).toMatchObject([
    { ok: false, subject: "Supabase token", next: expect.stringMatching(/token/) },
  ]);
  expect(await check({ ...driven.api, organization: "nobody" })).toMatchObject([
    { ok: false, what: expect.stringContaining("It sees: atoll-local") },
  ]);
  expect(await check(driven.api, ["af-south-1"])).toContainEqual(
    expect.objectContaining({
      ok: false,
      what: "af-south-1 is not offered.",
      next: expect.stringMatching(/nearest/),
    }),
  );
});
