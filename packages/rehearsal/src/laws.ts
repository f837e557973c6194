import type { PlanItem } from "@atoll/core/blueprint";
import { bad, fared, type Outcome, okay, orderOf, otherThan, type Stage } from "./stage.ts";
import { growth, miscounted, sizes, things, unlike } from "./things.ts";
import { refusalOf } from "./troubled.ts";

// By the step's place: names may be longer than a slug, and two may begin alike.
const slugOf = ({ blueprint }: Pick<Stage, "blueprint">, law: string, step: string, number = 0) =>
  `${law}-${blueprint.steps.findIndex((each) => each.step === step) + 1}${number > 0 ? `-${number}` : ""}`;

/** What still differs from what is wanted; undefined = nothing. */
async function drift({ journal }: Stage, slug: string): Promise<string | undefined> {
  const items: PlanItem[] = await journal.drift(slug);
  if (items.length === 0) return undefined;
  return `it is not as wanted: ${items.map(({ step, changes }) => [step, ...changes.map(({ path }) => path)].join(" ")).join(", ")}`;
}

/** An instance is made; and then everything is asked whether it answers. */
export async function made(stage: Stage, slug: string): Promise<Outcome> {
  const before = sizes(await stage.cloud.inventory());
  await stage.register(slug);
  const run = await stage.run("provision", slug);
  stage.one = growth(sizes(await stage.cloud.inventory()), before);
  const problem = otherThan(run, "succeeded");
  const { problems } = problem === undefined ? await stage.journal.verify(slug) : { problems: [] };
  const steps = Object.fromEntries(
    run.steps.map(({ step, state, fault }) => {
      const silent = problems.find((each) => each.step === step)?.problem;
      if (state === "skipped" || stage.off.includes(step))
        return [step, { result: "skipped" as const, what: "not wanted" }];
      return [step, fared(state === "done" ? silent : (fault?.what ?? `it is ${state}`))];
    }),
  );
  const tried = Object.values(steps).filter(({ result }) => result !== "skipped").length;
  return { steps, what: problem === undefined ? [] : [problem], tried };
}

/** The same is asked for again: nothing is written. */
export async function again(stage: Stage, slug: string): Promise<Outcome> {
  await stage.cloud.clearLog();
  const run = await stage.run("update", slug);
  const writes = await stage.cloud.writes();
  const problem = otherThan(run, "succeeded");
  const steps = Object.fromEntries(
    run.steps
      .filter(({ step }) => !stage.off.includes(step))
      .map(({ step, did }) => [
        step,
        fared(did === undefined || did === "kept" || did === "skipped" ? undefined : `it was ${did} again`),
      ]),
  );
  return {
    steps,
    what: [...(problem ? [problem] : []), ...writes.map((each) => `it wrote ${each}`)],
    tried: Object.keys(steps).length,
  };
}

interface Trial {
  step: string;
  slug: string;
  what?: string;
  order(instance: string): void;
  /** True while what was ordered has not happened yet. */
  isOpen(instance: string): boolean;
}

/** Runs one instance for each trial side by side, and counts what there is afterwards. */
async function oneOfEach(stage: Stage, trials: readonly Trial[]): Promise<Outcome> {
  const before = sizes(await stage.cloud.inventory());
  const ids = new Map<Trial, string>();
  for (const trial of trials) {
    const { id } = await stage.register(trial.slug);
    ids.set(trial, id);
    trial.order(id);
  }
  const ends = await Promise.all(
    trials.map(async (trial) => {
      const { step, slug, what } = trial;
      const ended = otherThan(await stage.run("provision", slug), "succeeded");
      const came = !trial.isOpen(ids.get(trial) ?? "");
      return { step, what, came, problem: ended ?? (await drift(stage, slug)) };
    }),
  );
  const grown = growth(sizes(await stage.cloud.inventory()), before);
  const live = ends.filter(({ problem }) => problem === undefined).length;
  const wanted = Object.fromEntries(Object.entries(stage.one).map(([path, count]) => [path, count * live]));
  const steps: Outcome["steps"] = {};
  for (const { step, what, problem, came } of ends) {
    if (problem !== undefined) steps[step] = bad(what === undefined ? problem : `${what}: ${problem}`);
    else if (steps[step]?.result !== "failed" && came) steps[step] = okay(what);
    else steps[step] ??= { result: "skipped", what: "it did nothing that this could happen to" };
  }
  // What a failed trial left is told by its step: only a clean lot can be counted.
  return {
    steps,
    what: live === trials.length ? miscounted(grown, wanted) : [],
    tried: ends.filter(({ came }) => came).length,
  };
}

/** The step's work is done, nobody hears of it, and it is done again. */
export async function twice(stage: Stage): Promise<Outcome> {
  return oneOfEach(
    stage,
    stage.some(stage.steps, "twice").map((step) => ({
      step,
      slug: slugOf(stage, "twice", step),
      order: (instance) => void stage.orders.repeating.add(orderOf(step, instance)),
      isOpen: (instance) => stage.orders.repeating.has(orderOf(step, instance)),
    })),
  );
}

/** The connection breaks after a write was done: for each write that the good run's step sent. */
export async function lost(stage: Stage, instance: string): Promise<Outcome> {
  const sent = stage.trace.sent(instance);
  const writes = stage.steps.flatMap((step) =>
    (sent[step] ?? []).map((what, number) => ({ step, what, number })),
  );
  return oneOfEach(
    stage,
    stage.some(writes, "lost").map(({ step, what, number }) => ({
      step,
      what,
      slug: slugOf(stage, "lost", step, number + 1),
      order: (id) => stage.trace.lose(id, step, number),
      isOpen: (id) => stage.trace.isToLose(id, step, number),
    })),
  );
}

/** The step fails hard: everything that was made is taken away again. */
export async function fails(stage: Stage): Promise<Outcome> {
  const before = things(await stage.cloud.inventory());
  const steps: Outcome["steps"] = {};
  const tried = stage.some(stage.steps, "fails");
  for (const step of tried)
    stage.orders.failing.add(orderOf(step, (await stage.register(slugOf(stage, "fails", step))).id));
  await Promise.all(
    tried.map(async (step) => {
      const slug = slugOf(stage, "fails", step);
      const run = await stage.run("provision", slug);
      const kept = (await stage.journal.resources(slug)).map((each) => each.step);
      const other =
        run.fault?.what === refusalOf(step)
          ? undefined
          : `it failed otherwise: ${run.fault?.what ?? "not at all"}`;
      steps[step] = fared(
        otherThan(run, "undone") ??
          other ??
          (kept.length > 0 ? `still listed: ${kept.join(", ")}` : undefined),
      );
    }),
  );
  return { steps, what: unlike(things(await stage.cloud.inventory()), before), tried: tried.length };
}

/** A run that fails at its end takes everything away, each thing twice. */
export async function undoTwice(stage: Stage): Promise<Outcome> {
  const { orders, last } = stage;
  const before = things(await stage.cloud.inventory());
  const { id, slug } = await stage.register("undo-twice");
  orders.failing.add(orderOf(last, id));
  orders.removingTwice = { on: true, problems: new Map() };
  const run = await stage.run("provision", slug);
  const { problems } = orders.removingTwice;
  orders.removingTwice = { on: false, problems: new Map() };
  const ended = otherThan(run, "undone");
  const steps = Object.fromEntries(
    [...problems].map(([step, problem]) => [step, fared(problem && `the second removal failed: ${problem}`)]),
  );
  const left = unlike(things(await stage.cloud.inventory()), before);
  return { steps, what: [...(ended ? [ended] : []), ...left], tried: problems.size };
}

/** Everything is destroyed: what is there is what was there before anything was made. */
export async function gone(
  stage: Pick<Stage, "cloud" | "run">,
  slugs: readonly string[],
  before: object,
): Promise<Outcome> {
  const what: string[] = [];
  await Promise.all(
    slugs.map(async (slug) => {
      const ended = otherThan(await stage.run("destroy", slug), "succeeded");
      if (ended !== undefined) what.push(`${slug}: ${ended}`);
    }),
  );
  const after = things(await stage.cloud.inventory());
  return { steps: {}, what: [...what, ...unlike(after, { ...before })], tried: slugs.length };
}
