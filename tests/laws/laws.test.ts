import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { businessOn } from "../support/hub.ts";
import { giteaKinds } from "./gitea.ts";
import { githubKinds } from "./github.ts";
import { n8nKinds } from "./n8n.ts";
import { netlifyKinds } from "./netlify.ts";
import { supabaseKinds } from "./supabase.ts";
import { vercelKinds } from "./vercel.ts";

let cloud: TestCloud;

beforeAll(async () => {
  const quick = ["--light", "--latency", "instant", "--no-rate-limits"];
  cloud = await testCloud([...quick, "--smtp-port", "0", "--site-port", "14700"]);
});

afterAll(() => cloud?.stop());

const kinds = [supabaseKinds, githubKinds, vercelKinds, netlifyKinds, n8nKinds, giteaKinds].flatMap(
  (kindsOf) => kindsOf(() => cloud),
);

test("every kind of resource that the business blueprint uses is held against the laws", async () => {
  const { steps } = await businessOn(cloud);
  const used = steps.flatMap((step) => (step.does === "resource" ? [step.resource.kind] : []));
  const judged = kinds.map((each) => each.kind);
  expect(used.filter((kind) => !judged.includes(kind))).toEqual([]);
});

const named = kinds.map((each) => ({ ...each, name: [each.kind, each.variant].filter(Boolean).join(", ") }));

describe.each(named)("$name", ({ laws }) => {
  for (const [law, hold] of Object.entries(laws))
    test(law, async ({ skip }) => {
      const verdict = await hold();
      if ("skipped" in verdict) skip(verdict.skipped);
      else expect(verdict.violations).toEqual([]);
    });
});
