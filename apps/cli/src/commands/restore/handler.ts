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

interface RestoreOptions {
  slug: string;
  backup: string;
  as?: string;
  confirm?: string;
  plan?: boolean;
  withoutSafety?: boolean;
}

/** Restores a backup over what stands there, or as a new instance. `confirm` has to repeat the slug. */
export async function* restore(context: CommandContext, options: RestoreOptions): Handler {
  const { slug, plan = false, as } = options;
  if (as === undefined && !plan && options.confirm !== slug)
    throw new Fault("rejected", {
      what: `Restoring exchanges all rows of "${slug}", and was not confirmed.`,
      next: `Look at \`atoll restore ${slug} ${options.backup} --plan\`, then repeat the slug: \`--confirm ${slug}\`.`,
      field: "confirm",
    });
  return yield* withDesk(context, { worker: !plan, about: slug }, async function* (desk) {
    const backup = await idOf(desk, options);
    if (as !== undefined) return restoreAs(desk, backup, as);
    const input = { backup, ...(options.withoutSafety && { withoutSafety: true }) };
    if (plan) {
      const items = await desk.journal.planOperation("restore", slug, input);
      return {
        result: { slug, backup, items },
        text: `${planText(items)}\n\n${planSummary(items)}`,
        exitCode: items.some((each) => each.does !== "keep") ? exitCode.differs : exitCode.ok,
      };
    }
    return yield* followRun(desk, "restore", slug, {
      input,
      done: ({ durationMs }) =>
        `\n${paint("green", "✓")} ${slug} holds what the backup ${backup} holds  (${duration(durationMs)})`,
    });
  });
}

async function idOf(desk: Desk, { slug, backup }: RestoreOptions): Promise<string> {
  if (backup !== "newest") return backup;
  const { items } = await desk.backups.list({ slug, state: ["verified"], limit: 1 });
  const [newest] = items;
  if (newest !== undefined) return newest.id;
  throw new Fault("rejected", {
    what: `There is no backup of "${slug}" that was restored for a trial.`,
    next: "`atoll backup list` names those that there are.",
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
