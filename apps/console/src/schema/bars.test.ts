import { expect, test } from "vitest";
import { barsOf } from "./bars.ts";

const migration = (version: number, name: string) => ({ version, name, checksum: "", transactional: true });
const kind = {
  blueprint: "shop",
  newest: 3,
  migrations: [migration(1, "tables"), migration(2, "rights"), migration(3, "loyalty_points")],
  instances: 4,
  behind: 3,
  drifted: 0,
  unknown: 0,
};

test("versions stand newest first, with the newest even where no instance has it yet", () => {
  const bars = barsOf({
    ...kind,
    versions: [
      { version: 1, instances: 1 },
      { version: 2, instances: 3 },
    ],
  });
  expect(bars.map(({ version, name, percent, behind }) => [version, name, percent, behind])).toEqual([
    [3, "loyalty points", 0, 0],
    [2, "rights", 75, 1],
    [1, "tables", 25, 2],
  ]);
});

test("a blueprint without instances has empty bars; a version that this hub does not know has no name", () => {
  expect(barsOf({ ...kind, instances: 0, versions: [] })).toMatchObject([{ version: 3, percent: 0 }]);
  expect(barsOf({ ...kind, versions: [{ version: 9, instances: 1 }] })[0]).toMatchObject({
    version: 9,
    name: undefined,
    behind: 0,
  });
});
