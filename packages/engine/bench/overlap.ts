// How long a run takes, as a ratio of its critical path, and how long a takeover takes. Needs a Postgres:
//   node packages/engine/bench/overlap.ts postgresql://postgres@127.0.0.1:5432/postgres
// 14 steps of known durations: the critical path is computed from them, the run is measured.
import { type AnyBlueprint, blueprint } from "@atoll/core/blueprint";
import type { Resource } from "@atoll/core/resource";
import pg from "pg";
import { startEngine } from "../src/engine.ts";

const [admin = ""] = process.argv.slice(2);
const name = `bench_${Date.now()}`;

async function asAdmin(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: admin });
  await client.connect();
  await client.query(sql);
  await client.end();
}

/** Duration of each step in milliseconds and what it needs: a column of projects, branches of other things. */
const steps: [step: string, durationMs: number, needs: string[]][] = [
  ["project", 1_500, []],
  ["repository", 400, []],
  ["workflows", 300, []],
  ["keys", 150, ["project"]],
  ["auth", 200, ["project"]],
  ["schema", 400, ["project"]],
  ["admin", 200, ["schema"]],
  ["site", 200, ["repository"]],
  ["environment", 200, ["site", "keys"]],
  ["deployment", 900, ["environment", "repository", "schema"]],
  ["credentials", 200, ["keys"]],
  ["activation", 300, ["workflows", "credentials"]],
  ["backup", 200, ["activation"]],
  ["welcome", 100, ["deployment", "admin"]],
];

const readyAt = new Map<string, number>();

function timed(step: string, durationMs: number): Resource<object, object> {
  return {
    kind: `bench.${step}`,
    lostCreate: "find-by-name",
    removal: "own",
    async observe(at) {
      const ready = readyAt.get(at.name);
      if (ready === undefined) return { is: "absent" };
      if (Date.now() < ready) return { is: "settling", id: at.name, retryInMs: 20 };
      return { is: "present", id: at.name, owner: "us", attrs: {} };
    },
    compare: () => [],
    async apply({ at }) {
      readyAt.set(at.name, Date.now() + durationMs);
      return at.name;
    },
    async remove() {},
  };
}

const shape = steps.map(([step, durationMs, needs]) => ({
  does: "resource" as const,
  step,
  needs,
  resource: timed(step, durationMs),
  name: (known: { instance: { slug: string } }) => `${known.instance.slug}-${step}`,
  want: () => ({}),
  when: () => true,
}));
const head = {
  name: "bench",
  questions: { parse: () => ({}), schema: () => ({}) },
  chosen: () => ({}),
  secrets: () => ({}),
};
const bench: AnyBlueprint = { ...blueprint(head).build(() => undefined), steps: shape };

const ends = new Map<string, number>();
for (const [step, durationMs, needs] of steps)
  ends.set(step, durationMs + Math.max(0, ...needs.map((need) => ends.get(need) ?? 0)));
const critical = Math.max(...ends.values());
const sum = steps.reduce((total, [, durationMs]) => total + durationMs, 0);

await asAdmin(`create database ${name}`);
const url = new URL(admin);
url.pathname = `/${name}`;
const engine = await startEngine({ databaseUrl: url.href, blueprints: [bench], key: new Uint8Array(32) });
for (const count of [1, 1, 1, 10]) {
  const cpu = process.cpuUsage();
  const runs = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const slug = `bench-${Date.now() % 1e6}-${index}`;
      await engine.register({ slug, blueprint: "bench", answers: {} });
      return engine.wait(await engine.submit("provision", slug, { by: "bench" }));
    }),
  );
  const used = process.cpuUsage(cpu);
  const walls = runs.map((run) => Date.parse(run.endedAt ?? "") - Date.parse(run.createdAt));
  const worst = Math.max(...walls);
  console.log(
    `${count} at once: ${worst} ms, ${(worst / critical).toFixed(2)} x critical path (${critical} ms), ` +
      `${(worst / sum).toFixed(2)} x sum (${sum} ms), CPU ${Math.round((used.user + used.system) / 1_000 / count)} ms a run`,
  );
}
await engine.close();
await asAdmin(`drop database ${name} with (force)`);
