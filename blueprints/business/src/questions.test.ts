import { nearestRegion, regions } from "@atoll/blueprint-kit/regions";
import { Fault } from "@atoll/core/fault";
import fc from "fast-check";
import { expect, test } from "vitest";
import { moduleNames } from "./modules.ts";
import { questions } from "./questions.ts";

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
    region: "eu-west-3",
    modules: ["crm", "email", "social", "content", "accommodation"],
    locale: "en",
  });
  expect(questions.parse({ ...good, locale: "id" }).region).toBe("ap-southeast-1");
  expect(questions.parse({ ...good, adminEmail: " Owner@Example.COM " }).adminEmail).toBe(
    "owner@example.com",
  );
  expect(questions.parse({ ...good, modules: ["email", "crm", "email"] }).modules).toEqual(["crm", "email"]);
});

test("answers that were accepted are accepted again and stay the same", () => {
  const answers = questions.parse({ ...good, adminName: "Ana", region: "sa-east-1", slug: "toko-b" });
  expect(questions.parse(answers)).toEqual(answers);
});

test.each([
  ["name", { ...good, name: "" }, "is empty"],
  ["name", { ...good, name: "   " }, "is empty"],
  ["name", { ...good, name: "x".repeat(300) }, "120 characters"],
  ["name", { ...good, name: "Toko\nA" }, "line breaks"],
  ["name", { ...good, name: "Toko\u0000A" }, "line breaks"],
  ["name", { ...good, name: "Toko \u202eA" }, "cannot be printed"],
  ["name", { ...good, name: "***" }, "no letter"],
  ["name", { ...good, name: 7 }, "has to be text"],
  ["name", { adminEmail: good.adminEmail }, "is missing"],
  ["slug", { ...good, name: "東京" }, "made from the name"],
  ["slug", { ...good, slug: "../etc" }, "may hold only"],
  ["slug", { ...good, slug: "admin" }, "reserved"],
  ["slug", { ...good, slug: "" }, "is empty"],
  ["slug", { ...good, slug: "a'; drop table users; --" }, "may hold only"],
  ["adminEmail", { ...good, adminEmail: "" }, "is empty"],
  ["adminEmail", { ...good, adminEmail: "nobody" }, "no email address"],
  ["adminEmail", { ...good, adminEmail: "a@b.test\nBcc: c@d.test" }, "no email address"],
  ["adminEmail", { name: "Toko A" }, "is missing"],
  ["adminName", { ...good, adminName: `<b>\r\n${"x".repeat(200)}` }, "120 characters"],
  ["region", { ...good, region: "af-south-1" }, "nearest that is offered is eu-west-3"],
  ["region", { ...good, region: "mars" }, "not offered"],
  ["modules", { ...good, modules: ["crm", "casino"] }, '"casino" is no module: choose crm'],
  ["modules", { ...good, modules: [] }, "names no module"],
  ["modules", { ...good, modules: "crm" }, "has to be a list"],
  ["locale", { ...good, locale: "de" }, "choose en, fr, id"],
  ["domain", { ...good, domain: "x.test" }, "no question here"],
  [
    "__proto__",
    JSON.parse('{"name":"Toko A","adminEmail":"a@b.test","__proto__":{"slug":"x"}}'),
    "no question here",
  ],
  ["answers", null, "fields with values"],
  ["answers", "Toko A", "fields with values"],
])("%s: %j is refused by name", (field, input, words) => {
  const fault = faultOf(input);
  expect(fault).toMatchObject({ kind: "rejected", field });
  expect(fault.what).toContain(words);
  expect(fault.what).toMatch(/\.$/);
  expect(fault.next).not.toBe("");
});

test("all that is wrong is named at once", () => {
  const { what } = faultOf({ name: "", adminEmail: "x", region: "mars" });
  for (const field of ["name", "adminEmail", "region"]) expect(what).toContain(field);
});

test("whatever is typed is accepted as printable text or refused with a field, on one line", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 300 }),
      fc.string({ unit: "binary" }),
      (name, other) => {
        try {
          const answers = questions.parse({ ...good, name, slug: "toko", adminName: other });
          expect(answers.name).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029]/u);
        } catch (error) {
          expect(error).toBeInstanceOf(Fault);
          expect((error as Fault).field).toMatch(/name/i); // checked the line before
          expect((error as Fault).what).not.toMatch(/[\r\n\0]/);
        }
      },
    ),
  );
});

test("names as people have them are kept as they are", () => {
  for (const name of [
    "O'Neill & Söns",
    'The "Best" <b>Shop</b>',
    "Café 🦀👩‍👩‍👧",
    "株式会社 1",
    "=1+1",
    "{{7*7}}",
    "'; drop table x",
  ])
    expect(questions.parse({ ...good, slug: "toko", name }).name).toBe(name);
});

test("every nearest region is one that is offered", () => {
  for (const asked of ["af-south-1", "me-central-1", "ap-southeast-3", "us-gov-west-1", "eu-south-9"])
    expect(regions).toContain(nearestRegion(asked));
  expect(nearestRegion("constructor-1")).toBeUndefined();
});

test("the published schema names every field", () => {
  expect(questions.schema()).toMatchObject({
    type: "object",
    required: ["name", "adminEmail"],
    properties: { slug: {}, region: { enum: [...regions] }, modules: {}, locale: {}, adminName: {} },
  });
});

test("a form shows every module chosen", () => {
  expect(questions.schema()).toMatchObject({ properties: { modules: { default: [...moduleNames] } } });
});
