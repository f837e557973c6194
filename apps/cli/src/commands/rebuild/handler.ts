import { Fault } from "@atoll/core/fault";
import type { RebuildLine } from "@atoll/hub/rebuild/judge";
import type { CommandContext } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { paint, plain } from "../../output/paint.ts";
import { counted } from "../schema/words.ts";

/** What `rebuild` is told on its line. */
export interface RebuildInput {
  environment?: string;
  write: boolean;
  add: boolean;
  take: boolean;
}

const signs = {
  new: paint("green", "+"),
  known: paint("dim", "="),
  conflict: paint("red", "✗"),
} as const;

function lineText(line: RebuildLine): string[] {
  const { is, id, slug = "(no name)", blueprint, state, schemaVersion, things, resets, why, next } = line;
  const ours = things.filter((each) => each.is === "ours").length;
  const facts = [
    ...(blueprint === undefined ? [] : [plain(blueprint)]),
    ...(is === "known" ? ["known already"] : state === undefined ? [] : [state]),
    ...(schemaVersion === undefined ? [] : [`schema ${schemaVersion}`]),
    ...(ours === 0 ? [] : [counted(ours, "thing")]),
  ];
  const unseen = things.filter((each) => each.is === "unseen");
  return [
    `${signs[is]} ${plain(slug)}  ${facts.join(", ")}  ${paint("dim", id)}`,
    ...unseen.map((each) => `    ${each.step} was not seen: ${plain(each.why ?? "")}`),
    ...(is === "new" ? resets.map((each) => `    ${each} is reset: nobody can read it back`) : []),
    ...(why === undefined ? [] : [`    ${plain(why)}`]),
    ...(next === undefined ? [] : [`    next  ${plain(next)}`]),
  ];
}

function textOf(lines: readonly RebuildLine[], isWritten: boolean): string {
  const fresh = lines.filter(({ is }) => is === "new").length;
  const conflicts = lines.filter(({ is }) => is === "conflict").length;
  const done = isWritten ? "restored" : "would be restored";
  return [
    ...lines.flatMap(lineText),
    `${counted(fresh, "instance")} ${done}${conflicts > 0 ? `, ${conflicts} cannot be` : ""}.`,
    ...(isWritten
      ? ["  next  `atoll verify SLUG` and `atoll drift` look at them; `atoll sweep` lists what has no owner."]
      : fresh > 0
        ? ["  next  `atoll rebuild --write` writes it."]
        : []),
  ].join("\n");
}

/**
 * Makes the registry anew of what stands at the providers, or shows what it would make. Done by this process alone: a
 * hub without a registry has nobody who could ask it to. Exit code 3 when something cannot be restored.
 */
export async function* rebuild(context: CommandContext, input: RebuildInput): Handler {
  if (context.env.ATOLL_URL)
    throw new Fault("rejected", {
      what: "ATOLL_URL names a hub, and the registry is made anew where its database is.",
      next: "Unset ATOLL_URL, and run this on the hub's machine with its own variables.",
      field: "ATOLL_URL",
    });
  const { write, add, take, environment } = input;
  const runtime = await context.open({ worker: write, environment });
  try {
    yield* context.remarks();
    if (!write) {
      const lines = await runtime.rebuilds.plan({ take });
      return {
        result: { written: false, items: lines },
        text: textOf(lines, false),
        exitCode: codeOf(lines),
      };
    }
    const lines = await runtime.rebuilds.write({ take, add, by: runtime.operator });
    const [first] = runtime.environments;
    const failed: string[] = [];
    for (const { run, slug, environment: at } of lines) {
      // The runs of other environments are done by their own workers.
      if (run === undefined || at !== first) continue;
      const { state, fault } = await runtime.journal.wait(run);
      if (state !== "succeeded") failed.push(`${slug}: ${fault?.what ?? state}`);
    }
    return {
      result: { written: true, items: lines, failed },
      text: [
        textOf(lines, true),
        ...failed.map((each) => `${paint("red", "✗")} ${plain(each)}\n  next  \`atoll retry\` its run.`),
      ].join("\n"),
      exitCode: failed.length > 0 ? exitCode.failed : codeOf(lines),
    };
  } finally {
    await runtime.close();
  }
}

const codeOf = (lines: readonly RebuildLine[]) =>
  lines.some(({ is }) => is === "conflict") ? exitCode.differs : exitCode.ok;
