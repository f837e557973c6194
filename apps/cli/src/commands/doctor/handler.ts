import { type CommandContext, withDesk } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { paint, plain } from "../../output/paint.ts";

/** Checks each provider's token, permissions, limits and regions. Reads only; says what to do. */
export async function* doctor(context: CommandContext): Handler {
  return yield* withDesk(context, { worker: false }, async (desk) => {
    const findings = await desk.doctor();
    const bad = findings.filter((each) => !each.ok);
    const text = findings.flatMap((each) => [
      `  ${each.ok ? paint("green", "✓") : paint("red", "✗")} ${each.provider.padEnd(9)} ${each.subject}: ${plain(each.what)}`,
      ...(each.next === undefined || each.ok ? [] : [`      next: ${plain(each.next)}`]),
    ]);
    text.push(
      "",
      bad.length === 0 ? "Everything is there." : `${bad.length} of ${findings.length} checks need you.`,
    );
    return {
      result: { ok: bad.length === 0, findings },
      text: text.join("\n"),
      exitCode: bad.length === 0 ? exitCode.ok : exitCode.differs,
    };
  });
}
