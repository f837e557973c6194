import { localTokens } from "@atoll/local-cloud/kit/settings";
import { testCloud } from "@atoll/local-cloud/testing/cloud";
import { afterAll, beforeAll, expect, test } from "vitest";
import { authConfig } from "./auth-config.ts";
import { moveSite } from "./move-site.ts";
import { drive, ensure, faultOf, present } from "./testing/drive.ts";

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

test("Auth follows its site to custom domains, which is no drift; an address that somebody added is", async () => {
  const { ref, within } = await driven.readyProject();
  const moved: string[] = [];
  let primary: string | undefined;
  const resource = authConfig(driven.api, {
    domainsOf: async (asked) =>
      asked === ref ? { all: moved, ...(primary !== undefined && { primary }) } : { all: [] },
  });
  const wanted = {
    siteUrl: "http://localhost:4600",
    redirectUrls: ["http://localhost:4600/**"],
    disableSignup: true,
    passwordMinLength: 8,
  };
  const read = async () => (await cloud.manage("GET", `/projects/${ref}/config/auth`)).body;
  const drift = async () => resource.compare(wanted, await present(resource, within));
  await ensure(resource, within, wanted);

  moved.push("www.toko.example", "toko.example");
  expect((await drift()).map(({ path }) => path)).toEqual(["redirectUrls"]);
  primary = "www.toko.example";
  expect((await drift()).map(({ path }) => path)).toEqual(["siteUrl", "redirectUrls"]);
  const come = ["www.toko.example", "toko.example"];
  await moveSite(driven.api, ref, { siteUrl: "https://www.toko.example", come });
  expect(await drift()).toEqual([]);
  expect(await read()).toMatchObject({
    site_url: "https://www.toko.example",
    uri_allow_list: "http://localhost:4600/**,https://www.toko.example/**,https://toko.example/**",
    disable_signup: true,
  });
  await driven.forget();
  await moveSite(driven.api, ref, { siteUrl: "https://www.toko.example", come });
  expect(await driven.writes()).toEqual([]);

  const { uri_allow_list } = await read();
  await cloud.manage("PATCH", `/projects/${ref}/config/auth`, {
    uri_allow_list: `${uri_allow_list},https://evil.example/**`,
  });
  expect((await drift()).map(({ path }) => path)).toEqual(["redirectUrls"]);
  await ensure(resource, within, wanted);
  expect((await read()).uri_allow_list.split(",")).toHaveLength(3);
  expect((await read()).uri_allow_list).not.toContain("evil");

  moved.splice(0, 2);
  primary = undefined;
  await moveSite(driven.api, ref, { siteUrl: wanted.siteUrl, gone: come });
  expect(await drift()).toEqual([]);
  expect(await read()).toMatchObject({
    site_url: wanted.siteUrl,
    uri_allow_list: "http://localhost:4600/**",
  });
});

test("Auth is moved to no pattern, and not where the project is gone", async () => {
  const { ref } = await driven.readyProject();
  for (const come of ["a.example,https://evil.example", "*.example", "a b"])
    expect(await faultOf(moveSite(driven.api, ref, { come: [come] }))).toMatchObject({ kind: "rejected" });
  expect(await faultOf(moveSite(driven.api, "a".repeat(20), { come: ["a.example"] }))).toMatchObject({
    what: expect.stringContaining("is gone"),
  });
});
