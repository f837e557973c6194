import { Secret } from "@atoll/core/secret";
import { localTokens } from "@atoll/local-cloud/kit/settings";
import { testCloud } from "@atoll/local-cloud/testing/cloud";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { apiKeys } from "./api-keys.ts";
import { authConfig } from "./auth-config.ts";
import { database } from "./database.ts";
import { project } from "./project.ts";
import { drive, ensure, faultOf, instance, present, wantProject } from "./testing/drive.ts";
import { user } from "./user.ts";

let cloud: Awaited<ReturnType<typeof testCloud>>;
let driven: ReturnType<typeof drive>;
beforeAll(async () => {
  cloud = await testCloud();
  driven = drive(cloud, localTokens.supabase);
});
afterAll(() => cloud?.close());
beforeEach(() => cloud.call("DELETE", "/control/faults"));

const inventory = async () => (await cloud.call("GET", "/control/inventory")).body.supabase.projects;

test("is there at once, settles as database, and a second look writes nothing", async () => {
  const at = driven.nextAt();
  const { id, attrs } = await ensure(project(driven.api), at, wantProject);
  expect(attrs).toMatchObject({
    ref: expect.stringMatching(/^[a-z]{20}$/),
    url: `${cloud.url()}/supabase/projects/${id}`,
    region: "eu-west-3",
    name: at.name,
  });
  await driven.order({ kind: "stuck", path: id });
  const within = { instance, name: "database", within: id };
  expect(await database(driven.api).observe(within)).toMatchObject({
    is: "settling",
    why: "Supabase says COMING_UP",
  });
  await cloud.call("DELETE", "/control/faults");
  await ensure(database(driven.api), within, {});
  expect(await database(driven.api).probe?.({ ref: id, status: "ACTIVE_HEALTHY" })).toEqual([]);
  await driven.forget();
  await ensure(project(driven.api), at, wantProject);
  await ensure(project(driven.api), { ...at, id }, wantProject);
  await ensure(database(driven.api), within, {});
  expect(await driven.writes()).toEqual([]);
});

test("a create whose answer was lost leaves exactly one, with the recorded password", async () => {
  const at = driven.nextAt();
  await driven.order({ kind: "lose-answer", method: "POST", path: "/v1/projects", times: 1 });
  const fault = await faultOf(
    project(driven.api).apply({ at, want: wantProject, live: undefined, changes: [] }),
  );
  expect(fault.kind).toBe("outcome-unknown");
  const { id } = await ensure(project(driven.api), at, wantProject);
  expect((await inventory()).filter(({ name }: { name: string }) => name === at.name)).toMatchObject([
    { ref: id },
  ]);
});

test.each([
  ["under the stem", (name: string) => name.replace(/-[a-z0-9]{12}$/, "")],
  ["with another suffix", (name: string) => name.replace(/[a-z0-9]{12}$/, "zzzzzzzzzzzz")],
])("a look-alike %s is somebody else's", async (_, alike) => {
  const at = driven.nextAt();
  const { ref } = (await cloud.call("POST", "/control/plant", { provider: "supabase", name: alike(at.name) }))
    .body;
  await driven.forget();
  expect(await project(driven.api).observe(at)).toMatchObject({ is: "present", owner: "other", id: ref });
  expect(await driven.writes()).toEqual([]);
});

test("projects of other slugs do not stand in the way", async () => {
  const at = driven.nextAt();
  const slug = at.name.split("-")[1];
  for (const name of [
    `client-${slug}-prod-prod-k3j9x2m5q8w1`,
    `client-${slug}-prod-k3j9`,
    `my-client-${slug}-prod`,
  ])
    await cloud.call("POST", "/control/plant", { provider: "supabase", name });
  expect(await project(driven.api).observe(at)).toEqual({ is: "absent" });
});

test("drift: a new name is put back, another region would cost the data and is only named", async () => {
  const { at, ref } = await driven.readyProject();
  await cloud.manage("PATCH", `/projects/${ref}`, { name: "renamed by hand" });
  const live = await present(project(driven.api), at);
  expect(project(driven.api).compare(wantProject, live)).toEqual([
    { path: "name", act: "update", from: "renamed by hand", to: at.name },
  ]);
  const { attrs } = await ensure(project(driven.api), at, wantProject);
  expect(attrs.name).toBe(at.name);
  expect(project(driven.api).compare({ ...wantProject, region: "us-east-1" }, attrs)).toEqual([
    { path: "region", act: "replace", from: "eu-west-3", to: "us-east-1", holdsData: true },
  ]);
});

test("removing twice is fine, and then it is absent by id and by name", async () => {
  const { at, ref, within } = await driven.readyProject();
  await project(driven.api).remove(ref);
  await project(driven.api).remove(ref);
  expect(await project(driven.api).observe(at)).toEqual({ is: "absent" });
  for (const resource of [
    database(driven.api),
    apiKeys(driven.api),
    authConfig(driven.api),
    user(driven.api),
  ])
    expect(await resource.observe(within), resource.kind).toEqual({ is: "absent" });
  expect(
    (await faultOf(database(driven.api).apply({ at: within, want: {}, live: undefined, changes: [] }))).what,
  ).toBe(`Supabase project ${ref} is gone.`);
});

test("what Supabase refuses is a fault without the password", async () => {
  const weak = { region: "eu-west-3", databasePassword: new Secret("database password", "a4711") };
  const apply = (wanted: typeof wantProject) =>
    project(driven.api).apply({ at: driven.nextAt(), want: wanted, live: undefined, changes: [] });
  expect(await faultOf(apply(weak))).toMatchObject({ kind: "rejected", field: "databasePassword" });
  expect(await faultOf(apply({ ...wantProject, region: "af-south-1" }))).toMatchObject({ kind: "rejected" });
  expect(
    await faultOf(project(driven.connect("sbp_canary47110000000")).observe(driven.nextAt())),
  ).toMatchObject({
    kind: "sign-in-again",
  });
});

test("many who look at once share the calls", async () => {
  const refs = await Promise.all(
    Array.from(
      { length: 5 },
      async () => (await ensure(project(driven.api), driven.nextAt(), wantProject)).id,
    ),
  );
  await driven.forget();
  const seen = await Promise.all(refs.map((ref) => driven.api.project(ref)));
  expect(seen.map((each) => each?.ref)).toEqual(refs);
  expect((await cloud.call("GET", "/control/log?provider=supabase")).body).toHaveLength(1);
});
