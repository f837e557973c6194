import type { RolloutInput } from "@atoll/contract/schemas/fleet";
import { Fault } from "@atoll/core/fault";
import type { Desk } from "../../desk.ts";
import { duration, plain } from "../../output/paint.ts";
import type { Chosen } from "./choose.ts";
import { findingLines } from "./lint.ts";
import { rehearsalLines } from "./test.ts";
import { counted } from "./words.ts";

/** Findings about migrations that one of these has not applied yet: what was applied everywhere is history. */
async function findings(desk: Desk, { blueprint, items }: Chosen) {
  const pending = new Set(items.flatMap((each) => each.pending));
  const all = await desk.schemas.lint(blueprint);
  // Of an instance that nobody has looked at, anything may be pending.
  if (items.some(({ version }) => version === undefined)) return all;
  return all.filter(({ migration }) => pending.has(migration));
}

/** Throws a fault where the rules find an error in what would be applied. */
export async function mustBeSound(desk: Desk, chosen: Chosen): Promise<void> {
  const error = (await findings(desk, chosen)).find(({ severity }) => severity === "error");
  if (error === undefined) return;
  throw new Fault("rejected", {
    what: `${error.migration}, line ${error.line}: ${error.what}`,
    next: `${error.next} \`atoll schema lint ${chosen.blueprint}\` has all of it.`,
  });
}

/** From where to where, as in "7 (3 instances), 8 (9 instances)". */
function versionsOf({ items }: Chosen): string {
  const by = Map.groupBy(items, ({ version }) => version ?? -1);
  return [...by]
    .sort(([a], [b]) => a - b)
    .map(
      ([version, members]) => `${version < 0 ? "unknown" : version} (${counted(members.length, "instance")})`,
    )
    .join(", ");
}

/** What a rollout would do, for a person who is asked. Throws a fault where the rehearsal fails. */
export async function preview(
  desk: Desk,
  chosen: Chosen,
  { waves = [10, 50, 100], errorBudget = 2, approve = false }: Omit<RolloutInput, "blueprint">,
): Promise<string> {
  const { blueprint, items, canary } = chosen;
  const rehearsal = await desk.schemas.rehearse(blueprint, {});
  if (!rehearsal.ok)
    throw new Fault("rejected", {
      what: rehearsal.problem?.what ?? `The migrations of "${blueprint}" fail on a scratch database.`,
      next: rehearsal.problem?.next ?? `\`atoll schema test ${blueprint}\` says where.`,
    });
  const found = await findings(desk, chosen);
  const steps = rehearsal.steps.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const mayFail = Math.floor((items.length * errorBudget) / 100);
  return [
    `${counted(items.length, "instance")} from version ${versionsOf(chosen)} to ${items[0]?.newest}`,
    ...pendingLines(chosen),
    ...(items.length > 1
      ? [
          `first      ${canary?.join(", ") ?? "one that is live"}`,
          `then       up to ${waves.join(", ")} % of them${approve ? ", each wave when somebody approves it" : ""}`,
          `stops      when ${mayFail === 0 ? "one fails" : `the first fails, or more than ${mayFail} of all`}`,
        ]
      : []),
    `rehearsed  ${counted(rehearsal.steps.length, "migration")} in ${duration(steps)} on a scratch database`,
    ...(found.length === 0 ? ["lint       nothing to say"] : findingLines(found)),
    ...(rehearsal.steps.some(({ what }) => what !== undefined) ? rehearsalLines(rehearsal) : []),
  ].join("\n");
}

function pendingLines({ items }: Chosen): string[] {
  const names = [...new Set(items.flatMap(({ pending }) => pending))].sort();
  const shown = names.slice(0, 12).map((each) => `  + ${plain(each)}`);
  return names.length > shown.length ? [...shown, `  and ${names.length - shown.length} more`] : shown;
}
