import type { PlanItem } from "@atoll/core/blueprint";
import { type Finding, failed, listed, notApplicable, ok, waiting } from "./line.ts";
import { isUnderWay, itemsOf, type Scene } from "./scene.ts";

interface Words {
  /** Said when all is well. */
  well: string;
  /** Said when the instance has no such step. */
  none: string;
  /** Of the changes of a step, those that this line is about; all unless said. */
  about?(path: string): boolean;
  /** Of the problems that a probe found, those that this line is about; all unless said. */
  problem?(problem: string): boolean;
}

const repair = "Repair the instance, then check again.";
const deeds = { create: "is missing", update: "differs", replace: "differs", remove: "is too much" } as const;

/** Needs without which nobody can tell how a step is. */
function unmadeNeedsOf({ items }: Scene, { after }: PlanItem): string[] {
  return after.filter((need) => {
    const does = items.find(({ step }) => step === need)?.does;
    return does === "create" || does === "blocked" || does === "wait";
  });
}

/** What is wrong with one step; undefined = nothing that this line is about. */
function wrongWith(scene: Scene, item: PlanItem, words: Words): Finding | undefined {
  const { step, does, changes, why, next } = item;
  const about = words.about ?? (() => true);
  const unmade = unmadeNeedsOf(scene, item);
  if (does === "wait") return waiting(`${step}: ${why ?? "it is still being made"}.`);
  if (does === "blocked") return failed(`${step}: ${why ?? "it cannot be looked at."}`, next ?? repair);
  if (does === "create" || does === "send")
    return unmade.length > 0
      ? waiting(`${step} waits for ${listed(unmade)}.`, "See to what it waits for.")
      : isUnderWay(scene)
        ? waiting(`${step} is still being made.`)
        : failed(`${step} is not there: ${item.name}.`, repair);
  const different = changes.filter(({ path }) => about(path));
  if (different.length > 0)
    return failed(`${step}: ${listed(different.map(({ path, act }) => `${path} ${deeds[act]}`))}.`, repair);
  const problems = scene.problems
    .filter((each) => each.step === step && (words.problem?.(each.problem) ?? true))
    .map((each) => each.problem);
  return problems.length > 0 ? failed(listed(problems), "See to it, or repair the instance.") : undefined;
}

/** A line that the plan answers: steps of these kinds are there, as wanted, and answer. */
export function planned(scene: Scene, isOne: (kind: string) => boolean, words: Words): Finding {
  const items = itemsOf(scene, isOne);
  if (items.length === 0) return notApplicable(words.none);
  const wrong = items.map((item) => wrongWith(scene, item, words)).filter((each) => each !== undefined);
  const worst = wrong.filter(({ result }) => result === "failed");
  const told = worst.length > 0 ? worst : wrong;
  const [first] = told;
  if (first === undefined) return ok(words.well);
  return { ...first, what: told.map(({ what }) => what).join(" ") };
}
