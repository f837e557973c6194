import { readdirSync, readFileSync } from "node:fs";
import { regions } from "@atoll/blueprint-kit/regions";
import { Fault } from "@atoll/core/fault";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { current, file, kinds } from "./schema.ts";

const folder = new URL("../instances/", import.meta.url);
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), "utf8"));
const examples = readdirSync(folder).filter((name) => name.startsWith("example-"));
const accepts = new Ajv2020({ strict: false, allErrors: false }).compile(JSON.parse(current()));

type Kind = keyof typeof kinds;
const isKind = (name: unknown): name is Kind => typeof name === "string" && Object.hasOwn(kinds, name);

/** What the blueprint itself says; a secret that is named in the file stands in its variable. */
function taken(given: unknown): boolean {
  const { blueprint, $schema: _, ...answers } = given as Record<string, unknown>; // objects only
  if (!isKind(blueprint)) return false;
  try {
    kinds[blueprint].parse(filled(answers));
    return true;
  } catch (error) {
    if (error instanceof Fault) return false;
    throw error;
  }
}

const standIns: Record<string, string> = {
  secretKey: "sb_secret_x",
  databaseUrl: "postgresql://postgres:x@db.example/postgres",
};

function filled(value: unknown, key = ""): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  if (standIns[key] !== undefined && "env" in value) return standIns[key];
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, filled(each, name)]));
}

test("the published schema is the one of today's questions", () => {
  expect(readFileSync(file, "utf8"), "run `npm run schema`").toBe(current());
});

test("there is an example of each kind, and one of bringing one's own", () => {
  expect(examples.toSorted()).toEqual(
    [...Object.keys(kinds), "brought"].map((name) => `example-${name}.json`).toSorted(),
  );
});

test.each(examples)("%s is accepted by the schema and by the blueprint", (name) => {
  const example = read(name);
  expect(accepts(example), JSON.stringify(accepts.errors)).toBe(true);
  expect(taken(example)).toBe(true);
});

const good = read("example-community.json") as Record<string, unknown>; // an object, see above
const brought = read("example-brought.json") as { bring: { supabase: object } };

test.each([
  ["no kind", { ...good, blueprint: undefined }],
  ["an unknown kind", { ...good, blueprint: "casino" }],
  ["another kind's question", { ...good, currency: "EUR" }],
  ["a missing name", { ...good, name: undefined }],
  ["a name of two lines", { ...good, name: "Ville\nde" }],
  ["a name like a path", { ...good, name: "../../etc" }],
  ["a name without letters", { ...good, name: "!!!" }],
  ["a long name", { ...good, name: "x".repeat(121) }],
  ["a reserved slug", { ...good, slug: "admin" }],
  ["a slug with two hyphens", { ...good, slug: "saint--ouen" }],
  ["no address", { ...good, adminEmail: "mairie" }],
  ["two addresses", { ...good, adminEmail: "a@b.example\nBcc: c@d.example" }],
  ["a region that is not offered", { ...good, region: "af-south-1" }],
  ["no modules", { ...good, modules: [] }],
  ["an unknown module", { ...good, modules: ["casino"] }],
  ["a point beyond the pole", { ...good, mapCenter: "91, 2" }],
  ["a short link", { ...good, mapCenter: "https://maps.app.goo.gl/abc" }],
  ["a language that nobody speaks here", { ...good, locale: "de" }],
  [
    "an open key",
    { ...brought, bring: { supabase: { ...brought.bring.supabase, publishableKey: "sb_secret_x" } } },
  ],
  [
    "a plain address",
    { ...brought, bring: { supabase: { ...brought.bring.supabase, url: "http://x.example" } } },
  ],
  ["no secret key", { ...brought, bring: { supabase: { ...brought.bring.supabase, secretKey: undefined } } }],
  ["a repository without its owner", { ...brought, bring: { repository: "website" } }],
])("%s is refused by both", (_, given) => {
  const plain = JSON.parse(JSON.stringify(given));
  expect(accepts(plain)).toBe(false);
  expect(taken(plain)).toBe(false);
});

/** Values as a person might write them, right and wrong, near the borders of the rules. */
const odd = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 130 }),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constantFrom(
    "",
    " ",
    "..",
    "a/../b",
    "a..b",
    ".",
    "\t x \n",
    "x".repeat(120),
    "y".repeat(121),
    "\u202e",
    "\ufeffx",
  ),
  fc.constantFrom(
    "ab",
    "abc",
    "a-b",
    "a--b",
    "-ab",
    "ab-",
    "a1",
    "1ab",
    "api",
    "apis",
    "x".repeat(40),
    "x".repeat(41),
  ),
  fc.constantFrom(
    "a@b.example",
    " A@B.Example ",
    "a@b",
    "a b@c.example",
    ".a@b.example",
    "a..b@c.example",
    "é@b.example",
  ),
  fc
    .tuple(
      fc.double({ min: -200, max: 200 }),
      fc.double({ min: -400, max: 400 }),
      fc.constantFrom(", ", ";", " ", "/"),
    )
    .map(([north, east, between]) => `${north.toFixed(4)}${between}${east.toFixed(4)}`),
  fc.constantFrom(
    "https://www.openstreetmap.org/#map=16/48.9/2.3",
    "google.com/maps/@1,2,3z",
    "https://osm.org/go/x",
    "geo:1,2",
  ),
  fc.constantFrom(...regions, "af-south-1", "en", "fr", "id", "yes", "no", "EUR", "crm", "municipality"),
  fc.constantFrom(7, null, true, {}, [], ["crm"], ["crm", "crm"], ["places", "bot"], [1]),
);

test("schema and questions agree on every answer, as far as JSON Schema can say", () => {
  const asked = Object.entries(kinds).flatMap(([blueprint, questions]) => {
    const { properties } = questions.schema() as { properties: object }; // JSON Schema of an object
    return [...Object.keys(properties), "unheardOf"].map((field) => ({ blueprint, field }));
  });
  const examples = Object.fromEntries(
    Object.keys(kinds).map((kind) => [kind, read(`example-${kind}.json`) as Record<string, unknown>]),
  );
  fc.assert(
    fc.property(fc.constantFrom(...asked), odd, ({ blueprint, field }, value) => {
      // JSON Schema cannot normalise text before it counts, nor know currencies by name.
      const given = typeof value === "string" ? value.normalize("NFC") : value;
      fc.pre(field !== "currency" || !/^\s*[A-Za-z]{3}\s*$/.test(String(given)));
      const file = JSON.parse(JSON.stringify({ ...examples[blueprint], [field]: given }));
      expect({ field, given, ok: accepts(file) }).toEqual({ field, given, ok: taken(file) });
    }),
    { numRuns: 3_000 },
  );
});
