import type { Stored } from "@atoll/archive/storage";
import { expect, test } from "vitest";
import { isWorthGoingOn } from "./go-on.ts";

const holding = (files: Record<string, number>) => ({
  async *list(prefix: string): AsyncIterable<Stored> {
    for (const [name, sizeBytes] of Object.entries(files))
      if (name.startsWith(prefix)) yield { name, sizeBytes, modifiedAt: new Date(0) };
  },
});

test.each([
  [
    "a little, with how far it came",
    { "a/progress.json.sealed": 900, "a/vault.00001.gz.sealed": 8e6 },
    false,
  ],
  ["much", { "a/progress.json.sealed": 900, "a/tables/x.00001.gz.sealed": 2 ** 28 }, true],
  ["much of another archive", { "a/progress.json.sealed": 900, "ab/x.00001.gz.sealed": 2 ** 28 }, false],
  ["a finished archive", { "a/manifest.json.sealed": 900 }, true],
  ["nothing", {}, false],
])("of %s, a dump that broke off goes on: %s", async (_, files, goesOn) => {
  expect(await isWorthGoingOn(holding(files), "a")).toBe(goesOn);
});
