import type { Problem } from "@atoll/contract/schemas/problem";
import { problemPhrases, sentencePhrases } from "./phrases.ts";

const languages = ["en", "fr", "id"] as const;
/** A language in which an asker may be refused. */
export type Language = (typeof languages)[number];

const compiled = (phrases: typeof problemPhrases) =>
  phrases.map((phrase) => {
    const parts = phrase.en.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const names = [...phrase.en.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
    return { phrase, names, pattern: new RegExp(`^${parts.join("([\\s\\S]+?)")}$`, "u") };
  });

const problems = compiled(problemPhrases);
const sentences = compiled(sentencePhrases);

/** An English phrase in another language; undefined for one that has no words there. */
function said(text: string, language: Exclude<Language, "en">, among: typeof problems): string | undefined {
  for (const { phrase, names, pattern } of among) {
    const found = pattern.exec(text);
    if (found === null) continue;
    // What differs may be a problem itself ("made from the name (…) is reserved").
    const values = new Map(
      names.map((name, index) => {
        const value = found[index + 1] ?? "";
        return [name, name === "problem" ? (said(value, language, problems) ?? value) : value];
      }),
    );
    return phrase[language].replace(/\{(\w+)\}/g, (_, name: string) => values.get(name) ?? "");
  }
  return undefined;
}

/** What is wrong with one answer, in a language; as it was where there are no words for it. */
const problemIn = (what: string, language: Exclude<Language, "en">) => said(what, language, problems) ?? what;

/** A problem document whose sentences are in the reader's language, as far as there are words. Says which it is. */
export function inLanguage(problem: Problem, language: Language): Problem {
  if (language === "en") return { ...problem, language };
  const all = problem.problems?.map(({ field, what }) => ({ field, what: problemIn(what, language) }));
  const title =
    all === undefined
      ? said(problem.title, language, sentences)
      : `${all.map(({ field, what }) => `${field} : ${what}`).join(" ; ")}.`;
  const next = said(problem.next, language, sentences);
  if (title === undefined || next === undefined) return { ...problem, language: "en" };
  return { ...problem, title, next, language, ...(all && { problems: all }) };
}

/** The language that was named, or the first of a browser's own (`Accept-Language`) that is one of ours; else English. */
export function languageOf(named: unknown, accepted: string | undefined): Language {
  const known = (text: unknown) => languages.find((each) => each === text);
  const wanted = (accepted ?? "")
    .split(",")
    .map((each) => each.trim().slice(0, 2).toLowerCase())
    .map(known)
    .find((each) => each !== undefined);
  return known(named) ?? wanted ?? "en";
}
