import { expect, test } from "vitest";
import { isPermissive, licencesIn, refusedLicences } from "./licences.ts";

test.each([
  ["MIT", true],
  ["(MIT OR GPL-3.0)", true],
  ["Apache-2.0 AND MIT", true],
  ["MIT AND GPL-3.0", false],
  ["AGPL-3.0-only", false],
  ["SEE LICENSE IN file", false],
])("%s is permissive: %s", (expression, expected) => expect(isPermissive(expression)).toBe(expected));

test("a package without a permissive licence is named, wherever it stands", () => {
  const lock = {
    packages: {
      "": { version: "1.0.0", license: "Proprietary" },
      "apps/hub": { version: "1.0.0" },
      "node_modules/@atoll/hub": { link: true },
      "node_modules/good": { version: "1.0.0", license: "MIT", optionalDependencies: { "good-linux": "1" } },
      "node_modules/good-linux": { version: "1.0.0", optional: true },
      "node_modules/old": { version: "0.1.0" },
      "node_modules/good/node_modules/bad": { version: "2.0.0", license: "GPL-3.0" },
      "node_modules/silent": { version: "3.0.0" },
    },
  };
  const licensed = licencesIn(lock, (at) => (at === "node_modules/old" ? "BSD-3-Clause" : undefined));
  expect(licensed.map(({ name }) => name)).toEqual(["good", "good-linux", "old", "bad", "silent"]);
  expect(refusedLicences(licensed).map(({ name }) => name)).toEqual(["bad", "silent"]);
});
