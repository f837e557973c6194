import { slugFrom } from "@atoll/core/instance";
import { paint } from "../../output/paint.ts";
import { askBring } from "./ask-bring.ts";
import type { Answers, Asking } from "./asking.ts";
import { labelOf, optionLabel } from "./labels.ts";
import type { Check } from "./prompts.ts";
import { bringsOf, type Question, questionsOf } from "./questions.ts";

/** Asks every question of a kind, one after the other; each answer is checked before the next question. */
export async function askAll(asking: Asking): Promise<Answers> {
  const { kind } = asking;
  const answers: Answers = {};
  let mayBring = bringsOf(kind.questions);
  for (const question of questionsOf(kind.questions)) {
    if (question.name === "region" && mayBring) {
      mayBring = false;
      const bring = await askBring(asking, answers);
      if (bring !== undefined) answers.bring = bring;
    }
    // Where the data is was decided when the project was made.
    if (question.name === "region" && isBrought(answers.bring)) continue;
    const answer = await askOne(asking, question, answers);
    if (answer !== undefined) answers[question.name] = answer;
  }
  return answers;
}

const isBrought = (bring: unknown) => typeof bring === "object" && bring !== null && "supabase" in bring;

async function askOne(asking: Asking, question: Question, answers: Answers): Promise<unknown> {
  const { kind, prompts, language, words } = asking;
  const { name } = question;
  const label = labelOf(question, language, kind.words);
  const title = question.required || question.kind !== "text" ? label : words.optional(label);
  // The blueprint explains itself in English.
  const help = language === "en" && question.help !== undefined ? `\n${paint("dim", question.help)}` : "";
  const message = `${title}${help}`;
  const check = checkOf(asking, answers, name);
  if (question.kind === "text") {
    const initial = name === "slug" ? slugFrom(String(answers.name ?? "")) : undefined;
    const typed = await prompts.text(message, {
      ...(initial && { initial }),
      // What is left empty is the blueprint's to decide, or to ask for.
      check: (text) => check(text === "" ? undefined : text),
    });
    return typed === "" ? undefined : typed;
  }
  const options = question.options.map((value) => ({
    value,
    label: optionLabel(name, value, language, kind.words),
  }));
  for (;;) {
    const chosen =
      question.kind === "choices"
        ? await prompts.choices(message, options, question.preset, question.atLeast > 0)
        : await prompts.choice(message, ...choiceOf(question, options, asking));
    const answer = chosen === "" ? undefined : chosen;
    const problem = await check(answer);
    if (problem === undefined) return answer;
    prompts.refuse(problem);
  }
}

type Choice = Extract<Question, { kind: "choice" }>;

function choiceOf(
  { name, required, preset, options: values }: Choice,
  options: { value: string; label: string }[],
  { language, words }: Asking,
): [{ value: string; label: string }[], string | undefined] {
  const open = preset === undefined && !required ? [{ value: "", label: words.choose }] : [];
  const spoken = name === "locale" && values.includes(language) && language !== "en" ? language : preset;
  return [[...open, ...options], spoken ?? open[0]?.value ?? values[0]];
}

/** Judges one answer with those before it: by the question's own rules, the registry and the providers. */
function checkOf(asking: Asking, answers: Answers, name: string): (answer: unknown) => ReturnType<Check> {
  const { desk, kind, words } = asking;
  return async (answer) => {
    const given = { ...answers, ...(answer !== undefined && { [name]: answer }) };
    const [problem] = await desk.problemsOf(kind.name, given, name);
    return problem && words.again(problem.what);
  };
}
