import { expect, test } from "vitest";
import { criticalPath } from "./critical-path.ts";

test("the longest chain of needs decides, whatever runs beside it", () => {
  const found = criticalPath([
    { step: "project", needs: [], durationMs: 75 },
    { step: "repository", needs: [], durationMs: 5 },
    { step: "schema", needs: ["project"], durationMs: 2 },
    { step: "deployment", needs: ["schema", "repository"], durationMs: 45 },
    { step: "workflow", needs: ["repository"], durationMs: 9 },
  ]);
  expect(found).toEqual({ steps: ["project", "schema", "deployment"], durationMs: 122, sumMs: 136 });
});

test("no step, no path", () => {
  expect(criticalPath([])).toEqual({ steps: [], durationMs: 0, sumMs: 0 });
});
