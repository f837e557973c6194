import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { questions as agencyQuestions } from "@atoll/agency/questions";
import * as agency from "@atoll/agency/words";
import { questions as businessQuestions } from "@atoll/business/questions";
import * as business from "@atoll/business/words";
import { questions as communityQuestions } from "@atoll/community/questions";
import * as community from "@atoll/community/words";
import { Fault } from "@atoll/core/fault";
import { en as lettersEn } from "@atoll/hub/mails/words/en";
import { fr as lettersFr } from "@atoll/hub/mails/words/fr";
import { id as lettersId } from "@atoll/hub/mails/words/id";
import { problemPhrases, sentencePhrases } from "@atoll/hub/said/phrases";
import { inLanguage, languageOf } from "@atoll/hub/said/say";
import { problemOf } from "@atoll/hub/server/refusal";
import { questions as shopQuestions } from "@atoll/shop/questions";
import * as shop from "@atoll/shop/words";
import { parseSync } from "@swc/core";
import { describe, expect, test } from "vitest";
import { words as publicWords } from "../apps/console/src/public/words.ts";
import { sameWords } from "./support/same-words.ts";

// Everything that askers, clients and visitors read is there in English, French and Indonesian.
const root = fileURLToPath(new URL("../", import.meta.url));
const languages = ["en", "fr", "id"] as const;
type InEach = Readonly<Record<(typeof languages)[number], unknown>>;

/** Loads a module of another npm project, which this one's types do not reach. */
const load = async (file: string) =>
  (await import(/* @vite-ignore */ pathToFileURL(path.join(root, file)).href)) as Record<string, unknown>;

const template = {
  en: (await load("template/lib/messages/en.ts")).en,
  fr: (await load("template/lib/messages/fr.ts")).fr,
  id: (await load("template/lib/messages/id.ts")).id,
};
const outside = async (name: string): Promise<[string, InEach][]> => {
  const words = await load(`examples/blueprint-${name}/words.ts`);
  return ["welcome", "automations", "formWords"].map((part) => [`${name}: ${part}`, words[part] as InEach]); // as the kit has it
};

const groups: [string, InEach][] = [
  ["public pages", publicWords],
  ["template", template],
  ["hub's letters", { en: lettersEn, fr: lettersFr, id: lettersId }],
  ["business: welcome", business.words],
  ["business: automations", business.automations],
  ...Object.entries({ agency, community, shop }).flatMap(([name, kind]): [string, InEach][] => [
    [`${name}: welcome`, kind.words],
    [`${name}: questions`, kind.questionWords],
    [`${name}: modules`, kind.moduleWords],
    [`${name}: automations`, kind.automationWords],
    [`${name}: form`, kind.form as InEach],
  ]),
  ["community: types", community.communityTypeWords],
  ...(await outside("minimal")),
  ...(await outside("clinic")),
  ...Object.entries({ problems: problemPhrases, sentences: sentencePhrases }).map(
    ([name, list]): [string, InEach] => [
      `refusals: ${name}`,
      Object.fromEntries(
        languages.map((each) => [each, Object.fromEntries(list.map((phrase) => [phrase.en, phrase[each]]))]),
      ) as Record<(typeof languages)[number], unknown>,
    ],
  ),
];

const holes = (text: string) => [...text.matchAll(/\{(\w+)\}|(ONE|TWO)/g)].map(([hole]) => hole).sort();

/** Every text by its path; functions are called with what tells their arguments apart. */
function texts(of: unknown, at = ""): Map<string, string> {
  if (typeof of === "string") return new Map([[at, of]]);
  if (typeof of === "function") return texts(of("ONE", "TWO"), at);
  return new Map(
    Object.entries(of as object).flatMap(([key, each]) => [...texts(each, `${at}/${key}`)]), // words are texts, functions and groups of them
  );
}

describe.each(groups)("%s", (name, words) => {
  const english = texts(words.en);
  test.each(["fr", "id"] as const)("has every word in %s, with the same places for values", (language) => {
    const other = texts(words[language]);
    expect([...other.keys()].sort()).toEqual([...english.keys()].sort());
    const empty = [...other].filter(([, text]) => text.trim() === "").map(([key]) => key);
    expect(empty, "empty").toEqual([]);
    // A refusal may leave out what differs, where it would be English; it names nothing that is not there.
    const allows = (mine: string[], theirs: string[]) =>
      name.startsWith("refusals") ? mine.every((hole) => theirs.includes(hole)) : `${mine}` === `${theirs}`;
    expect([...other].filter(([key, text]) => !allows(holes(text), holes(english.get(key) ?? "")))).toEqual(
      [],
    );
    const same = [...other]
      .filter(([key, text]) => text === english.get(key) && /\p{L}{2}/u.test(text) && !sameWords.has(text))
      .map(([key, text]) => `${key}: ${text}`);
    expect(same, "left in English").toEqual([]);
  });
});

// --- nothing is written into the pages themselves

const spoken = new Set([
  "aria-label",
  "placeholder",
  "title",
  "alt",
  "label",
  "description",
  "aria-description",
]);

interface Found {
  line: number;
  text: string;
}

/** Texts that stand in the markup of a file, and in attributes that people read or hear. */
function writtenIn(file: string): Found[] {
  const source = readFileSync(file, "utf8");
  const found: Found[] = [];
  const tree = parseSync(source, { syntax: "typescript", tsx: true });
  const bytes = Buffer.from(source);
  const begin = tree.span.start;
  const add = (span: { start: number }, text: string) => {
    if (!/\p{L}{2}/u.test(text)) return;
    const before = bytes.subarray(0, Math.max(0, span.start - begin)).toString();
    found.push({ line: before.split("\n").length, text: text.trim() });
  };
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) for (const each of node) walk(each);
    if (typeof node !== "object" || node === null) return;
    // A node of the tree, as the parser documents them; all others are only walked through.
    const { type, value, name, span } = node as {
      type?: string;
      value?: unknown;
      name?: { value?: string };
      span?: { start: number };
    };
    if (type === "JSXText" && span) add(span, String(value));
    if (type === "JSXAttribute" && span && spoken.has(String(name?.value)))
      for (const text of stringsIn(value)) add(span, text);
    for (const each of Object.values(node)) walk(each);
  };
  walk(tree);
  return found;
}

/** Texts of an attribute: `"x"`, `{"x"}` and both sides of `{a ? "x" : "y"}`. */
function stringsIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const node = value as Record<string, unknown>;
  if (node.type === "StringLiteral") return [String(node.value)];
  if (node.type === "JSXExpressionContainer") return stringsIn(node.expression);
  if (node.type === "ConditionalExpression")
    return [...stringsIn(node.consequent), ...stringsIn(node.alternate)];
  return [];
}

const pagesBelow = (folder: string) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".tsx") && !file.includes("node_modules") && !file.includes(".next"))
    .map((file) => path.join(folder, file));

// What is no word of a language: names of things, and what is the same everywhere.
const noWords = [/^OpenStreetMap$/, /^Atoll$/];
// Bait for programs: no person is shown it.
const unseen = "apps/console/src/public/ask/honeypot.tsx";

test("no page of the template and no public page of the console has words of its own", () => {
  const pages = [
    ...pagesBelow("template/app"),
    ...pagesBelow("template/components"),
    ...pagesBelow("apps/console/src/public"),
  ];
  expect(pages.length).toBeGreaterThan(60);
  expect(pages).toContain(unseen);
  const written = pages
    .filter((page) => page !== unseen)
    .flatMap((page) =>
      writtenIn(path.join(root, page))
        .filter(({ text }) => !noWords.some((pattern) => pattern.test(text)))
        .map(({ line, text }) => `${page}:${line} ${text}`),
    );
  expect(written).toEqual([]);
});

// --- refusals

const right = { name: "Toko A", adminEmail: "a@b.example", city: "Paris", mapCenter: "48.8, 2.3" };
const wrong: Record<string, unknown>[] = [
  {},
  { ...right, name: "" },
  { ...right, name: 7 },
  { ...right, name: "x".repeat(121) },
  { ...right, name: "a\nb" },
  { ...right, name: "---" },
  { ...right, name: "../etc" },
  { ...right, name: "日本" },
  { ...right, slug: "a" },
  { ...right, slug: "Ab!" },
  { ...right, slug: "a--b" },
  { ...right, slug: "admin" },
  { ...right, slug: 3 },
  { ...right, adminEmail: "nobody" },
  { ...right, adminEmail: `${"x".repeat(260)}@b.example` },
  { ...right, region: "af-south-1" },
  { ...right, region: "nowhere" },
  { ...right, modules: [] },
  { ...right, modules: ["nothing"] },
  { ...right, modules: "all" },
  { ...right, locale: "de" },
  { ...right, currency: "EURO" },
  { ...right, mapCenter: "somewhere" },
  { ...right, communityType: "planet" },
  { ...right, surprise: 1 },
];

test.each(Object.entries({ agencyQuestions, businessQuestions, communityQuestions, shopQuestions }))(
  "whatever is wrong with an answer to %s is said in French and in Indonesian",
  (_, questions) => {
    let refused = 0;
    for (const answers of wrong) {
      try {
        questions.parse(answers);
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        refused += 1;
        const english = problemOf(error, "r");
        for (const language of ["fr", "id"] as const) {
          const said = inLanguage(english, language);
          const about = JSON.stringify(answers);
          expect(said.language, about).toBe(language);
          expect(said.next, about).not.toBe(english.next);
          for (const [index, { field, what }] of (said.problems ?? []).entries()) {
            expect(field).toBe(english.problems?.[index]?.field);
            expect(what, about).not.toBe(english.problems?.[index]?.what);
          }
        }
      }
    }
    expect(refused).toBeGreaterThan(15);
  },
);

test("the page's language comes first, then the browser's own, then English", () => {
  expect(languageOf("fr", "id")).toBe("fr");
  expect(languageOf("de", "de-DE, id-ID;q=0.9, en;q=0.8")).toBe("id");
  expect(languageOf(undefined, undefined)).toBe("en");
  expect(languageOf({ toString: () => "fr" }, "")).toBe("en");
});

test("what has no words in a language stays whole, and says that it is English", () => {
  const problem = { type: "about:blank", title: "Something new.", status: 422, next: "Leave it out." };
  expect(inLanguage(problem, "fr")).toEqual({ ...problem, language: "en" });
});
