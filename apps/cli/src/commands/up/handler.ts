import { Fault } from "@atoll/core/fault";
import { type CommandContext, withDesk } from "../../context.ts";
import { type AnswerFlags, gatherAnswers } from "../../input/answers.ts";
import { wantedOf } from "../../input/wanted.ts";
import type { Handler } from "../../output/outcome.ts";
import { duration, paint } from "../../output/paint.ts";
import { followRun } from "../run.ts";

export interface UpInput extends AnswerFlags {
  slug?: string;
  blueprint: string;
  environment?: string;
}

/** Gives a client their application, or brings an existing one to what is wanted. Safe to repeat. */
export async function* up(context: CommandContext, input: UpInput): Handler {
  const answers = gatherAnswers(input, input.slug);
  return yield* withDesk(
    context,
    { worker: true, environment: input.environment, about: input.slug },
    async function* (desk) {
      const wanted = await wantedOf(desk, input, answers);
      const slug =
        wanted === undefined ? knownSlug(input.slug) : await desk.register(input.blueprint, wanted);
      const known = await desk.journal.find(slug);
      const kind = known?.state === "live" || known?.state === "updating" ? "update" : "provision";
      return yield* followRun(desk, kind, slug, {
        answers: wanted,
        done: ({ url, durationMs }) =>
          [
            "",
            `${paint(["green", "bold"], "✓")} ${slug} is live at ${paint("bold", url ?? "(no address)")}  ${paint("dim", `(${duration(durationMs)})`)}`,
            ...(desk.mailbox === undefined ? [] : [`  The welcome mail lies at ${desk.mailbox}`]),
          ].join("\n"),
      });
    },
  );
}

/** The slug of an instance that goes on as it is: nothing new was said about it. */
function knownSlug(slug: string | undefined): string {
  if (slug !== undefined) return slug;
  throw new Fault("rejected", {
    what: "Nothing says which client is meant.",
    next: 'Say it with flags (`atoll up --name "Toko A" --admin-email owner@example.com`) or with `--file client.yaml`.',
    field: "slug",
  });
}
