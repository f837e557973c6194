import { localTokens } from "@atoll/local-cloud/kit/settings";
import { testCloud } from "@atoll/local-cloud/testing/cloud";
import { afterAll, beforeAll, expect, test } from "vitest";
import { apiKeys } from "./api-keys.ts";
import { project } from "./project.ts";
import { drive, ensure, instance, wantKeys, wantProject } from "./testing/drive.ts";

let cloud: Awaited<ReturnType<typeof testCloud>>;
let driven: ReturnType<typeof drive>;
beforeAll(async () => {
  cloud = await testCloud();
  driven = drive(cloud, localTokens.supabase);
});
afterAll(() => cloud?.close());

test("the keys can be read while the database comes up, and open what they should", async () => {
  const { id } = await ensure(project(driven.api), driven.nextAt(), wantProject);
  await driven.order({ kind: "stuck", path: id });
  const { attrs } = await ensure(apiKeys(driven.api), { instance, name: "keys", within: id }, wantKeys);
  expect(attrs).toMatchObject({
    publishable: expect.stringMatching(/^sb_publishable_/),
    anon: expect.stringMatching(/^eyJ/),
  });
  expect(attrs.secret.expose()).toMatch(/^sb_secret_/);
  expect(`${attrs.secret} ${JSON.stringify(attrs)}`).not.toContain("sb_secret_");
});

test("keys that somebody deleted are made again, once", async () => {
  const { ref, within } = await driven.readyProject();
  const list = (await cloud.manage("GET", `/projects/${ref}/api-keys`)).body;
  for (const { id, type } of list)
    if (type !== "legacy") await cloud.manage("DELETE", `/projects/${ref}/api-keys/${id}`);
  expect(await apiKeys(driven.api).observe(within)).toEqual({ is: "absent" });
  await driven.order({ kind: "lose-answer", method: "POST", path: "/api-keys", times: 1 });
  await ensure(apiKeys(driven.api), within, wantKeys);
  const types = (await cloud.manage("GET", `/projects/${ref}/api-keys`)).body.map(
    (each: { type: string }) => each.type,
  );
  expect(types.toSorted()).toEqual(["legacy", "legacy", "publishable", "secret"]);
});
