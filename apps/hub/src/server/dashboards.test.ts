import { expect, test } from "vitest";
import { consolesOf, dashboardOf } from "./dashboards.ts";

const consoles = consolesOf({
  n8n: { apiUrl: "https://n8n.example.com/api/v1" },
  gitea: { apiUrl: "https://git.example.com/api/v1" },
});

test("each provider's things have a page there; on the local cloud nothing has", () => {
  const things: [string, string, object, string][] = [
    ["supabase.project", "abc", {}, "https://supabase.com/dashboard/project/abc"],
    ["github.repository", "1", { fullName: "org/shop" }, "https://github.com/org/shop"],
    ["vercel.deployment", "dpl", { inspectorUrl: "https://vercel.com/t/p/1" }, "https://vercel.com/t/p/1"],
    [
      "netlify.site",
      "s1",
      { adminUrl: "https://app.netlify.com/projects/a" },
      "https://app.netlify.com/projects/a",
    ],
    [
      "netlify.deployment",
      "d1",
      { adminUrl: "https://app.netlify.com/projects/a/deploys/d1" },
      "https://app.netlify.com/projects/a/deploys/d1",
    ],
    ["n8n.workflow", "w1", {}, "https://n8n.example.com/workflow/w1"],
    [
      "gitea.folder",
      "ops/hub:client-backups/a shop",
      {},
      "https://git.example.com/ops/hub/src/branch/main/client-backups/a%20shop",
    ],
  ];
  for (const [kind, id, attrs, url] of things) {
    expect(dashboardOf(kind, id, attrs, consoles), kind).toBe(url);
    expect(dashboardOf(kind, id, attrs, undefined), kind).toBeUndefined();
  }
  expect(dashboardOf("postgres.schema", "x", {}, consoles)).toBeUndefined();
});
