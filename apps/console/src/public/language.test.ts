import { expect, test } from "vitest";
import { languageOf, preferredLanguage } from "./language.ts";

test("a language is known by its first part, however it is written", () => {
  expect(languageOf("fr-CA")).toBe("fr");
  expect(languageOf("ID")).toBe("id");
  for (const other of ["de", "", "french", undefined, 7]) expect(languageOf(other)).toBeUndefined();
});

test("the first wanted language that we speak is taken, English when there is none", () => {
  expect(preferredLanguage(["de-DE", "id", "fr"])).toBe("id");
  expect(preferredLanguage(["de-DE"])).toBe("en");
  expect(preferredLanguage([])).toBe("en");
});
