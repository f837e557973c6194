import type { StoredEvent } from "@atoll/core/event";
import { type Engine, startEngine } from "../engine.ts";
import type { EngineOptions } from "../options.ts";
import type { RunRecord, SubmitOptions } from "../records.ts";
import { type FakeOptions, fakeBlueprint } from "./fake-blueprint.ts";
import { FakeCloud } from "./fake-cloud.ts";

/** Seals the secrets of test instances. */
export const testKey = new Uint8Array(32).fill(7);

/** Two databases of one test file: the hub's, and the one behind the fake provider. */
export interface Databases {
  hub: string;
  cloud: string;
}

/** A hub with one worker in this process. */
export interface Harness {
  databases: Databases;
  cloud: FakeCloud;
  engine: Engine;
  /** Registers `slug`, provisions it and waits for the end. */
  provision(slug: string, answers?: object, options?: Partial<SubmitOptions>): Promise<RunRecord>;
  /** What stands at the provider for one slug: names without the slug. */
  standing(slug: string): Promise<string[]>;
  /** Writes at the provider for one slug. */
  writes(slug: string): Promise<string[]>;
  /** All events of a run. */
  story(runId: string): Promise<StoredEvent[]>;
  close(): Promise<void>;
}

export async function startHarness(
  databases: Databases,
  options: Record<string, FakeOptions> = {},
  engineOptions: Partial<EngineOptions> = {},
): Promise<Harness> {
  const cloud = new FakeCloud(databases.cloud);
  await cloud.prepare();
  const engine = await startEngine({
    databaseUrl: databases.hub,
    blueprints: [fakeBlueprint(cloud, options)],
    key: testKey,
    lease: { beatMs: 500, ttlMs: 30_000 },
    ...engineOptions,
  });
  const short = (slug: string, name: string) => name.replace(`${slug}-`, "");
  return {
    databases,
    cloud,
    engine,
    async provision(slug, answers = { title: "A" }, submit = {}) {
      await engine.register({ slug, blueprint: "fake", answers });
      return engine.wait(await engine.submit("provision", slug, { by: "test", ...submit }));
    },
    async standing(slug) {
      const things = await cloud.inventory();
      return things.filter(({ name }) => name.startsWith(`${slug}-`)).map(({ name }) => short(slug, name));
    },
    async writes(slug) {
      const lines = await cloud.writes();
      return lines.filter((line) => line.includes(` ${slug}-`)).map((line) => short(slug, line));
    },
    async story(runId) {
      const events: StoredEvent[] = [];
      for await (const event of engine.events(runId)) events.push(event);
      return events;
    },
    async close() {
      await engine.close();
      await cloud.close();
    },
  };
}

/** Waits until a condition holds; throws with `what` when it does not within the time. */
export async function until(
  what: string,
  holds: () => Promise<boolean> | boolean,
  withinMs = 30_000,
): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`Waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
