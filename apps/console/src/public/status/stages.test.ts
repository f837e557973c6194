import { requestStates } from "@atoll/contract/schemas/request";
import { requestMoves } from "@atoll/core/states";
import { expect, test } from "vitest";
import { lookAgainInMs, stagesOf } from "./stages.ts";

const now = (state: (typeof requestStates)[number], confirmed = true) =>
  stagesOf({ state, confirmed }).find(({ is }) => is === "now")?.stage;

test("a request stands at the stage that it waits for", () => {
  expect(now("pending", false)).toBe("confirmed");
  expect(now("pending")).toBe("approved");
  expect(now("provisioning")).toBe("ready");
  expect(stagesOf({ state: "deployed", confirmed: true }).every(({ is }) => is === "done")).toBe(true);
  expect(stagesOf({ state: "rejected", confirmed: true })).toEqual([]);
});

test("the page looks again exactly where the request can still move", () => {
  for (const state of requestStates)
    expect(lookAgainInMs(state) !== false, state).toBe(requestMoves[state].length > 0);
});
