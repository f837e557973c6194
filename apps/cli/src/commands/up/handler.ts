import { Fault } from "@atoll/core/fault";
import { type CommandContext, withRuntime } from "../../context.ts";
import { type AnswerFlags, gatherAnswers } from "../../input/answers.ts";
import type { Handler } from "../../output/outcome.ts";
import { duration, paint } from "../../output/paint.ts";
import { followRun } from "../run.ts";

export interface UpInput extends AnswerFlags {
  slug?: string;
  blueprint: string;
}

/** Gives a client their application, or brings an existing one to what is wanted. Safe to repeat. */
export async function* up(context: CommandContext, input: UpInput): Handler {
  const answers = gatherAnswers(input, input.slug);
  return yield* withRuntime(context, { worker: true }, async function* (runtime) {
    const slug = await registered(runtime, input, answers);
    const known = await runtime.journal.find(slug);
    const kind = known?.state === "live" || known?.state === "updating" ? "update" : "provision";
    return yield* followRun(runtime, kind, slug, {
      done: ({ url, durationMs }) =>
        [
          "",
          `${paint(["green", "bold"], "✓")} ${slug} is live at ${paint("bold", url ?? "(no address)")}  ${paint("dim", `(${duration(durationMs)})`)}`,
          ...(runtime.mailbox === undefined ? [] : [`  The welcome mail lies at ${runtime.mailbox}`]),
        ].join("\n"),
    });
  });
}

async function registered(
  runtime: Awaited<ReturnType<CommandContext["open"]>>,
  input: UpInput,
  answers: Record<string, unknown> | undefined,
): Promise<string> {
  if (answers === undefined || Object.keys(answers).every((key) => key === "slug")) {
    const slug = input.slug;
    if (slug !== undefined && (await runtime.journal.find(slug)) !== undefined) return slug;
    throw new Fault("rejected", {
      what:
        slug === undefined
          ? "Nothing says which client is meant."
          : `There is no instance "${slug}" yet, and nothing says what it should be.`,
      next: 'Say it with flags (`atoll up --name "Toko A" --admin-email owner@example.com`) or with `--file client.yaml`.',
      field: slug === undefined ? "slug" : "name",
    });
  }
  return runtime.register(input.blueprint, answers);
}
