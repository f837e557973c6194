import { locales } from "@atoll/blueprint-kit/locales";
import { regions } from "@atoll/blueprint-kit/regions";
import { Fault } from "@atoll/core/fault";
import fc from "fast-check";
import { expect, test } from "vitest";
import { moduleNames } from "./modules.ts";
import { questions } from "./questions.ts";
import { automationWords, moduleWords, questionWords, words } from "./words.ts";

const good = { name: "Toko A", adminEmail: "owner@example.com" };

function faultOf(input: unknown): Fault {
  try {
    questions.parse(input);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error(`This was accepted: ${JSON.stringify(input)}`);
}

test("name and email are enough; the rest has sensible answers", () => {
  expect(questions.parse(good)).toEqual({
    name: "Toko A",
    slug: "toko-a",
    adminEmail: "owner@example.com",
    currency: "IDR",
    region: "ap-southeast-1",
    modules: [...moduleNames],
    locale: "id",
  });
  expect(questions.parse({ ...good, locale: "fr" })).toMatchObject({
    currency: "EUR",
    region: "eu-west-3",
  });
  expect(questions.parse({ ...good, modules: ["stock", "catalog", "stock"], currency: "chf" })).toMatchObject(
    {
      modules: ["catalog", "stock"],
      currency: "CHF",
    },
  );
});

test("answers that were accepted are accepted again and stay the same", () => {
  const answers = questions.parse({ ...good, adminName: "Ana", region: "sa-east-1", slug: "toko-b" });
  expect(questions.parse(answers)).toEqual(answers);
});

test.each([
  ["name", { ...good, name: "   " }, "is empty"],
  ["name", { ...good, name: "x".repeat(300) }, "120 characters"],
  ["name", { ...good, name: "Toko\nA" }, "line breaks"],
  ["name", { ...good, name: "Toko\u0000A" }, "line breaks"],
  ["name", { ...good, name: "Toko \u202eA" }, "cannot be printed"],
  ["name", { ...good, name: "../../etc" }, "reads like a path"],
  ["name", { ...good, name: 7 }, "has to be text"],
  ["name", { adminEmail: good.adminEmail }, "is missing"],
  ["slug", { ...good, name: "東京" }, "made from the name"],
  ["slug", { ...good, slug: "../etc" }, "may hold only"],
  ["slug", { ...good, slug: "admin" }, "reserved"],
  ["adminEmail", { ...good, adminEmail: "a@b.test\nBcc: c@d.test" }, "no email address"],
  ["adminEmail", { name: "Toko A" }, "is missing"],
  ["currency", { ...good, currency: "EURO" }, "no currency code"],
  ["currency", { ...good, currency: "'; drop" }, "no currency code"],
  ["currency", { ...good, currency: 5 }, "has to be text"],
  ["region", { ...good, region: "af-south-1" }, "nearest that is offered is eu-west-3"],
  ["modules", { ...good, modules: ["catalog", "casino"] }, '"casino" is no module: choose catalog'],
  ["modules", { ...good, modules: [] }, "names no module"],
  ["modules", { ...good, modules: "catalog" }, "has to be a list"],
  ["locale", { ...good, locale: "de" }, "choose en, fr, id"],
  ["domain", { ...good, domain: "x.test" }, "no question here"],
  ["answers", null, "fields with values"],
  ["answers", "Toko A", "fields with values"],
])("%s: %j is refused by name", (field, input, text) => {
  const fault = faultOf(input);
  expect(fault).toMatchObject({ kind: "rejected", field });
  expect(fault.what).toContain(text);
  expect(fault.what).toMatch(/\.$/);
  expect(fault.next).not.toBe("");
});

test("all that is wrong is named at once", () => {
  const { what } = faultOf({ name: "", adminEmail: "x", region: "mars", currency: "" });
  for (const field of ["name", "adminEmail", "region", "currency"]) expect(what).toContain(field);
});

test("whatever is typed is accepted as printable text or refused with a field, on one line", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), fc.string(), (name, currency) => {
      try {
        const answers = questions.parse({ ...good, name, slug: "toko", currency });
        expect(answers.name).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029]/u);
        expect(answers.currency).toMatch(/^[A-Z]{3}$/);
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        expect(error.field).toMatch(/name|currency/);
        expect(error.what).not.toMatch(/[\r\n\0]/);
      }
    }),
  );
});

test("the published schema names every field", () => {
  expect(questions.schema()).toMatchObject({
    type: "object",
    required: ["name", "adminEmail"],
    properties: { slug: {}, region: { enum: [...regions] }, modules: {}, locale: {}, currency: {} },
  });
});

test("each question, module and automation is told in each language", () => {
  const asked = Object.keys((questions.schema() as { properties: object }).properties).sort(); // JSON Schema
  for (const locale of locales) {
    expect(Object.keys(questionWords[locale]).sort()).toEqual(asked);
    expect(words[locale].steps).toHaveLength(words.en.steps.length);
    const told = [
      ...Object.values(questionWords[locale]),
      ...Object.values(moduleWords[locale]),
      ...Object.values(automationWords[locale]).flat(),
    ];
    expect(told.filter((text) => text.trim() === "")).toEqual([]);
  }
});

test("a project is found by its name", () => {});
