import { Fault } from "@atoll/core/fault";
import type { AskedKind, Desk } from "../../desk.ts";
import { plain } from "../../output/paint.ts";
import { askAll } from "./ask.ts";
import type { Answers } from "./asking.ts";
import { labelOf, optionLabel } from "./labels.ts";
import type { Prompts } from "./prompts.ts";
import { questionsOf } from "./questions.ts";
import { words as allWords, type Language, languageOf } from "./words.ts";

/** Asks a person what kind of instance it is to be, and then that kind's questions. */
export async function interview(
  desk: Desk,
  { blueprint, locale }: { blueprint?: string; locale?: string },
  prompts: Prompts,
): Promise<{ blueprint: string; answers: Answers }> {
  const language = languageIn(locale);
  const words = allWords[language];
  const kinds = await desk.blueprints();
  prompts.begin(words.title);
  const name =
    blueprint ??
    (await prompts.choice(
      words.kind,
      kinds.map((each) => ({ value: each.name, label: words.kinds[each.name] ?? each.name })),
      kinds[0]?.name,
    ));
  const kind = kinds.find((each) => each.name === name);
  if (kind === undefined)
    throw new Fault("rejected", {
      what: `There is no blueprint "${name}".`,
      next: `Use one of: ${kinds.map((each) => each.name).join(", ")}.`,
      field: "blueprint",
    });
  const answers = await askAll({ desk, kind, prompts, language, words });
  prompts.note(words.summary, summary(kind, answers, language));
  return { blueprint: name, answers };
}

function languageIn(given: string | undefined): Language {
  const language = languageOf(given ?? "en");
  if (language !== undefined) return language;
  throw new Fault("rejected", {
    what: `The prompts do not speak "${given}".`,
    next: `Choose one of: ${Object.keys(allWords).join(", ")}.`,
    field: "locale",
  });
}

/** The answers as they were given, a line each; keys of what is brought stay out of sight. */
function summary(kind: AskedKind, answers: Answers, language: Language): string {
  const questions = questionsOf(kind.questions).filter(({ name }) => answers[name] !== undefined);
  const lines = questions.map((question): [string, string] => {
    const given = [answers[question.name]].flat().map(String);
    const shown =
      question.kind === "text"
        ? given
        : given.map((each) => optionLabel(question.name, each, language, kind.words));
    return [labelOf(question, language, kind.words), shown.join(", ")];
  });
  const { bring } = answers;
  if (typeof bring === "object" && bring !== null)
    for (const [thing, value] of Object.entries(bring))
      lines.push([thing, typeof value === "object" && value !== null ? String(value.url) : String(value)]);
  const width = Math.max(...lines.map(([label]) => label.length));
  return lines.map(([label, value]) => `${label.padEnd(width)}  ${plain(value)}`).join("\n");
}
