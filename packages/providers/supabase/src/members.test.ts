import { localTokens } from "@atoll/local-cloud/kit/settings";
import { testCloud } from "@atoll/local-cloud/testing/cloud";
import { afterAll, beforeAll, expect, test } from "vitest";
import { authAdmin } from "./auth-admin.ts";
import { members } from "./members.ts";
import { drive } from "./testing/drive.ts";
import { user } from "./user.ts";

let cloud: Awaited<ReturnType<typeof testCloud>>;
let driven: ReturnType<typeof drive>;
let ready: Awaited<ReturnType<typeof driven.readyProject>>;
beforeAll(async () => {
  cloud = await testCloud();
  driven = drive(cloud, localTokens.supabase);
  ready = await driven.readyProject();
});
afterAll(() => cloud?.close());

const found = async (email: string) => {
  const seen = await user(driven.api).observe({ ...ready.within, name: email });
  return seen.is === "present" ? seen.attrs : undefined;
};

test("an account is made once, though the answer was lost, and asked for twice", async () => {
  const people = members(authAdmin(driven.api));
  const email = "siti@toko.example";
  const member = { email, fullName: "Siti", appMetadata: { role: "staff", atoll_team: { run: "1" } } };
  await driven.order({ kind: "lose-answer", method: "POST", path: "/admin/users", times: 1 });
  await people.make(ready.ref, member);
  await people.make(ready.ref, { ...member, appMetadata: { role: "admin" } });
  // What was there stays as it was; and its role is the team's from then on.
  expect(await found(email)).toMatchObject({ role: "staff", roleFromTeam: true });
});

test("a link for an account that was removed meanwhile is refused, and leaves no other account", async () => {
  const people = members(authAdmin(driven.api));
  const gone = { id: "7d1b9a52-5a8e-4f0e-9d5c-3f9f1f6a2b11", email: "gone@toko.example", joined: false };
  await expect(people.link(ready.ref, gone)).rejects.toMatchObject({ kind: "rejected", field: "email" });
  expect(await found(gone.email)).toBeUndefined();
});
