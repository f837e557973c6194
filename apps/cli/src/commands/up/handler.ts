import { Fault } from "@atoll/core/fault";
import { type CommandContext, withDesk } from "../../context.ts";
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
  return yield* withDesk(context, { worker: true }, async function* (desk) {
    const slug = await registered(desk, input, answers);
    const known = await desk.journal.find(slug);
    const kind = known?.state === "live" || known?.state === "updating" ? "update" : "provision";
    return yield* followRun(desk, kind, slug, {
      done: ({ url, durationMs }) =>
        [
          "",
          `${paint(["green", "bold"], "✓")} ${slug} is live at ${paint("bold", url ?? "(no address)")}  ${paint("dim", `(${duration(durationMs)})`)}`,
          ...(desk.mailbox === undefined ? [] : [`  The welcome mail lies at ${desk.mailbox}`]),
        ].join("\n"),
    });
  });
}

async function registered(
  desk: Awaited<ReturnType<CommandContext["desk"]>>,
  input: UpInput,
  answers: Record<string, unknown> | undefined,
): Promise<string> {
  if (answers === undefined || Object.keys(answers).every((key) => key === "slug")) {
    const slug = input.slug;
    if (slug !== undefined && (await desk.journal.find(slug)) !== undefined) return slug;
    throw new Fault("rejected", {
      what:
        slug === undefined
          ? "Nothing says which client is meant."
          : `There is no instance "${slug}" yet, and nothing says what it should be.`,
      next: 'Say it with flags (`atoll up --name "Toko A" --admin-email owner@example.com`) or with `--file client.yaml`.',
      field: slug === undefined ? "slug" : "name",
    });
  }
  return desk.register(input.blueprint, answers);
}
