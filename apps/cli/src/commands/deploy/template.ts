import type {
  TemplatePlans,
  TemplateTarget,
  TemplateUpdate,
  TemplateWhich,
} from "@atoll/contract/schemas/deployments";
import { Fault } from "@atoll/core/fault";
import { type CommandContext, withDesk } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler, Outcome } from "../../output/outcome.ts";
import { paint, plain } from "../../output/paint.ts";

/** What was typed behind `deploy template`. */
export interface TemplateOptions {
  plan?: boolean;
  all?: boolean;
  where?: string[];
  canary?: string[];
  waves?: number | number[];
  errorBudget?: number;
  approve?: boolean;
  merge?: boolean;
}

/** Which instances are meant. Nobody updates the whole fleet by leaving something out. */
function whichOf(slugs: readonly string[], { all, where = [] }: TemplateOptions): TemplateWhich {
  const chosen: TemplateWhich = slugs.length > 0 ? { slugs: [...slugs] } : {};
  for (const each of where) {
    const [field = "", value = ""] = each.split("=", 2);
    if ((field !== "blueprint" && field !== "environment") || value === "")
      throw new Fault("rejected", {
        what: `"${each}" says no place.`,
        next: "Write --where blueprint=NAME or --where environment=NAME.",
        field: "where",
      });
    chosen[field] = value;
  }
  if (slugs.length > 0 || where.length > 0 || all) return chosen;
  throw new Fault("rejected", {
    what: "Which instances are meant was not said.",
    next: "Name slugs, or say --where or --all.",
    field: "slugs",
  });
}

/** `deploy template`: plans or starts an update. */
export const updateTemplate = (
  context: CommandContext,
  slugs: readonly string[],
  options: TemplateOptions,
): Handler =>
  withDesk(context, { worker: false }, async (desk) => {
    const which = whichOf(slugs, options);
    if (options.plan) return planned(await desk.templates.plan(which));
    const { canary, waves, errorBudget, approve, merge } = options;
    const update = await desk.templates.start(
      {
        ...which,
        ...(canary && { canary }),
        ...(waves !== undefined && { waves: [waves].flat() }),
        ...(errorBudget !== undefined && { errorBudget }),
        ...(approve && { approve }),
        ...(merge && { merge }),
      },
      desk.operator,
    );
    return outcome(update, []);
  });

/** `deploy template list`: updates, newest first. */
export const templateList = (context: CommandContext): Handler =>
  withDesk(context, { worker: false }, async (desk) => {
    const { items } = await desk.templates.list({ limit: 50 });
    const text = items.map(line).join("\n") || "There was none yet.";
    return { result: { items }, text, exitCode: exitCode.ok };
  });

/** `deploy template show|pause|resume|approve|stop`. */
export const templateWord = (
  context: CommandContext,
  word: "show" | "pause" | "resume" | "approve" | "stop",
  id: string,
): Handler =>
  withDesk(context, { worker: false }, async (desk) => {
    const { templates, operator } = desk;
    const update = word === "show" ? await templates.show(id) : await templates[word](id, operator);
    return outcome(update, (await templates.targets(id, { limit: 500 })).items);
  });

const count = (number: number, one: string) => `${number} ${one}${number === 1 ? "" : "s"}`;

function planned({ template, commit, items }: TemplatePlans): Outcome {
  const lines = items.map(({ instance, isCurrent, taken, merged, removed, conflicts, byHand, problem }) => {
    if (problem) return `  ${plain(instance)}  ${paint("red", plain(problem.what))}`;
    if (isCurrent) return `  ${plain(instance)}  holds it`;
    const files = `${count(taken.length + merged.length + removed.length, "file")}`;
    const clash =
      conflicts.length === 0
        ? ""
        : `, ${paint("yellow", count(conflicts.length, "conflict"))}: ${conflicts.map(({ path }) => plain(path)).join(", ")}`;
    const hand = byHand === undefined || conflicts.length > 0 ? "" : `\n     ${plain(byHand)}`;
    return `  ${plain(instance)}  ${files}${clash}${hand}`;
  });
  return {
    result: { template, commit, items },
    text: [`${plain(template)} at ${commit.slice(0, 7)}`, ...lines].join("\n"),
    exitCode: items.every(({ isCurrent }) => isCurrent) ? exitCode.ok : exitCode.differs,
  };
}

function line({ id, state, commit, counts, why }: TemplateUpdate): string {
  const { done, failed, waiting, pending, running, leftBehind } = counts;
  const all = done + failed + waiting + pending + running + leftBehind;
  return `${id}  ${state}  ${commit.slice(0, 7)}  ${done} of ${all} through${failed > 0 ? `, ${failed} failed` : ""}${why === undefined ? "" : `  ${plain(why)}`}`;
}

function outcome(update: TemplateUpdate, targets: readonly TemplateTarget[]): Outcome {
  const lines = targets.map(
    ({ instance, wave, state, said, pull, fault }) =>
      `  ${wave}  ${plain(instance)}  ${state}${said === undefined ? "" : `: ${plain(said)}`}${pull ? `  ${plain(pull.url)}` : ""}${fault ? `\n     ${plain(fault.what)}` : ""}`,
  );
  const next = update.next === undefined ? [] : [`  next  ${plain(update.next)}`];
  return {
    result: { update, targets },
    text: [line(update), ...next, ...lines].join("\n"),
    exitCode: update.state === "failed" || update.state === "stopped" ? exitCode.failed : exitCode.ok,
  };
}
