import { setTimeout as sleep } from "node:timers/promises";
import type { RestoreAs } from "@atoll/contract/schemas/backups";
import { Fault } from "@atoll/core/fault";
import { type CommandContext, withDesk } from "../../context.ts";
import type { Desk } from "../../desk.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler, Outcome } from "../../output/outcome.ts";
import { duration, paint } from "../../output/paint.ts";
import { planSummary, planText } from "../../output/words.ts";
import { followRun } from "../run.ts";

/** What is to be restored, and how. One of `backup`, `provider` and `at` is given. */
export interface RestoreOptions {
  slug: string;
  /** Id of one of the hub's own, or `newest`. */
  backup: string | undefined;
  as?: string;
  /** Id of one that the provider keeps. */
  provider?: string;
  /** A moment that the provider takes the project back to, ISO 8601. */
  at?: string;
  confirm?: string;
  plan?: boolean;
  withoutSafety?: boolean;
}

/** Restores a backup over what stands there, or as a new instance. `confirm` has to repeat the slug. */
export async function* restore(context: CommandContext, options: RestoreOptions): Handler {
  const { slug, plan = false, as, withoutSafety } = options;
  const asked = askedFor(options);
  if (as !== undefined && plan)
    throw new Fault("rejected", {
      what: "A restore as a new instance has no plan of its own: it is made as any new one, then filled.",
      next: `Look at \`atoll plan ${slug}\` for what an instance of this kind is made of, or leave \`--plan\` out.`,
      field: "plan",
    });
  if (as === undefined && !plan && options.confirm !== slug)
    throw new Fault("rejected", {
      what: `Restoring exchanges all rows of "${slug}", and was not confirmed.`,
      next: `Look at \`atoll restore ${slug} ${asked} --plan\`, then repeat the slug: \`--confirm ${slug}\`.`,
      field: "confirm",
    });
  return yield* withDesk(context, { worker: !plan, about: slug }, async function* (desk) {
    const of = await inputOf(desk, options);
    if (as !== undefined) return restoreAs(desk, of.backup ?? "", as);
    const input = { ...of, ...(withoutSafety && { withoutSafety: true }) };
    // Looked at first either way: what cannot be is refused before there is a run of it.
    const items = await desk.journal.planOperation("restore", slug, input);
    if (plan)
      return {
        result: { slug, ...of, items },
        text: `${planText(items)}\n\n${planSummary(items)}`,
        exitCode: items.some((each) => each.does !== "keep") ? exitCode.differs : exitCode.ok,
      };
    const blocked = items.find((each) => each.does === "blocked");
    if (blocked !== undefined)
      throw new Fault("rejected", {
        what: blocked.why ?? "The backup cannot be restored.",
        next: blocked.next ?? `Choose another one: \`atoll backup list ${slug}\`.`,
        field: "backup",
      });
    return yield* followRun(desk, "restore", slug, {
      input,
      done: ({ durationMs }) =>
        `\n${paint("green", "✓")} ${slug} holds ${heldAfter(of)}  (${duration(durationMs)})`,
    });
  });
}

/** How it was asked for, as on the command line. Throws a fault where it is not one thing. */
function askedFor({ slug, backup, provider, at, as }: RestoreOptions): string {
  const given = [
    ...(backup === undefined ? [] : [backup]),
    ...(provider === undefined ? [] : [`--provider ${provider}`]),
    ...(at === undefined ? [] : [`--at ${at}`]),
  ];
  const [one] = given;
  if (one === undefined || given.length > 1)
    throw new Fault("rejected", {
      what: one === undefined ? "No backup was named." : `More than one was named: ${given.join(", ")}.`,
      next: `Name one of those that \`atoll backup list ${slug}\` shows.`,
      field: "backup",
    });
  if (as !== undefined && backup === undefined)
    throw new Fault("rejected", {
      what: "A provider takes its own project back, and makes no other one.",
      next: `Make a new instance of one of the hub's own: \`atoll restore ${slug} newest --as ${as}\`.`,
      field: "as",
    });
  return one;
}

interface Input {
  from?: "provider";
  backup?: string;
  at?: string;
}

async function inputOf(desk: Desk, options: RestoreOptions): Promise<Input> {
  const { provider, at } = options;
  if (provider !== undefined) return { from: "provider", backup: provider };
  if (at !== undefined) return { from: "provider", at };
  return { backup: await idOf(desk, options) };
}

function heldAfter({ from, backup, at }: Input): string {
  if (from === undefined) return `what the backup ${backup} holds`;
  return at === undefined ? `what its provider's backup ${backup} holds` : `what it held at ${at}`;
}

async function idOf(desk: Desk, { slug, backup = "" }: RestoreOptions): Promise<string> {
  if (backup !== "newest") return backup;
  const { items } = await desk.backups.show(slug);
  const newest = items.find(({ state }) => state === "verified");
  if (newest !== undefined) return newest.id;
  throw new Fault("rejected", {
    what: `There is no backup of "${slug}" that was restored for a trial.`,
    next: `\`atoll backup ${slug}\` makes one.`,
    field: "backup",
  });
}

async function restoreAs(desk: Desk, backup: string, as: string): Promise<Outcome> {
  const { id } = await desk.backups.restoreAs({ backup, slug: as, by: desk.operator });
  for (;;) {
    await desk.backups.drive();
    const found = (await desk.backups.restores()).find((each) => each.id === id);
    if (found?.state === "done" || found?.state === "failed") return ending(found);
    await sleep(500);
  }
}

function ending(made: RestoreAs): Outcome {
  if (made.state === "done")
    return {
      result: made,
      text: `${paint("green", "✓")} ${made.slug} is live, with what the backup holds; everybody signs in with the password they had.`,
      exitCode: exitCode.ok,
    };
  return {
    result: made,
    text: `${paint("red", "✗")} ${made.fault?.what ?? "It failed."}\n  ${made.fault?.next ?? "Look at its runs."}`,
    exitCode: exitCode.failed,
  };
}
