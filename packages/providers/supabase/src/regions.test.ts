import { expect, test } from "vitest";
import { nearestRegion } from "./regions.ts";

const offered = [
  "us-east-1",
  "us-west-2",
  "eu-west-2",
  "eu-west-3",
  "eu-central-1",
  "ap-southeast-1",
  "sa-east-1",
];

test.each([
  ["eu-west-1", "eu-west-2"],
  ["eu-south-1", "eu-central-1"],
  ["ap-southeast-3", "ap-southeast-1"],
  ["us-west-1", "us-west-2"],
  ["ap-northeast-1", "ap-southeast-1"],
  ["eu-west-3", "eu-west-3"],
])("nearest to %s is %s", (code, expected) => {
  expect(nearestRegion(code, offered)).toBe(expected);
});

test("a region that nobody knows has no nearest one, and Cape Town has", () => {
  expect(nearestRegion("moon-1", offered)).toBeUndefined();
  expect(offered).toContain(nearestRegion("af-south-1", offered));
});
