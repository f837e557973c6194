import { locales } from "@atoll/blueprint-kit/locales";
import { regions } from "@atoll/blueprint-kit/regions";
import { Fault } from "@atoll/core/fault";
import fc from "fast-check";
import { expect, test } from "vitest";
import { vaultOf } from "./migrations.ts";
import { moduleNames } from "./modules.ts";
import { questions } from "./questions.ts";
import { automationWords, communityTypeWords, moduleWords, questionWords, words } from "./words.ts";

const good = { name: "Villa A", city: "Lyon", mapCenter: "45.764, 4.8357", adminEmail: "owner@example.com" };

function faultOf(input: unknown): Fault {
  try {
    questions.parse(input);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error(`This was accepted: ${JSON.stringify(input)}`);
}

test("name, place and email are enough; the rest has sensible answers", () => {
  expect(questions.parse(good)).toEqual({
    communityType: "municipality",
    name: "Villa A",
    city: "Lyon",
    mapCenter: "45.764, 4.8357",
    slug: "villa-a",
    adminEmail: "owner@example.com",
    contactEmail: "owner@example.com",
    botName: "Ophélia",
    federation: "no",
    region: "eu-west-3",
    modules: [...moduleNames],
    locale: "fr",
  });
  expect(questions.parse({ ...good, locale: "id" }).region).toBe("ap-southeast-1");
  expect(questions.parse({ ...good, modules: ["bot", "places", "bot"] }).modules).toEqual(["places", "bot"]);
});

test.each([
  ["48.8566, 2.3522", "48.8566, 2.3522"],
  [" -6.2 106.816 ", "-6.2, 106.816"],
  ["0;0", "0, 0"],
  ["-90,180", "-90, 180"],
  ["https://www.openstreetmap.org/#map=16/48.91170/2.33420", "48.9117, 2.3342"],
  ["https://www.openstreetmap.org/?mlat=-6.2&mlon=106.816#map=12/1/2", "-6.2, 106.816"],
  ["https://www.google.com/maps/@48.9117,2.3342,15z?entry=ttu", "48.9117, 2.3342"],
  [
    "google.co.id/maps/place/Monas/@-6.1,106.8,17z/data=!3m1!4b1!8m2!3d-6.1753924!4d106.8271528!16z",
    "-6.1753924, 106.8271528",
  ],
  ["https://maps.google.fr/?q=48.9117,2.3342", "48.9117, 2.3342"],
  ["https://www.google.com/maps/search/?api=1&query=48.9117%2C2.3342", "48.9117, 2.3342"],
  ["geo:48.9117,2.3342?z=15", "48.9117, 2.3342"],
  ["48°51'24\"N 2°21'08\"E", "48.856667, 2.352222"],
  ["6°10'30\"S, 106°49'37\"E", "-6.175, 106.826944"],
])("a point is read as people write it: %s", (typed, read) => {
  expect(questions.parse({ ...good, mapCenter: typed }).mapCenter).toBe(read);
});

test("the vault is filled with the answers, and nothing in it is made up", () => {
  const entries = vaultOf(questions.parse({ ...good, federation: "yes", communityType: "school" }));
  expect(Object.fromEntries(entries.map(({ key, value }) => [key, value]))).toEqual({
    APP_NAME: "Villa A",
    LOCALE: "fr",
    COMMUNITY_NAME: "Villa A",
    COMMUNITY_TYPE: "school",
    COMMUNITY_LOCALE: "fr",
    CITY_NAME: "Lyon",
    CONTACT_EMAIL: "owner@example.com",
    BOT_NAME: "Ophélia",
    MAP_DEFAULT_CENTER: { latitude: 45.764, longitude: 4.8357, zoom: 13 },
    FEDERATION: true,
  });
});

test("answers that were accepted are accepted again and stay the same", () => {
  const answers = questions.parse({ ...good, adminName: "Ana", region: "sa-east-1", slug: "villa-b" });
  expect(questions.parse(answers)).toEqual(answers);
});

test.each([
  ["name", { ...good, name: "   " }, "is empty"],
  ["name", { ...good, name: "x".repeat(300) }, "120 characters"],
  ["name", { ...good, name: "Villa\nA" }, "line breaks"],
  ["name", { ...good, name: "Villa\u0000A" }, "line breaks"],
  ["name", { ...good, name: "Villa \u202eA" }, "cannot be printed"],
  ["name", { ...good, name: "../../etc" }, "reads like a path"],
  ["name", { ...good, name: 7 }, "has to be text"],
  ["slug", { ...good, name: "東京" }, "made from the name"],
  ["slug", { ...good, slug: "../etc" }, "may hold only"],
  ["slug", { ...good, slug: "admin" }, "reserved"],
  ["adminEmail", { ...good, adminEmail: "a@b.test\nBcc: c@d.test" }, "no email address"],
  ["adminEmail", { ...good, adminEmail: undefined }, "is missing"],
  ["name", { city: "Lyon", mapCenter: "0,0", adminEmail: "a@b.test" }, "is missing"],
  ["city", { ...good, city: "" }, "is empty"],
  ["mapCenter", { ...good, mapCenter: "here" }, "no point on the map"],
  ["mapCenter", { ...good, mapCenter: "91, 0" }, "no point on the map"],
  ["mapCenter", { ...good, mapCenter: "0, 181" }, "no point on the map"],
  ["mapCenter", { ...good, mapCenter: "48,8566, 2,3522" }, "no point on the map"],
  ["mapCenter", { ...good, mapCenter: "1e1, 2" }, "no point on the map"],
  ["mapCenter", { ...good, mapCenter: "" }, "is empty"],
  ["mapCenter", { ...good, mapCenter: "https://maps.app.goo.gl/abc" }, "short link"],
  ["mapCenter", { ...good, mapCenter: "https://evil.example/@48.9,2.3,15z" }, "no point on the map"],
  ["mapCenter", { ...good, mapCenter: "https://www.google.com/maps/@98.9,2.3,15z" }, "no point on the map"],
  ["mapCenter", { ...good, mapCenter: `https://google.com/${"x".repeat(3000)}@1,2` }, "2000 characters"],
  ["communityType", { ...good, communityType: "casino" }, "no type of community"],
  ["contactEmail", { ...good, contactEmail: "nobody" }, "no email address"],
  ["botName", { ...good, botName: "x".repeat(81) }, "80 characters"],
  ["federation", { ...good, federation: "maybe" }, "choose yes, no"],
  ["region", { ...good, region: "af-south-1" }, "nearest that is offered is eu-west-3"],
  ["modules", { ...good, modules: ["places", "casino"] }, '"casino" is no module: choose places'],
  ["modules", { ...good, modules: [] }, "names no module"],
  ["modules", { ...good, modules: "places" }, "has to be a list"],
  ["locale", { ...good, locale: "de" }, "choose en, fr, id"],
  ["domain", { ...good, domain: "x.test" }, "no question here"],
  ["answers", null, "fields with values"],
  ["answers", "Villa A", "fields with values"],
])("%s: %j is refused by name", (field, input, text) => {
  const fault = faultOf(input);
  expect(fault).toMatchObject({ kind: "rejected", field });
  expect(fault.what).toContain(text);
  expect(fault.what).toMatch(/\.$/);
  expect(fault.next).not.toBe("");
});

test("all that is wrong is named at once", () => {
  const { what } = faultOf({ name: "", adminEmail: "x", region: "mars", mapCenter: "x", city: "y" });
  for (const field of ["name", "adminEmail", "region", "mapCenter"]) expect(what).toContain(field);
});

test("whatever is typed is accepted as printable text or refused with a field, on one line", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), fc.string(), (name, city) => {
      try {
        const answers = questions.parse({ ...good, name, slug: "villa", city });
        expect(answers.name).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029]/u);
        expect(answers.city).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029]/u);
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        expect(error.field).toMatch(/name|city/);
        expect(error.what).not.toMatch(/[\r\n\0]/);
      }
    }),
  );
});

test("the published schema names every field", () => {
  expect(questions.schema()).toMatchObject({
    type: "object",
    required: ["name", "city", "mapCenter", "adminEmail"],
    properties: {
      slug: {},
      region: { enum: [...regions] },
      modules: {},
      locale: {},
      mapCenter: { type: "string" },
    },
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
      ...Object.values(communityTypeWords[locale]),
      ...Object.values(automationWords[locale]).flat(),
    ];
    expect(told.filter((text) => text.trim() === "")).toEqual([]);
  }
});

test("a project is found by its name", () => {});
