import type { ArchivePolicy } from "@atoll/contract/schemas/settings";
import { expect, test } from "vitest";
import { archivePolicyOf } from "./archive-policy.ts";

const policyOf = (kind: string, archivePolicy?: Record<string, ArchivePolicy>) =>
  archivePolicyOf(
    { confirmEmail: true, alertTo: [], costs: [], ...(archivePolicy && { archivePolicy }) },
    kind,
  );

test("what nobody named goes with what its provider's others do, and is removed where none is named", () => {
  expect(policyOf("github.repository")).toBe("retire");
  expect(policyOf("n8n.credential")).toBe("remove");
  expect(policyOf("n8n.credential", { "n8n.workflow": "keep" })).toBe("keep");
  expect(policyOf("supabase.user", { "supabase.project": "keep" })).toBe("keep");
  expect(policyOf("supabase.project", { "vercel.project": "keep" })).toBe("remove");
  expect(policyOf("elsewhere.thing")).toBe("remove");
});
