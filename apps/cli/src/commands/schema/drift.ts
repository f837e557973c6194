import type { SchemaDifference } from "@atoll/contract/schemas/fleet";
import { type CommandContext, withDesk } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { paint, plain } from "../../output/paint.ts";
import { counted } from "./words.ts";

const signs: Record<SchemaDifference["act"], [string, Parameters<typeof paint>[0]]> = {
  create: ["+", "green"],
  update: ["~", "yellow"],
  remove: ["-", "red"],
};

const line = ({ path, act, what }: SchemaDifference) => {
  const [sign, style] = signs[act];
  return `  ${paint(style, sign)} ${plain(path)}\n      ${plain(what)}`;
};

/** All repairs in one transaction; what only a person can tell stands there as a comment. */
function repairScript(slug: string, differences: readonly SchemaDifference[]): string {
  if (differences.length === 0) return `-- ${slug}: nothing differs.`;
  return [
    `-- Brings the database of ${slug} back to what its migrations make. Read it before you apply it:`,
    '-- psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f FILE',
    "begin;",
    ...differences.map(({ path, what, sql }) => {
      const said = plain(`${path}: ${what}`);
      return sql === "" ? `\n-- ${said}\n-- Only a person can tell what to do here.` : `\n-- ${said}\n${sql}`;
    }),
    "\ncommit;",
  ].join("\n");
}

function driftText(slug: string, differences: readonly SchemaDifference[]): string {
  const ours = differences.filter(({ isOurs }) => isOurs);
  const added = differences.filter(({ isOurs }) => !isOurs);
  if (differences.length === 0) return `${paint("green", "✓")} ${slug}: as the migrations made it.`;
  return [
    ...ours.map(line),
    ...(added.length > 0
      ? [
          ...(ours.length > 0 ? [""] : []),
          "Added beside the migrations, which stops no update:",
          ...added.map(line),
        ]
      : []),
    "",
    `${counted(differences.length, "thing")} ${differences.length === 1 ? "differs" : "differ"}; the sign is what a repair does.`,
    `  next  \`atoll schema drift ${slug} --sql\` prints the repair; what shall stay belongs into a migration.`,
  ].join("\n");
}

/** `schema drift`: what differs from the migrations, in words or as the SQL that repairs it. Exit code 3 then. */
export async function* schemaDrift(
  context: CommandContext,
  { slug, sql }: { slug: string; sql: boolean },
): Handler {
  return yield* withDesk(context, { worker: false }, async (desk) => {
    const { schema, differences } = await desk.schemas.drift(slug);
    const behind =
      schema.pending.length === 0
        ? []
        : [`  Pending, which is no drift: ${schema.pending.map(plain).join(", ")}`];
    return {
      result: { slug, schema, differences, ...(sql && { sql: repairScript(slug, differences) }) },
      text: sql ? repairScript(slug, differences) : [driftText(slug, differences), ...behind].join("\n"),
      exitCode: differences.length === 0 ? exitCode.ok : exitCode.differs,
    };
  });
}
