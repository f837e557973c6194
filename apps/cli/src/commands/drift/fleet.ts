import { type DriftArea, type DriftItem, driftAreas } from "@atoll/contract/schemas/drift";
import { Fault } from "@atoll/core/fault";
import { type CommandContext, withDesk } from "../../context.ts";
import type { Desk } from "../../desk.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { paint, plain } from "../../output/paint.ts";
import { all, counted } from "../schema/words.ts";
import { itemLines } from "./words.ts";

/** What `drift` without a slug is told on its line. */
export interface FleetInput {
  check?: boolean;
  area?: string;
  blueprint?: string;
  environment?: string;
}

/** An instance that could not be looked at. */
interface Unseen {
  instance: string;
  what: string;
  next: string;
}

function areaNamed(name: string | undefined): DriftArea | undefined {
  if (name === undefined) return undefined;
  const found = driftAreas.find((each) => each === name);
  if (found !== undefined) return found;
  throw new Fault("rejected", {
    what: `--area is "${name}".`,
    next: `Name one of: ${driftAreas.join(", ")}.`,
    field: "area",
  });
}

/** Looks at every live instance that is meant, one after the other; one that cannot be looked at is told. */
async function lookAtEach(desk: Desk, { blueprint, environment }: FleetInput): Promise<Unseen[]> {
  const unseen: Unseen[] = [];
  for (const each of await desk.journal.list()) {
    if (each.state !== "live" || (blueprint !== undefined && each.blueprint !== blueprint)) continue;
    if (environment !== undefined && each.environment !== environment) continue;
    try {
      const { problems } = await desk.drifts.check(each.slug);
      unseen.push(...problems.map(({ what, next }) => ({ instance: each.slug, what, next })));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      unseen.push({ instance: each.slug, what: error.what, next: error.next });
    }
  }
  return unseen;
}

function textOf(items: readonly DriftItem[], unseen: readonly Unseen[]): string {
  const slugs = [...new Set(items.map(({ instance }) => instance))];
  const open = items.filter(({ acceptedBy }) => acceptedBy === undefined);
  return [
    ...slugs.flatMap((slug) => [slug, ...itemLines(items.filter(({ instance }) => instance === slug)), ""]),
    ...unseen.flatMap(({ instance, what, next }) => [
      `${paint("red", "✗")} ${instance}: ${plain(what)}`,
      `  next  ${plain(next)}`,
    ]),
    open.length === 0
      ? `${paint("green", "✓")} ${items.length === 0 ? "No drift." : "Everything that differs was accepted."}`
      : `${counted(open.length, "difference")} in ${counted(new Set(open.map(({ instance }) => instance)).size, "instance")}.
  next  \`atoll drift SLUG\` looks at one now, \`atoll repair SLUG\` sets it right, \`atoll drift accept SLUG PATH\` lets it be.`,
  ].join("\n");
}

/** Drift of the whole fleet, from the records, or after a look. Exit code 3 when something differs. */
export async function* driftOfAll(context: CommandContext, input: FleetInput): Handler {
  const area = areaNamed(input.area);
  const { blueprint, environment } = input;
  return yield* withDesk(context, { worker: false, environment }, async (desk) => {
    const unseen = input.check === true ? await lookAtEach(desk, input) : [];
    const items = await all((cursor) =>
      desk.drifts.list({ area, blueprint, environment, limit: 500, cursor }),
    );
    const isWell = unseen.length === 0 && items.every(({ acceptedBy }) => acceptedBy !== undefined);
    return {
      result: { items, ...(input.check === true && { unseen }) },
      text: textOf(items, unseen),
      exitCode: isWell ? exitCode.ok : exitCode.differs,
    };
  });
}
