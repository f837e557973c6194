import { type CommandContext, withDesk } from "../../context.ts";
import type { Desk } from "../../desk.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { paint, plain } from "../../output/paint.ts";

type Finding = Awaited<ReturnType<Desk["doctor"]>>[number];

/** Checks each provider's token, permissions, limits and regions. Reads only; says what to do. */
export async function* doctor(context: CommandContext, input: { environment?: string }): Handler {
  const { environment } = input;
  return yield* withDesk(context, { worker: false, environment }, async (desk) => {
    const findings = await desk.doctor(environment);
    const bad = findings.filter((each) => !each.ok);
    const groups = Map.groupBy(findings, (each) => each.environment);
    const text = [...groups].flatMap(([name, found]) => [
      ...(groups.size > 1 ? [paint("bold", name)] : []),
      ...found.flatMap(lines),
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

/** A line for what was found; what to do below it, also where it would do without. */
function lines({ ok, provider, subject, what, next, excess = [] }: Finding): string[] {
  const sign = ok ? (excess.length > 0 ? paint("yellow", "!") : paint("green", "✓")) : paint("red", "✗");
  return [
    `  ${sign} ${provider.padEnd(9)} ${subject}: ${plain(what)}`,
    ...(next ? [`      ${ok ? "advice" : "next"}: ${plain(next)}`] : []),
  ];
}
