import { localTokens } from "@atoll/local-cloud/kit/settings";
import { testCloud } from "@atoll/local-cloud/testing/cloud";
import { afterAll, beforeAll, expect, test } from "vitest";
import { authConfig } from "./auth-config.ts";
import { drive, ensure, present } from "./testing/drive.ts";

let cloud: Awaited<ReturnType<typeof testCloud>>;
let driven: ReturnType<typeof drive>;
beforeAll(async () => {
  cloud = await testCloud();
  driven = drive(cloud, localTokens.supabase);
});
afterAll(() => cloud?.close());

test("Auth is set as wanted, and what was not named is left alone", async () => {
  const { ref, within } = await driven.readyProject();
  const wanted = {
    siteUrl: "http://localhost:4600",
    redirectUrls: ["http://localhost:4600/**", "http://a.example/**"],
    disableSignup: true,
    passwordMinLength: 8,
  };
  await cloud.manage("PATCH", `/projects/${ref}/config/auth`, { jwt_exp: 1234 });
  await ensure(authConfig(driven.api), within, wanted);
  expect((await cloud.manage("GET", `/projects/${ref}/config/auth`)).body).toMatchObject({
    site_url: "http://localhost:4600",
    disable_signup: true,
    jwt_exp: 1234,
  });
  await driven.forget();
  await ensure(authConfig(driven.api), within, { ...wanted, redirectUrls: wanted.redirectUrls.toReversed() });
  expect(await driven.writes()).toEqual([]);
  await cloud.manage("PATCH", `/projects/${ref}/config/auth`, { disable_signup: false });
  const live = await present(authConfig(driven.api), within);
  expect(authConfig(driven.api).compare(wanted, live)).toEqual([
    { path: "disableSignup", act: "update", from: "false", to: "true" },
  ]);
});
