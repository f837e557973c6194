import { setTimeout as sleep } from "node:timers/promises";
import type { ActionStep, AnyBlueprint, ResourceStep } from "@atoll/core/blueprint";
import { randomIds } from "@atoll/core/ids";
import { Secret } from "@atoll/core/secret";

/** What one step did, in calls that stood one after the other. Looks that found it settling do not count. */
export interface BareStep {
  step: string;
  needs: readonly string[];
  /** Calls one after the other; those that overlapped count once. */
  rounds: number;
  /** Rounds until the thing was made: what the provider does by itself begins here. */
  roundsUntilMade: number;
  /** Real time that it took. */
  tookMs: number;
}

/** One provider call as it was sent. */
export interface SentCall {
  url: string;
  init: RequestInit;
}

const applyAtMost = 10;
const pollMs = 5;

/**
 * Does a blueprint's steps one after the other with the bare adapters: look, compare, apply, look again. No journal,
 * no durable step, no retry.
 */
export async function runBare(
  blueprint: AnyBlueprint,
  answers: Record<string, unknown>,
  cloudUrl: string,
): Promise<{ steps: BareStep[]; calls: SentCall[] }> {
  const secrets = Object.fromEntries(
    Object.entries(blueprint.secrets(randomIds)).map(([name, value]) => [name, new Secret(name, value)]),
  );
  const parsed: Record<string, unknown> = blueprint.questions.parse(answers);
  const instance = {
    id: randomIds.instance(),
    slug: String(parsed.slug),
    blueprint: blueprint.name,
    environment: "local",
    answers: parsed,
    chosen: blueprint.chosen(randomIds),
  };
  const known = { instance, secrets };
  const outputs: Record<string, unknown> = {};
  const meter = meterOf(cloudUrl);

  async function look(step: ResourceStep, id: string | undefined) {
    const context = contextOf(step);
    const within = step.within?.(context);
    const access = step.access?.(known);
    const at = {
      instance: instance.id,
      name: step.name(known),
      ...(within !== undefined && { within }),
      ...(id !== undefined && { id }),
      ...(access && { access }),
    };
    for (;;) {
      const before = meter.mark();
      const seen = await step.resource.observe(at);
      if (seen.is !== "settling") return { at, seen };
      meter.forget(before);
      await sleep(pollMs);
    }
  }

  const contextOf = (step: ResourceStep | ActionStep) => ({
    ...known,
    needs: Object.fromEntries(step.needs.map((need) => [need, outputs[need]])),
  });

  async function ensure(step: ResourceStep): Promise<number> {
    let id: string | undefined;
    let untilMade = 0;
    for (let applied = 0; applied <= applyAtMost; applied++) {
      const { at, seen } = await look(step, id);
      const live = seen.is === "present" ? seen.attrs : undefined;
      const want = step.want(contextOf(step));
      const changes = live ? step.resource.compare(want, live) : [{ path: "", act: "create" as const }];
      if (live && changes.length === 0) {
        outputs[step.step] = live;
        return untilMade;
      }
      id = await step.resource.apply({ at, want, live, changes });
      if (!live) untilMade = meter.mark().rounds;
    }
    throw new Error(`Step "${step.step}" does not converge.`);
  }

  const steps: BareStep[] = [];
  try {
    for (const step of blueprint.steps.filter((each) => each.when(known))) {
      meter.reset();
      const stepBegun = performance.now();
      let roundsUntilMade = 0;
      if (step.does === "resource") roundsUntilMade = await ensure(step);
      else {
        const context = contextOf(step);
        outputs[step.step] = await step.action.run({ key: step.key(context), want: step.want(context) });
      }
      const { rounds } = meter.mark();
      const tookMs = performance.now() - stepBegun;
      steps.push({ step: step.step, needs: step.needs, rounds, roundsUntilMade, tookMs });
    }
    return { steps, calls: meter.calls };
  } finally {
    meter.end();
  }
}

/** Counts the calls to the cloud's providers; a deployed site's own answer has no provider's latency. */
function meterOf(cloudUrl: string) {
  const real = globalThis.fetch;
  const calls: SentCall[] = [];
  let rounds = 0;
  let under = 0;
  globalThis.fetch = async (input, init = {}) => {
    const url = input instanceof Request ? input.url : String(input);
    if (!url.startsWith(`${cloudUrl}/`)) return real(input, init);
    calls.push({ url, init });
    if (under === 0) rounds += 1;
    under += 1;
    try {
      return await real(input, init);
    } finally {
      under -= 1;
    }
  };
  return {
    calls,
    mark: () => ({ rounds, calls: calls.length }),
    forget(mark: { rounds: number; calls: number }) {
      rounds = mark.rounds;
      calls.length = mark.calls;
    },
    reset() {
      rounds = 0;
    },
    end() {
      globalThis.fetch = real;
    },
  };
}
