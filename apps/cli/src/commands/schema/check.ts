import type { InstanceSchema } from "@atoll/contract/schemas/fleet";
import { type CommandContext, withDesk } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { paint, plain } from "../../output/paint.ts";
import { columns, counted } from "./words.ts";

/** Which instances are looked at. */
export interface CheckInput {
  slug?: string | undefined;
  blueprint?: string | undefined;
  environment?: string | undefined;
}

const isWell = ({ pending, drift, problem }: InstanceSchema) =>
  pending.length === 0 && drift.length === 0 && problem === undefined;

const moment = (iso: string | undefined) =>
  iso === undefined ? "never" : iso.slice(0, 16).replace("T", " ");

function table(items: readonly InstanceSchema[]): string[] {
  const isMixed = new Set(items.map(({ environment }) => environment)).size > 1;
  const lines = columns([
    [
      "  ",
      "instance",
      "blueprint",
      ...(isMixed ? ["environment"] : []),
      "version",
      "pending",
      "differs",
      "seen (UTC)",
    ],
    ...items.map((each) => [
      isWell(each) ? paint("green", "✓") : paint(each.problem ? "red" : "yellow", "✗"),
      each.instance,
      each.blueprint,
      ...(isMixed ? [each.environment] : []),
      `${each.version ?? "?"}/${each.newest}`,
      each.pending.length === 0 ? "–" : String(each.pending.length),
      each.drift.length === 0 ? "–" : String(each.drift.length),
      moment(each.seenAt),
    ]),
  ]);
  return lines.flatMap((line, index) => {
    const item = items[index - 1];
    if (item === undefined) return [paint("dim", line)];
    const { problem, pending, drift } = item;
    return [
      line,
      ...(problem ? [`      ${plain(problem.what)}`, `      next: ${plain(problem.next)}`] : []),
      ...(pending.length > 0 ? [`      pending: ${short(pending)}`] : []),
      ...(drift.length > 0 ? [`      differs: ${short(drift)}`] : []),
    ];
  });
}

const short = (names: readonly string[]) =>
  names.length <= 4
    ? names.map(plain).join(", ")
    : `${names.slice(0, 3).map(plain).join(", ")} and ${names.length - 3} more`;

function ending(items: readonly InstanceSchema[]): string {
  const behind = items.filter(({ pending }) => pending.length > 0).length;
  const drifted = items.filter(({ drift }) => drift.length > 0);
  const unknown = items.filter(({ problem }) => problem !== undefined).length;
  if (behind + drifted.length + unknown === 0)
    return items.length === 1
      ? "It is at the newest version, as the migrations made it."
      : `All ${items.length} are at the newest version, as the migrations made them.`;
  return [
    `Of ${counted(items.length, "instance")} ${[
      behind > 0 && `${behind} ${behind === 1 ? "is" : "are"} behind`,
      drifted.length > 0 && `${drifted.length} ${drifted.length === 1 ? "differs" : "differ"}`,
      unknown > 0 && `${unknown} could not be looked at`,
    ]
      .filter((each) => each !== false)
      .join(", ")}.`,
    ...(behind > 0
      ? ["  next  `atoll schema update --all` brings them up, `atoll schema sync` writes the SQL for it."]
      : []),
    ...(drifted[0] ? [`  next  \`atoll schema drift ${drifted[0].instance}\` says what differs.`] : []),
  ].join("\n");
}

/** `schema check`: looks at every database now. Exit code 3 when one is behind, differs or does not answer. */
export async function* schemaCheck(context: CommandContext, input: CheckInput): Handler {
  const { slug, blueprint, environment } = input;
  return yield* withDesk(context, { worker: false, environment }, async (desk) => {
    const items = await desk.schemas.check({ slug, blueprint, environment });
    if (items.length === 0)
      return {
        result: { items },
        text: "No instance has a database yet. `atoll status` lists them all.",
        exitCode: exitCode.ok,
      };
    return {
      result: { items },
      text: [...table(items), "", ending(items)].join("\n"),
      exitCode: items.every(isWell) ? exitCode.ok : exitCode.differs,
    };
  });
}
