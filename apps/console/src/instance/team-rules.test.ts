import { expect, test } from "vitest";
import { reasonOfTeam } from "./team-rules.ts";

const plain = { state: "joined", isFirstAdmin: false, isLastAdmin: false } as const;

test("whoever may not, and what cannot be done, are told why", () => {
  expect(reasonOfTeam("invite", "live", "operator")).toBeUndefined();
  expect(reasonOfTeam("invite", "live", "viewer")).toContain("operator");
  expect(reasonOfTeam("invite", "paused", "owner")).toContain("paused");
  expect(reasonOfTeam("role", "paused", "owner", plain)).toBeUndefined();
  expect(reasonOfTeam("role", "removing", "owner", plain)).toContain("removing");
  expect(reasonOfTeam("resend", "live", "owner", plain)).toContain("accepted");
  expect(reasonOfTeam("revoke", "live", "owner", { ...plain, state: "invited" })).toBeUndefined();
  expect(reasonOfTeam("remove", "live", "owner", { ...plain, isFirstAdmin: true })).toContain("another role");
  expect(reasonOfTeam("role", "live", "owner", { ...plain, isLastAdmin: true })).toContain("last admin");
});
