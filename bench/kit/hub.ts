import { randomBytes } from "node:crypto";
import type { AnyBlueprint } from "@atoll/core/blueprint";
import { startEngine } from "@atoll/engine/engine";
import type { RunRecord } from "@atoll/engine/records";
import { openDatabase } from "@atoll/hub/database";
import { atEnd } from "./ending.ts";
import { answersOf, type BenchHome } from "./home.ts";

/** A worker on an embedded Postgres of its own. */
export interface BenchHub {
  /** Provisions one instance; `wallMs` = from handing it in until its end is known. */
  provision(blueprint: string, slug: string): Promise<{ run: RunRecord; wallMs: number }>;
}

/** Starts a worker in this process, as the hub does. */
export async function startHub(
  { env }: BenchHome,
  blueprints: readonly AnyBlueprint[],
  timeScale: number,
): Promise<BenchHub> {
  const database = await openDatabase(env, env.ATOLL_HOME ?? "");
  const engine = await startEngine({
    databaseUrl: database.url,
    blueprints,
    key: randomBytes(32),
    environment: "local",
    timeScale,
  });
  atEnd(async () => {
    await engine.close();
    await database.close();
  });
  return {
    async provision(blueprint, slug) {
      const answers = blueprints.find(({ name }) => name === blueprint)?.questions.parse(answersOf(slug));
      await engine.register({ slug, blueprint, answers });
      const begun = performance.now();
      const run = await engine.wait(await engine.submit("provision", slug, { by: "bench" }));
      const wallMs = performance.now() - begun;
      if (run.state === "succeeded") return { run, wallMs };
      throw new Error(`The run of ${slug} ended ${run.state}: ${run.fault?.what ?? "without a word"}`);
    },
  };
}
