import { expect, test } from "vitest";
import { fieldsOf } from "../public/ask/fields.ts";
import { changesOf, shownAnswers } from "./changes.ts";

const fields = fieldsOf({
  required: ["name", "modules"],
  properties: {
    name: { type: "string" },
    adminName: { type: "string" },
    modules: { type: "array", items: { enum: ["crm", "email", "social"] }, minItems: 1 },
    locale: { type: "string", enum: ["en", "fr", "id"], default: "en" },
  },
});
const answers = { name: "Toko A", adminName: "Ada", modules: ["email", "crm"], locale: "fr" };

test("shows what was answered last, and what was typed since", () => {
  expect(shownAnswers(fields, answers, { name: "Toko B" })).toEqual({ ...answers, name: "Toko B" });
});

test("sends only what differs, whichever order modules were ticked in", () => {
  expect(changesOf(fields, answers, {})).toEqual({});
  expect(changesOf(fields, answers, { modules: ["crm", "email"], name: " Toko A " })).toEqual({});
  expect(changesOf(fields, answers, { modules: ["crm"], locale: "id" })).toEqual({
    modules: ["crm"],
    locale: "id",
  });
});

test("an optional answer that was emptied is taken away, a required one is left for the hub to refuse", () => {
  expect(changesOf(fields, answers, { adminName: " ", name: "" })).toEqual({ adminName: null, name: "" });
});
