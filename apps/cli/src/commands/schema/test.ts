import type { Rehearsal } from "@atoll/contract/schemas/fleet";
import { type CommandContext, withDesk } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { duration, paint, plain } from "../../output/paint.ts";
import { kindsOf } from "./words.ts";

/** A rehearsal for people: each migration with how long it took, and what went wrong. */
export function rehearsalLines({ blueprint, ok, like, steps, problem }: Rehearsal): string[] {
  const width = Math.max(...steps.map(({ migration }) => migration.length), 4);
  return [
    `${ok ? paint("green", "✓") : paint("red", "✗")} ${blueprint}${like === undefined ? "" : ` on a copy of ${like}`}`,
    ...steps.map(
      (each) =>
        `    ${each.ok ? paint("green", "✓") : paint("red", "✗")} ${each.migration.padEnd(width)}  ${duration(each.durationMs).padStart(8)}${each.what === undefined ? "" : `  ${plain(each.what)}`}`,
    ),
    ...(problem ? [`    ${plain(problem.what)}`, `    next  ${plain(problem.next)}`] : []),
  ];
}

/** `schema test`: the migrations on a scratch database. Exit code 1 when one fails. */
export async function* schemaTest(
  context: CommandContext,
  { blueprint, like }: { blueprint?: string | undefined; like?: string | undefined },
): Handler {
  return yield* withDesk(context, { worker: false }, async function* (desk) {
    const only = blueprint ?? (like === undefined ? undefined : (await desk.instance(like)).blueprint);
    const items: Rehearsal[] = [];
    for (const name of await kindsOf(desk, only)) {
      yield { type: "remark", text: `Running the migrations of "${name}" on a scratch database.` };
      items.push(await desk.schemas.rehearse(name, { like }));
    }
    const ok = items.every((each) => each.ok);
    return {
      result: { ok, items },
      text: items.flatMap(rehearsalLines).join("\n"),
      exitCode: ok ? exitCode.ok : exitCode.failed,
    };
  });
}
