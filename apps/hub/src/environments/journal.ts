import { Fault } from "@atoll/core/fault";
import type { Journal } from "@atoll/engine/journal";
import type { InstanceSpec } from "@atoll/engine/register";
import { environmentNamed } from "./names.ts";

/** A journal on the accounts of one environment. */
export interface Desk {
  name: string;
  journal: Journal;
}

/**
 * One journal over those of several environments, which share a database: what needs a provider's account goes to the
 * environment that holds the instance, everything else to the first, the default. Slugs are unique over all of them.
 */
export function journalOver(desks: readonly [Desk, ...Desk[]]): Journal {
  const [{ journal: first, name: byDefault }] = desks;
  // An instance of an environment that is not among them is refused by whoever is asked: it says so itself.
  const named = (name: string | undefined) => desks.find((each) => each.name === name)?.journal ?? first;
  const holding = async (slug: string) => named((await first.find(slug))?.environment);
  const running = async (runId: string) => holding((await first.run(runId))?.slug ?? "");

  /** Where a new instance is made; what is there already stays where it is. */
  async function placeOf(spec: InstanceSpec): Promise<InstanceSpec> {
    const there = await first.find(spec.slug);
    if (there === undefined || there.state === "removed")
      return { ...spec, environment: environmentNamed(desks, spec.environment ?? byDefault).name };
    if (spec.environment === undefined || spec.environment === there.environment)
      return { ...spec, environment: there.environment };
    throw new Fault("rejected", {
      what: `The slug "${spec.slug}" is taken in the environment "${there.environment}".`,
      next: `Choose another slug for "${spec.environment}", or name the environment "${there.environment}".`,
      field: "slug",
    });
  }

  // One by one: a new verb has to be given a place here.
  return {
    find: first.find,
    list: first.list,
    wait: first.wait,
    events: first.events,
    runs: first.runs,
    run: first.run,
    secret: first.secret,
    workers: first.workers,
    // Of the default environment; whoever means another one asks its own journal.
    startJob: first.startJob,
    async register(spec) {
      const placed = await placeOf(spec);
      return named(placed.environment).register(placed);
    },
    async plan(what) {
      if (typeof what === "string") return (await holding(what)).plan(what);
      const placed = await placeOf(what);
      return named(placed.environment).plan(placed);
    },
    planOperation: async (kind, slug, input) => (await holding(slug)).planOperation(kind, slug, input),
    verify: async (slug) => (await holding(slug)).verify(slug),
    drift: async (slug) => (await holding(slug)).drift(slug),
    touchedBy: async (slug, only) => (await holding(slug)).touchedBy(slug, only),
    submit: async (kind, slug, options) => (await holding(slug)).submit(kind, slug, options),
    cancel: async (runId) => (await running(runId)).cancel(runId),
    retry: async (runId) => (await running(runId)).retry(runId),
    retryUndo: async (runId) => (await running(runId)).retryUndo(runId),
    resources: async (slug) => (await holding(slug)).resources(slug),
    close: async () => {
      for (const { journal } of desks) await journal.close();
    },
  };
}
