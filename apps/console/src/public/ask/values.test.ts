import { questions } from "@atoll/business/questions";
import { expect, test } from "vitest";
import { words } from "../words.ts";
import { fieldsOf } from "./fields.ts";
import { answersOf, problemsOf, shownValues, type Typed } from "./values.ts";

const fields = fieldsOf(questions.schema());
const { check } = words.en;
const shown = (typed: Typed) => shownValues(fields, typed, "fr");
const problems = (typed: Typed) => problemsOf(fields, shown(typed), check);
const good = { name: "Tökö & Söns", adminEmail: "ana@toko.test" };

test("the short name follows the name until somebody writes one", () => {
  expect(shown(good).slug).toBe("toko-sons");
  expect(shown({ ...good, slug: "mine" }).slug).toBe("mine");
  expect(shown({ ...good, slug: "" }).slug).toBe("");
});

test("the application's language is the page's until another one is chosen", () => {
  expect(shown(good).locale).toBe("fr");
  expect(shown({ ...good, locale: "id" }).locale).toBe("id");
});

test("what is sent as it stands after the two required answers is accepted by the blueprint", () => {
  expect(problems(good)).toEqual({});
  const answers = answersOf(shown(good));
  expect(answers).not.toHaveProperty("region");
  expect(answers).not.toHaveProperty("locale");
  expect(questions.parse({ ...answers, locale: "fr" })).toMatchObject({
    slug: "toko-sons",
    region: "eu-west-3",
  });
});

test("what the hub would refuse is said at its field beforehand", () => {
  expect(problems({})).toEqual({ name: check.missing, adminEmail: check.missing });
  expect(problems({ ...good, adminEmail: "ana at toko" })).toEqual({ adminEmail: check.email });
  for (const slug of ["x", "Has Space", "admin", "two--hyphens"])
    expect(problems({ ...good, slug }), slug).toEqual({ slug: check.slug });
  expect(problems({ ...good, modules: [] })).toEqual({ modules: check.choose });
});

test("a name without a Latin letter asks for a short name instead of guessing one", () => {
  expect(problems({ ...good, name: "東京" })).toEqual({ slug: check.missing });
});
