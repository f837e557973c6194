import type { AnyBlueprint } from "@atoll/core/blueprint";
import { startEngine } from "@atoll/engine/engine";
import { openJournal } from "@atoll/engine/journal";
import { controlOf } from "./control.ts";
import { killed, type Scenario } from "./killed.ts";
import { again, fails, gone, lost, made, twice, undoTwice } from "./laws.ts";
import { momentsOf } from "./moments.ts";
import { hasFailed, type Law, type Report } from "./report.ts";
import { drawing } from "./seed.ts";
import { type Orders, type Outcome, orderOf, type Sampled, type Stage } from "./stage.ts";
import { mustHave, offFor } from "./steps.ts";
import { things } from "./things.ts";
import { openTrace } from "./trace.ts";
import { troubled } from "./troubled.ts";
import { keepWorker, type WorkerProgram } from "./workers.ts";

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
  /** Ends it: it rejects with the reason, when nothing that it started runs any more. */
  signal?: AbortSignal;
  onLaw?(law: Law): void;
}

// How many of each are tried side by side: what there is costs seconds each.
const samples: Record<"quick" | "usual", Record<Sampled, number>> = {
  quick: { twice: 2, lost: 3, fails: 4, killed: 1, "killed-undoing": 1 },
  usual: { twice: 10, lost: 12, fails: Number.POSITIVE_INFINITY, killed: 8, "killed-undoing": 4 },
};

/**
 * Runs a blueprint on a local cloud with everything going wrong that can, and says how each step fared.
 * Throws a fault at once where `step` is none that this client has.
 */
export async function rehearse(options: RehearsalOptions): Promise<Report> {
  const { blueprint, databaseUrl, environment, key, sample, seed, step, signal, onLaw = () => {} } = options;
  const off = offFor(blueprint, sample("calm"));
  if (step !== undefined) mustHave(blueprint, off, step);
  const last = blueprint.steps.findLast((each) => !off.includes(each.step))?.step ?? "";
  const stopped = Promise.withResolvers<never>();
  stopped.promise.catch(() => {}); // told by the law that is under way
  signal?.addEventListener("abort", () => stopped.reject(signal.reason));
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
    signal?.throwIfAborted();
    onLaw(name);
    const startedMs = performance.now();
    const outcome = await Promise.race([work(), stopped.promise]);
    outcomes.set(name, outcome);
    const { what, steps, tried } = outcome;
    const isWrong = what.length > 0 || Object.values(steps).some(({ result }) => result === "failed");
    const result = isWrong ? "failed" : tried === 0 ? "not tried" : "ok";
    report.push({ law: name, result, durationMs: performance.now() - startedMs, what });
  }

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
      off,
      steps: [],
      last,
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
    if (!hasFailed({ laws: report })) {
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
    const { worker, folder } = options;
    const journal = await openJournal(journalOptions);
    const keeper = keepWorker(worker);
    try {
      await law("killed", () =>
        killed({ journal, cloud, keeper, last, folder, one, register: register(journal) }, scenarios),
      );
    } finally {
      await keeper.stop();
      await journal.close();
    }
  }

  // --- and away with all of it
  signal?.throwIfAborted();
  const cleaner = await startEngine(journalOptions);
  try {
    const slugs = (await cleaner.list())
      .filter(({ state }) => state !== "removed" && state !== "provisioning")
      .map(({ slug }) => slug);
    const run: Stage["run"] = async (kind, slug) =>
      cleaner.wait(await cleaner.submit(kind, slug, { by: "rehearsal" }));
    await law("gone", () => gone({ cloud, run }, slugs, before));
  } finally {
    await cleaner.close();
  }

  return {
    blueprint: blueprint.name,
    ok: report.every(({ result }) => result === "ok"),
    seed,
    durationMs: performance.now() - began,
    ...(step !== undefined && { only: step }),
    off,
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
