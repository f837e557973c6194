import type { Journal } from "@atoll/engine/journal";
import type { Control } from "./control.ts";
import { type Moment, openOrders } from "./orders.ts";
import { bad, type Outcome, okay, otherThan } from "./stage.ts";
import { growth, miscounted, sizes } from "./things.ts";
import type { Keeper } from "./workers.ts";

/** A worker that dies at a moment of one run. */
export interface Scenario extends Moment {
  /** The run fails at its end, so that it is undone: the death comes there. */
  undone: boolean;
}

interface Killing {
  journal: Journal;
  cloud: Control;
  keeper: Keeper;
  /** The step at which a run fails that is to be undone. */
  last: string;
  /** Where the workers find their orders. */
  folder: string;
  one: Record<string, number>;
  register(slug: string): Promise<{ id: string; slug: string }>;
}

// A moment that a run did not pass, because another's death came first, gets its turn in the next round.
const mostRounds = 4;
const words = ({ point, step, undone }: Scenario) =>
  `${point}${step === "" ? "" : ` of ${step}`}${undone ? ", while undoing" : ""}`;

/** The worker dies at a moment, another one takes over: one of each thing, or, where the run fails, nothing. */
export async function killed(
  { journal, cloud, keeper, last, folder, one, register }: Killing,
  scenarios: readonly Scenario[],
): Promise<Outcome> {
  const orders = openOrders(folder);
  const before = sizes(await cloud.inventory());
  const steps: Outcome["steps"] = {};
  const what: string[] = [];
  const live: string[] = [];
  const tell = ({ step, ...each }: Scenario, problem: string | undefined) => {
    const said = words({ step, ...each });
    if (problem !== undefined && step === "") what.push(`${said}: ${problem}`);
    if (step === "" || steps[step]?.result === "failed") return;
    steps[step] =
      problem === undefined
        ? okay([steps[step]?.what, said].filter(Boolean).join("; "))
        : bad(`${said}: ${problem}`);
  };
  try {
    if (scenarios.length > 0) await keeper.ready;
    let todo = scenarios;
    for (let round = 1; todo.length > 0 && round <= mostRounds; round++) {
      const runs = new Map<string, { scenario: Scenario; slug: string }>();
      for (const [index, scenario] of todo.entries()) {
        const { id, slug } = await register(`killed-${round}-${index}`);
        if (scenario.undone) orders.orderFailure(id, last);
        orders.orderDeath(`${id}-1`, scenario);
        runs.set(await journal.submit("provision", slug, { by: "rehearsal" }), { scenario, slug });
      }
      const ends = await Promise.race([
        Promise.all([...runs].map(async ([run, each]) => ({ ...each, run, ended: await journal.wait(run) }))),
        keeper.failed,
      ]);
      const missed = orders.takeBack();
      for (const { scenario, slug, run, ended } of ends) {
        const problem = otherThan(ended, scenario.undone ? "undone" : "succeeded");
        if (!scenario.undone && problem === undefined) live.push(slug);
        if (problem !== undefined || !missed.has(run)) tell(scenario, problem);
      }
      todo = ends.filter(({ run }) => missed.has(run)).map(({ scenario }) => scenario);
    }
    for (const scenario of todo) tell(scenario, "the moment never came");
    if (keeper.deaths() === 0 && scenarios.length > 0) what.push("no worker died");
  } catch (error) {
    what.push(error instanceof Error ? error.message : String(error));
  }
  const isClean = what.length === 0 && Object.values(steps).every(({ result }) => result === "ok");
  const grown = growth(sizes(await cloud.inventory()), before);
  const wanted = Object.fromEntries(Object.entries(one).map(([path, count]) => [path, count * live.length]));
  return { steps, what: isClean ? miscounted(grown, wanted) : what, tried: scenarios.length };
}
