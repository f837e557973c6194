import type { AnyBlueprint } from "@atoll/core/blueprint";
import { startEngine } from "@atoll/engine/engine";
import { openJournal } from "@atoll/engine/journal";
import { controlOf } from "./control.ts";
import { killed, type Scenario } from "./killed.ts";
import { again, fails, gone, lost, made, twice, undoTwice } from "./laws.ts";
import type { Moment } from "./orders.ts";
import type { Law, Report } from "./report.ts";
import { drawing } from "./seed.ts";
import { type Orders, type Outcome, orderOf, type Sampled, type Stage } from "./stage.ts";
import { things } from "./things.ts";
import { openTrace } from "./trace.ts";
import { troubled } from "./troubled.ts";
import type { WorkerProgram } from "./workers.ts";

/** What a rehearsal needs; everything is its own and is thrown away afterwards. */
interface RehearsalOptions {
  blueprint: AnyBlueprint;
  /** Address of a local cloud. */
  cloudUrl: string;
  databaseUrl: string;
  environment: string;
  key: Uint8Array;
  /** Answers of an imagined client. */
  sample(slug: string): Record<string, unknown>;
  /** Where orders for worker processes lie. */
  folder: string;
  worker: WorkerProgram;
  seed: number;
  /** A sample of what there is to try, everything that there is, or about a dozen of each. */
  extent: "quick" | "usual" | "all";
  /** Only this step is put to trial. */
  step?: string;
  onLaw?(law: Law): void;
}

// How many of each are tried side by side: what there is costs seconds each.
const samples: Record<"quick" | "usual", Record<Sampled, number>> = {
  quick: { twice: 2, lost: 3, fails: 4, killed: 1, "killed-undoing": 1 },
  usual: { twice: 10, lost: 12, fails: Number.POSITIVE_INFINITY, killed: 8, "killed-undoing": 4 },
};

/** Runs a blueprint on a local cloud with everything going wrong that can, and says how each step fared. */
export async function rehearse(options: RehearsalOptions): Promise<Report> {
  const { blueprint, databaseUrl, environment, key, sample, seed, step, onLaw = () => {} } = options;
  const began = performance.now();
  const cloud = controlOf(options.cloudUrl);
  const draw = drawing(seed);
  const orders: Orders = {
    failing: new Set(),
    repeating: new Set(),
    removingTwice: { on: false, problems: new Map() },
  };
  const trace = openTrace();
  const moments: Stage["moments"] = new Map();
  const report: Report["laws"] = [];
  const outcomes = new Map<Law, Outcome>();

  async function law(name: Law, work: () => Promise<Outcome>): Promise<void> {
    onLaw(name);
    const startedMs = performance.now();
    const outcome = await work();
    outcomes.set(name, outcome);
    const ok =
      outcome.what.length === 0 && Object.values(outcome.steps).every(({ result }) => result !== "failed");
    report.push({ law: name, ok, durationMs: performance.now() - startedMs, what: outcome.what });
  }
  const goesOn = () => report.every(({ ok }) => ok);

  const journalOptions = { databaseUrl, environment, key, blueprints: [blueprint] };
  const register =
    (journal: Pick<Stage["journal"], "register">): Stage["register"] =>
    (slug) => {
      const answers = blueprint.questions.parse(sample(slug));
      return journal.register({ slug, blueprint: blueprint.name, answers, environment });
    };
  const some: Stage["some"] = (list, what) =>
    options.extent === "all" ? [...list] : draw(list, samples[options.extent][what]);
  const before = things(await cloud.inventory());
  let one: Record<string, number> = {};
  let scenarios: Scenario[] = [];

  // --- in this process: every step is seen
  const engine = await startEngine({
    ...journalOptions,
    blueprints: [
      troubled(blueprint, {
        fails: (name, instance) => orders.failing.delete(orderOf(name, instance)),
        repeats: (name, instance) => orders.repeating.delete(orderOf(name, instance)),
        removesTwice: () => orders.removingTwice.on,
        removed: (name, problem) => void orders.removingTwice.problems.set(name, problem),
        within: trace.within,
      }),
    ],
    lease: { beatMs: 500, ttlMs: 30_000 },
    async pause(point, { runId, step: at }) {
      moments.set(runId, [...(moments.get(runId) ?? []), { point, step: at }]);
    },
  });
  try {
    const run: Stage["run"] = async (kind, slug) =>
      engine.wait(await engine.submit(kind, slug, { by: "rehearsal" }));
    const stage: Stage = {
      blueprint,
      journal: engine,
      cloud,
      orders,
      trace,
      moments,
      one,
      steps: [],
      some,
      register: register(engine),
      run,
    };
    await law("made", () => made(stage, "calm"));
    one = stage.one;
    const instance = (await engine.find("calm"))?.id ?? "";
    const wanted = Object.entries(outcomes.get("made")?.steps ?? {}).filter(
      ([, { result }]) => result !== "skipped",
    );
    stage.steps = wanted.map(([name]) => name).filter((name) => step === undefined || name === step);
    if (goesOn()) {
      await law("again", () => again(stage, "calm"));
      await law("twice", () => twice(stage));
      await law("lost", () => lost(stage, instance));
      await law("fails", () => fails(stage));
      await law("undo-twice", () => undoTwice(stage));
      const undone = (await engine.find("undo-twice"))?.id ?? "";
      scenarios = momentsOf(moments, { instance, undone }, stage.steps, step !== undefined, some);
    }
  } finally {
    trace.end();
    await engine.close();
  }

  // --- in processes of their own: they are killed
  if (outcomes.has("undo-twice")) {
    const journal = await openJournal(journalOptions);
    try {
      const { worker, folder } = options;
      await law("killed", () =>
        killed({ journal, cloud, worker, folder, one, register: register(journal) }, scenarios),
      );
    } finally {
      await journal.close();
    }
  }

  // --- and away with all of it
  const last = await startEngine(journalOptions);
  try {
    const slugs = (await last.list())
      .filter(({ state }) => state !== "removed" && state !== "provisioning")
      .map(({ slug }) => slug);
    const run: Stage["run"] = async (kind, slug) =>
      last.wait(await last.submit(kind, slug, { by: "rehearsal" }));
    await law("gone", () => gone({ cloud, run }, slugs, before));
  } finally {
    await last.close();
  }

  return {
    blueprint: blueprint.name,
    ok: goesOn(),
    seed,
    durationMs: performance.now() - began,
    steps: blueprint.steps.map((each) => ({
      step: each.step,
      kind: each.does === "resource" ? each.resource.kind : each.action.kind,
      laws: Object.fromEntries(
        [...outcomes].flatMap(([name, { steps }]) => (steps[each.step] ? [[name, steps[each.step]]] : [])),
      ),
    })),
    laws: report,
  };
}

/** Which deaths are tried: moments that a good run passes, and those at which a run that fails is undone. */
function momentsOf(
  moments: Stage["moments"],
  of: { instance: string; undone: string },
  steps: readonly string[],
  isNarrow: boolean,
  some: Stage["some"],
): Scenario[] {
  const passed = (id: string) =>
    (moments.get(`${id}-1`) ?? []).filter(({ step }) => (step === "" ? !isNarrow : steps.includes(step)));
  const forward = passed(of.instance).map((each) => ({ ...each, undone: false }));
  const isOfUndo = ({ point }: Moment) =>
    /^(undo-registered|removed-not-recorded|removal-recorded)$/.test(point);
  const back = passed(of.undone)
    .filter(isOfUndo)
    .map((each) => ({ ...each, undone: true }));
  const unique = (list: readonly Scenario[]) => [
    ...new Map(list.map((each) => [`${each.point} ${each.step}`, each])).values(),
  ];
  return [...some(unique(forward), "killed"), ...some(unique(back), "killed-undoing")];
}
