import type { AnyBlueprint } from "@atoll/core/blueprint";
import { Fault } from "@atoll/core/fault";
import { type Engine, startEngine } from "@atoll/engine/engine";
import type { EngineOptions } from "@atoll/engine/options";
import type { InstanceRecord, RunRecord } from "@atoll/engine/records";
import { connect } from "@atoll/hub/accounts";
import { type LocalCloud, providerSettings } from "@atoll/hub/settings";

/** Seals the secrets of test instances. */
export const testKey = new Uint8Array(32).fill(11);

/** Whether a step's first call for an instance (by its id) is to fail hard, before anything is done. */
export type Failing = (step: string, instance: string) => boolean | Promise<boolean>;

const refusal = (step: string) =>
  new Fault("rejected", { what: `The test refuses "${step}".`, next: "Nothing: it was ordered." });

/** The same blueprint, whose steps fail on order. Actions tell instances apart by their key, which holds the id. */
export function failingBlueprint(blueprint: AnyBlueprint, fails: Failing): AnyBlueprint {
  const change = (steps: AnyBlueprint["steps"]) =>
    steps.map((step) => {
      if (step.does === "resource") {
        const { observe, apply } = step.resource;
        const resource: typeof step.resource = {
          ...step.resource,
          // Steps that only wait have nothing to apply: they fail at their look.
          observe: async (at) => {
            const seen = await observe(at);
            if (seen.is !== "absent" && (await fails(`${step.step} (seen)`, at.instance)))
              throw refusal(step.step);
            return seen;
          },
          apply: async (job) => {
            if (await fails(step.step, job.at.instance)) throw refusal(step.step);
            return apply(job);
          },
        };
        return { ...step, resource };
      }
      const action: typeof step.action = {
        ...step.action,
        run: async (job) => {
          for (const [id] of job.key.matchAll(/[0-9a-z]{20,}/g))
            if (await fails(step.step, id)) throw refusal(step.step);
          return step.action.run(job);
        },
      };
      return { ...step, action };
    });
  const { stepsFor } = blueprint;
  return {
    ...blueprint,
    steps: change(blueprint.steps),
    ...(stepsFor && { stepsFor: (recorded, answers) => change(stepsFor(recorded, answers)) }),
  };
}

/** The `business` blueprint on a test's local cloud, as the hub builds it. */
export async function businessOn(cloud: LocalCloud, env: NodeJS.ProcessEnv = {}): Promise<AnyBlueprint> {
  const { blueprints } = connect(await providerSettings(env, async () => cloud));
  const [business] = blueprints;
  if (business === undefined) throw new Error("There is no blueprint.");
  return business;
}

/** What a test client answers. */
export const answersOf = (slug: string, more: object = {}) => ({
  name: `Client ${slug}`,
  slug,
  adminEmail: `owner@${slug}.example`,
  ...more,
});

/** A hub with one worker in this process, on a test's local cloud. */
export interface TestHub {
  engine: Engine;
  /** Records the instance `slug`, with the answers of `answersOf`. */
  register(slug: string, more?: object): Promise<InstanceRecord>;
  /** Registers `slug`, provisions it and waits for the end. */
  provision(slug: string, more?: object): Promise<RunRecord>;
  /** Runs something to its end. */
  run(kind: "update" | "repair" | "destroy", slug: string): Promise<RunRecord>;
  close(): Promise<void>;
}

export async function startHub(
  databaseUrl: string,
  blueprint: AnyBlueprint,
  options: Partial<EngineOptions> = {},
): Promise<TestHub> {
  const engine = await startEngine({
    databaseUrl,
    blueprints: [blueprint],
    key: testKey,
    environment: "local",
    lease: { beatMs: 500, ttlMs: 30_000 },
    ...options,
  });
  const register: TestHub["register"] = async (slug, more) =>
    (await engine.find(slug)) ??
    engine.register({
      slug,
      blueprint: blueprint.name,
      answers: blueprint.questions.parse(answersOf(slug, more)),
      environment: "local",
    });
  return {
    engine,
    register,
    async provision(slug, more) {
      await register(slug, more);
      return engine.wait(await engine.submit("provision", slug, { by: "test" }));
    },
    run: async (kind, slug) => engine.wait(await engine.submit(kind, slug, { by: "test" })),
    close: () => engine.close(),
  };
}
