import { criticalPath } from "@atoll/core/critical-path";
import { expect, test } from "vitest";
import { floors, oneAfterTheOther } from "./floor.ts";

const latencies = { callMs: 1, supabaseReadyMs: 75, keysMs: 5, repositoryFillMs: 4, buildMs: 45 };
const step = (name: string, needs: string[], rounds: number, roundsUntilMade: number) => ({
  step: name,
  needs,
  rounds,
  roundsUntilMade,
  tookMs: 0,
});

test("what the provider does by itself begins when the create arrives, while the step still looks", () => {
  const timed = floors([step("project", [], 3, 2), step("database", ["project"], 2, 0)], latencies);
  expect(criticalPath(timed).durationMs).toBe(1 + 75 + 2);
});

test("steps in turn do not wait for what settled while others had their turn", () => {
  const timed = floors(
    [
      step("project", [], 3, 2),
      step("repository", [], 4, 2),
      step("database", ["project"], 2, 0),
      step("other", [], 10, 1),
    ],
    latencies,
  );
  expect(oneAfterTheOther(timed)).toBe(1 + 75 + 2 + 10);
  expect(criticalPath(timed).durationMs).toBe(1 + 75 + 2);
});

test("a step waits for what it made itself", () => {
  const timed = floors([step("repository", [], 4, 2)], latencies);
  expect(criticalPath(timed).durationMs).toBe(4 - 1 + 4);
});
