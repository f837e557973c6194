import type { CheckLine } from "@atoll/contract/schemas/checklist";
import { type CommandContext, withDesk } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { paint, plain } from "../../output/paint.ts";

const signs: Record<CheckLine["result"], [string, Parameters<typeof paint>[0]]> = {
  ok: ["✓", "green"],
  failed: ["✗", "red"],
  waiting: ["…", "cyan"],
  "not-applicable": ["-", "dim"],
};

/** A checklist for people: what was asked, what was found, and what to do about it. */
function checklistText(lines: readonly CheckLine[]): string[] {
  return lines.flatMap(({ title, result, what, next }) => {
    const [sign, style] = signs[result];
    const name = result === "not-applicable" ? "not applicable" : result;
    return [
      `  ${paint(style, sign)} ${title}${result === "ok" ? "" : paint(style, `: ${name}`)}`,
      `      ${paint("dim", plain(what))}`,
      ...(next === undefined ? [] : [`      next: ${plain(next)}`]),
    ];
  });
}

/** Goes through everything that a finished instance has. Exit code 1 when a line has failed. */
export async function* check(context: CommandContext, input: { slug: string }): Handler {
  return yield* withDesk(context, { worker: false }, async (desk) => {
    const { lines, checkedAt } = await desk.checklists.check(input.slug);
    const count = (result: CheckLine["result"]) => lines.filter((each) => each.result === result).length;
    const [failures, waits] = [count("failed"), count("waiting")];
    const ending =
      failures > 0
        ? `${failures} of ${lines.length} need you.`
        : waits > 0
          ? `Nothing has failed; ${waits} still ${waits === 1 ? "waits" : "wait"}.`
          : `${input.slug} is ready.`;
    return {
      result: { slug: input.slug, ready: failures + waits === 0, checkedAt, lines },
      text: [...checklistText(lines), "", ending].join("\n"),
      exitCode: failures > 0 ? exitCode.failed : exitCode.ok,
    };
  });
}
