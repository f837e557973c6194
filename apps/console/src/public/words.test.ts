import { questions } from "@atoll/business/questions";
import { expect, test } from "vitest";
import { fieldsOf } from "./ask/fields.ts";
import { labelOf, optionLabel } from "./ask/labels.ts";
import { languages } from "./language.ts";
import { words } from "./words.ts";

/** Every text of a language by its path, functions called with what tells them apart. */
function texts(of: unknown, path = ""): [string, string][] {
  if (typeof of === "string") return [[path, of]];
  if (typeof of === "function") return [[path, String(of("ONE", "TWO"))]];
  return Object.entries(of as object).flatMap(([key, value]) => texts(value, `${path}/${key}`)); // words are texts, functions and groups of them
}

test.each(languages)("%s says everything, and says again what it is told", (language) => {
  for (const [path, text] of texts(words[language])) {
    expect(text.trim(), path).not.toBe("");
    expect(text, path).not.toContain("undefined");
  }
  const { ask, sent, confirm, status, live } = words[language];
  for (const text of [ask.optional("X!"), sent.mail("X!"), confirm.done("X!"), status.title("X!")])
    expect(text).toContain("X!");
  expect(live.count(3, 18)).toMatch(/3.*18/);
});

test("no language is a copy of another one", () => {
  const sentences = languages.map(
    (language) => new Map(texts(words[language]).filter(([, text]) => text.split(" ").length > 3)),
  );
  const [en, ...others] = sentences;
  for (const other of others) for (const [path, text] of other) expect(text, path).not.toBe(en?.get(path));
});

test.each(languages)(
  "every question of the business blueprint, and every option, has words in %s",
  (language) => {
    for (const field of fieldsOf(questions.schema())) {
      expect(Object.keys(words[language].fields)).toContain(field.name);
      expect(labelOf(words[language], field).help).not.toBe(field.description);
      for (const option of "options" in field ? field.options : [])
        expect(optionLabel(words[language], field.name, option).label).not.toBe(option);
    }
  },
);

test.each(languages)(
  "another kind's own words come first in %s, with our help where there is some",
  (language) => {
    const own = { fields: { name: "Nama toko" }, options: { modules: { stock: "Stok" } } };
    const [name, other] = fieldsOf({ properties: { name: { type: "string" }, slug: { type: "string" } } });
    if (name === undefined || other === undefined) throw new Error("No field was made.");
    const { fields } = words[language];
    expect(labelOf(words[language], name, own)).toEqual({ label: "Nama toko", help: fields.name.help });
    expect(labelOf(words[language], other, own)).toEqual(fields.slug);
    expect(optionLabel(words[language], "modules", "stock", own)).toEqual({ label: "Stok" });
    expect(optionLabel(words[language], "modules", "crm", own).label).toBe(
      words[language].options.modules.crm.label,
    );
  },
);

test("a question without words is spelled out, with the blueprint's own help", () => {
  const [field] = fieldsOf({ properties: { openingHours: { type: "string", description: "When?" } } });
  if (field === undefined) throw new Error("No field was made.");
  expect(labelOf(words.fr, field)).toEqual({ label: "Opening hours", help: "When?" });
  expect(optionLabel(words.fr, "constructor", "name")).toEqual({ label: "name" });
});
