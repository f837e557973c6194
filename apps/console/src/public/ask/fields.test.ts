import { questions } from "@atoll/business/questions";
import { expect, test } from "vitest";
import { fieldAt, fieldsOf } from "./fields.ts";

const fields = fieldsOf(questions.schema());

test("the business blueprint's questions become the fields that fit them, in its order", () => {
  expect(fields.map(({ name, kind, required }) => [name, kind, required])).toEqual([
    ["name", "text", true],
    ["slug", "slug", false],
    ["adminEmail", "email", true],
    ["adminName", "text", false],
    ["region", "choice", false],
    ["modules", "choices", false],
    ["locale", "choice", false],
  ]);
});

test("defaults are chosen beforehand, and how many to choose at least is known", () => {
  const modules = fields.find(({ name }) => name === "modules");
  expect(modules).toMatchObject({ atLeast: 1, preset: expect.arrayContaining(["crm"]) });
  expect(fields.find(({ name }) => name === "region")).toMatchObject({ preset: "" });
});

test("a format says that a text is an address; what no field can hold is left out", () => {
  const made = fieldsOf({
    properties: {
      contact: { type: "string", format: "email" },
      nested: { type: "object" },
      free: { type: "array", items: { type: "string" } },
      broken: true,
    },
  });
  expect(made.map(({ name, kind }) => [name, kind])).toEqual([["contact", "email"]]);
  expect(fieldsOf({})).toEqual([]);
});

test("a problem's path leads to its field, from wherever the path begins", () => {
  expect(fieldAt("slug", fields)).toBe("slug");
  expect(fieldAt("body.answers.modules.0", fields)).toBe("modules");
  expect(fieldAt("answers", fields)).toBeUndefined();
  expect(fieldAt(undefined, fields)).toBeUndefined();
});
