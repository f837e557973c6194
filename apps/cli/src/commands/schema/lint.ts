import type { SchemaFindings } from "@atoll/contract/schemas/fleet";
import { type CommandContext, withDesk } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { paint, plain } from "../../output/paint.ts";
import { counted, kindsOf } from "./words.ts";

type Finding = SchemaFindings["findings"][number];

/** Findings for people: where, what, and what to write instead. */
export function findingLines(findings: readonly Finding[]): string[] {
  return findings.flatMap(({ migration, line, severity, rule, what, next }) => [
    `  ${severity === "error" ? paint("red", "✗") : paint("yellow", "!")} ${migration}:${line}  ${plain(what)}  ${paint("dim", rule)}`,
    `      next: ${plain(next)}`,
  ]);
}

/** `schema lint`: what is dangerous in the migrations. Exit code 1 on errors. */
export async function* schemaLint(
  context: CommandContext,
  { blueprint }: { blueprint?: string | undefined },
): Handler {
  return yield* withDesk(context, { worker: false }, async (desk) => {
    const items = [];
    for (const name of await kindsOf(desk, blueprint))
      items.push({ blueprint: name, findings: await desk.schemas.lint(name) });
    const found = items.flatMap(({ findings }) => findings);
    const errors = found.filter(({ severity }) => severity === "error").length;
    return {
      result: { errors, warnings: found.length - errors, items },
      text: [
        ...items.flatMap(({ blueprint: name, findings }) =>
          findings.length === 0 ? [] : [paint("bold", name), ...findingLines(findings)],
        ),
        found.length === 0
          ? `${paint("green", "✓")} ${items.map((each) => each.blueprint).join(", ")}: the rules have nothing to say.`
          : `${counted(errors, "error")}, ${counted(found.length - errors, "warning")}.`,
      ].join("\n"),
      exitCode: errors === 0 ? exitCode.ok : exitCode.failed,
    };
  });
}
