import type { PlanItem } from "@atoll/core/blueprint";
import { Fault } from "@atoll/core/fault";
import { type CommandContext, withDesk } from "../../context.ts";
import type { Cost, Desk } from "../../desk.ts";
import { readInstanceFile } from "../../input/file.ts";
import { withVariables } from "../../input/wanted.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler, Outcome } from "../../output/outcome.ts";
import { duration, paint } from "../../output/paint.ts";
import { planSummary, planText } from "../../output/words.ts";
import { writeFiles } from "../files/handler.ts";
import { followRun } from "../run.ts";
import type { Answers } from "./asking.ts";
import { consented, consentText, needsConsent } from "./consent.ts";
import { interview } from "./interview.ts";
import { Cancelled, type Prompts } from "./prompts.ts";
import { fileOf, save } from "./save.ts";
import { words as allWords, languageOf, type Words } from "./words.ts";

/** What `atoll new` is told on its line. */
export interface NewInput {
  blueprint?: string;
  from?: string;
  locale?: string;
  save?: string;
  environment?: string;
  yes: boolean;
  adopt: boolean;
  planOnly: boolean;
  files?: string;
}

/** One instance as it is to be made. */
interface Wanted {
  blueprint: string;
  answers: Answers;
}

interface Planned extends Wanted {
  slug: string;
  items: PlanItem[];
  cost: Cost;
}

/**
 * Asks a kind's questions, or reads their answers from a file, shows what would be made and what it costs, and makes
 * it. `prompts` = a person at a terminal; undefined = nobody can be asked.
 */
export async function* create(
  context: CommandContext,
  input: NewInput,
  prompts: Prompts | undefined,
): Handler {
  const words = allWords[languageOf(input.locale) ?? "en"];
  try {
    const before = context.desk({ worker: false, environment: input.environment });
    const planned = yield* atDesk(context, await before, (desk) => prepare(desk, input, prompts));
    if (planned === undefined) throw new Cancelled();
    if (input.planOnly) return planOutcome(planned);
    return yield* withDesk(context, { worker: true, environment: input.environment }, (desk) =>
      make(desk, planned, input.files),
    );
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    return { result: { made: false }, text: words.cancelled, exitCode: exitCode.interrupted };
  }
}

/** Does some work at a desk that is closed whatever happens, and tells first what was started for it. */
async function* atDesk<T>(context: CommandContext, desk: Desk, work: (desk: Desk) => Promise<T>) {
  try {
    yield* context.remarks();
    return await work(desk);
  } finally {
    await desk.close();
  }
}

/** Everything before something is made. Undefined = the person does not want it after all. */
async function prepare(
  desk: Desk,
  input: NewInput,
  prompts: Prompts | undefined,
): Promise<Planned | undefined> {
  const words = allWords[languageOf(input.locale) ?? "en"];
  const wanted =
    input.from === undefined ? await asked(desk, input, prompts) : await fromFile(desk, input.from, input);
  const problems = await desk.problemsOf(wanted.blueprint, wanted.answers);
  if (problems.length > 0) throw refusal(problems);
  if (input.save !== undefined) save(input.save, fileOf(wanted.blueprint, wanted.answers));
  const look = () => desk.plan(wanted.blueprint, undefined, wanted.answers);
  const { slug, items } = await (prompts === undefined ? look() : prompts.during(words.planning, look));
  const planned = { ...wanted, slug, items, cost: await desk.costOf(items) };
  if (input.planOnly) return planned;
  const blocked = items.find((each) => each.does === "blocked");
  if (blocked !== undefined)
    throw new Fault("rejected", {
      what: blocked.why ?? words.blocked,
      next: blocked.next ?? "Look at the plan with --plan-only.",
      field: blocked.step,
    });
  return prompts === undefined || (input.yes && !needsConsent(wanted.answers))
    ? agreed(planned, input)
    : agreedByPerson(planned, input, prompts, words);
}

async function asked(desk: Desk, input: NewInput, prompts: Prompts | undefined): Promise<Wanted> {
  if (prompts !== undefined) return interview(desk, input, prompts);
  throw new Fault("rejected", {
    what: "Nobody can be asked here: this is no terminal.",
    next: "Give the answers in a file: `atoll new --from FILE --yes`. `instances/example-business.json` is one.",
    field: "from",
  });
}

async function fromFile(desk: Desk, file: string, input: NewInput): Promise<Wanted> {
  const { blueprint, answers: written } = readInstanceFile(file);
  if (blueprint === undefined && input.blueprint === undefined)
    throw new Fault("rejected", {
      what: `The file "${file}" does not say what kind of instance it is.`,
      next: 'Write `"blueprint": "business"` into it, or name the kind: `atoll new business --from FILE`.',
      field: "blueprint",
    });
  if (blueprint !== undefined && input.blueprint !== undefined && blueprint !== input.blueprint)
    throw new Fault("rejected", {
      what: `The kind is "${input.blueprint}" on the command line and "${blueprint}" in the file.`,
      next: "Leave one of them out.",
      field: "blueprint",
    });
  const kind = blueprint ?? input.blueprint ?? "";
  const answers = await withVariables(desk, kind, written);
  return { blueprint: kind, answers: input.adopt ? consented(answers) : answers };
}

function refusal(problems: readonly { field: string; what: string }[]): Fault {
  const [first] = problems;
  return new Fault("rejected", {
    what: `${problems.map(({ field, what }) => `${field} ${what}`).join("; ")}.`,
    next: "Correct the answers and try again; nothing has been made yet.",
    field: first?.field ?? "answers",
    problems,
  });
}

/** Nobody can be asked: the line or the file has to have said it. */
function agreed(planned: Planned, { yes }: NewInput): Planned {
  if (needsConsent(planned.answers))
    throw new Fault("rejected", {
      what: `What is brought would be changed, and nobody agreed to that: ${consentText(planned.items).join("; ")}.`,
      next: 'Agree with `--adopt`, or with `"consent": true` under "bring" in the file.',
      field: "bring.consent",
    });
  if (yes) return planned;
  throw new Fault("rejected", {
    what: "Nobody said that it is to be made.",
    next: "Say it with `--yes`; `--plan-only` shows what would be made.",
    field: "yes",
  });
}

async function agreedByPerson(
  planned: Planned,
  { yes }: NewInput,
  prompts: Prompts,
  words: Words,
): Promise<Planned | undefined> {
  prompts.note(words.plan, planWords(planned, words));
  let { answers } = planned;
  if (needsConsent(answers)) {
    prompts.note(
      words.consentTitle,
      consentText(planned.items)
        .map((each) => `• ${each}`)
        .join("\n"),
    );
    if (!(await prompts.yes(words.consent, words, false))) return undefined;
    answers = consented(answers);
  }
  if (!yes && !(await prompts.yes(words.create, words, true))) return undefined;
  prompts.end(planned.slug);
  return { ...planned, answers };
}

function planWords({ items, cost }: Planned, words: Words): string {
  const amount = new Intl.NumberFormat("en", { style: "currency", currency: cost.currency }).format(
    cost.monthly,
  );
  return `${planText(items)}\n\n${planSummary(items)}\n${words.costs(amount)}`;
}

function planOutcome(planned: Planned): Outcome {
  const { blueprint, slug, items, cost } = planned;
  const differs = items.some((each) => each.does !== "keep");
  return {
    result: { blueprint, slug, items, cost },
    text: planWords(planned, allWords.en),
    exitCode: differs ? exitCode.differs : exitCode.ok,
  };
}

async function* make(desk: Desk, { blueprint, answers }: Planned, folder: string | undefined): Handler {
  const slug = await desk.register(blueprint, answers);
  const outcome = yield* followRun(desk, "provision", slug, {
    done: ({ url, durationMs }) =>
      [
        "",
        `${paint(["green", "bold"], "✓")} ${slug} is live at ${paint("bold", url ?? "(no address)")}  ${paint("dim", `(${duration(durationMs)})`)}`,
        ...(desk.mailbox === undefined ? [] : [`  The welcome mail lies at ${desk.mailbox}`]),
      ].join("\n"),
  });
  if (folder === undefined || outcome.exitCode !== exitCode.ok) return outcome;
  const files = writeFiles(folder, await desk.files(slug)).map((each) => each.path);
  return {
    ...outcome,
    result: { ...outcome.result, files },
    text: [outcome.text, ...files.map((file) => `  ${paint("green", "+")} ${file}`)].join("\n"),
  };
}
