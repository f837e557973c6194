import { Secret } from "@atoll/core/secret";
import { localTokens } from "@atoll/local-cloud/kit/settings";
import { testCloud } from "@atoll/local-cloud/testing/cloud";
import { createClient } from "@supabase/supabase-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { apiKeys } from "./api-keys.ts";
import { trySignIn } from "./sign-in.ts";
import { drive, ensure, faultOf, instance, present, wantKeys } from "./testing/drive.ts";
import { user } from "./user.ts";

let cloud: Awaited<ReturnType<typeof testCloud>>;
let driven: ReturnType<typeof drive>;
beforeAll(async () => {
  cloud = await testCloud();
  driven = drive(cloud, localTokens.supabase);
});
afterAll(() => cloud?.close());
let ready: Awaited<ReturnType<typeof driven.readyProject>>;
beforeAll(async () => {
  ready = await driven.readyProject();
});

const email = "admin@toko.example";
const admin = {
  email,
  password: new Secret("temporary password", "Kx7p-4711-Wq2n-Rt8v"),
  role: "admin",
  fullName: "Siti \"'; drop table users; --",
  mustChangePassword: true,
};
const at = () => ({ ...ready.within, name: email });

test("can sign in, with role and mark where only the secret key can write them", async () => {
  const { id, attrs } = await ensure(user(driven.api), at(), admin);
  expect(id).toBe(`${ready.ref}/${attrs.userId}`);
  const { attrs: keys } = await ensure(apiKeys(driven.api), ready.within, wantKeys);
  const client = createClient(driven.api.projectUrl(ready.ref), keys.publishable, {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  const { data, error } = await client.auth.signInWithPassword({
    email,
    password: admin.password.expose(),
  });
  expect(error).toBeNull();
  expect(data.user).toMatchObject({
    app_metadata: { role: "admin", must_change_password: true, atoll_instance: instance },
    user_metadata: { full_name: admin.fullName },
  });
  await driven.forget();
  await ensure(user(driven.api), at(), admin);
  await ensure(user(driven.api), { ...at(), id }, admin);
  expect(await driven.writes()).toEqual([]);
});

test("is made once though the answer was lost, also when nobody looks first", async () => {
  const other = { ...at(), name: "second@toko.example" };
  await driven.order({ kind: "lose-answer", method: "POST", path: "/admin/users", times: 1 });
  const wanted = { ...admin, email: other.name };
  const id = await user(driven.api).apply({ at: other, want: wanted, live: undefined, changes: [] });
  expect(await user(driven.api).observe(other)).toMatchObject({ is: "present", owner: "us", id });
});

test("a role changed behind our back is named and put back, the password is the user's own", async () => {
  const { id, attrs } = await ensure(user(driven.api), at(), admin);
  await asAdmin("PUT", `/admin/users/${attrs.userId}`, {
    password: "Another-Password-99",
    app_metadata: { role: "viewer", must_change_password: null },
  });
  const live = await present(user(driven.api), { ...at(), id });
  expect(user(driven.api).compare(admin, live)).toEqual([
    { path: "role", act: "update", from: "viewer", to: "admin" },
  ]);
  await ensure(user(driven.api), { ...at(), id }, admin);
  const { body } = await asAdmin("GET", `/admin/users/${attrs.userId}`);
  expect(body.app_metadata).toMatchObject({ role: "admin", atoll_instance: instance });
  expect(body.app_metadata.must_change_password).toBeUndefined();
});

test("somebody else's user under the same address is left alone", async () => {
  const theirs = { ...at(), name: "theirs@toko.example" };
  await asAdmin("POST", "/admin/users", { email: theirs.name, email_confirm: true });
  expect(await user(driven.api).observe(theirs)).toMatchObject({ is: "present", owner: "other" });
  const apply = user(driven.api).apply({
    at: theirs,
    want: { ...admin, email: theirs.name },
    live: undefined,
    changes: [],
  });
  expect(await faultOf(apply)).toMatchObject({ kind: "not-ours" });
});

test("a weak password is refused without being told", async () => {
  const wanted = { ...admin, email: "weak@toko.example", password: new Secret("password", "4711") };
  const apply = user(driven.api).apply({
    at: { ...at(), name: wanted.email },
    want: wanted,
    live: undefined,
    changes: [],
  });
  expect(await faultOf(apply)).toMatchObject({ kind: "rejected", field: "password" });
});

test("goes on with the new key after the old one was replaced", async () => {
  const admin_ = user(driven.api);
  await admin_.observe(at());
  const list = (await cloud.manage("GET", `/projects/${ready.ref}/api-keys`)).body;
  const { id } = list.find((each: { type: string }) => each.type === "secret");
  await cloud.manage("DELETE", `/projects/${ready.ref}/api-keys/${id}`);
  await ensure(apiKeys(driven.api), ready.within, wantKeys);
  expect(await admin_.observe(at())).toMatchObject({ is: "present", owner: "us" });
});

test("a sign-in that fails goes on failing, and only a link of the user's own puts a trial off", async () => {
  const { id } = await ensure(user(driven.api), at(), admin);
  const tries = trySignIn(driven.api);
  await driven.order({ kind: "reject", method: "POST", path: "/verify", times: 2 });
  const first = await tries(id);
  expect(first).toMatchObject({ ok: false, tried: true, what: expect.stringContaining("not let in") });
  // A process that knows of no trial cannot tell whose link it is.
  expect(await tries(id)).toMatchObject({ tried: false, next: expect.any(String) });
  const second = await tries(id, first.linkAt);
  expect(second).toMatchObject({ ok: false, tried: true });
  expect(await tries(id, second.linkAt)).toMatchObject({ ok: true, tried: true });
  await asAdmin("POST", "/admin/generate_link", { type: "recovery", email });
  expect(await tries(id, second.linkAt)).toMatchObject({ tried: false });
});

test("a trial whose session cannot be ended was let in, and says that it is still open", async () => {
  const { id, attrs } = await ensure(
    user(driven.api),
    { ...at(), name: "open@toko.example" },
    {
      ...admin,
      email: "open@toko.example",
    },
  );
  expect(id).toContain(attrs.userId);
  await driven.order({ kind: "reject", method: "POST", path: "/logout", times: 1 });
  const { ok, tried, what, next } = await trySignIn(driven.api)(id);
  expect({ ok, tried }).toEqual({ ok: false, tried: true });
  expect(what).toMatch(/^The first admin was let in, but the session of this trial could not be ended/);
  expect(next).toContain("auth.sessions");
});

test("removing twice is fine, also after the project went", async () => {
  const { id } = await ensure(user(driven.api), at(), admin);
  await user(driven.api).remove(id);
  await user(driven.api).remove(id);
  expect(await user(driven.api).observe({ ...at(), id })).toEqual({ is: "absent" });
  await expect(user(driven.api).remove(`${"a".repeat(20)}/${id.slice(21)}`)).resolves.toBeUndefined();
});

async function asAdmin(method: string, path: string, body?: unknown) {
  const { attrs } = await ensure(apiKeys(driven.api), ready.within, wantKeys);
  const at = `/supabase/projects/${ready.ref}/auth/v1${path}`;
  return await cloud.call(method, at, body, { apikey: attrs.secret.expose() });
}
