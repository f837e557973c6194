// Rollouts over a yard: the service that starts them, and a worker that does them.
import { startEngine } from "@atoll/engine/engine";
import { openJournal } from "@atoll/engine/journal";
import type { JournalOptions } from "@atoll/engine/options";
import { openLater } from "../../store/later.ts";
import type { Databases } from "../databases.ts";
import type { Kind } from "../kind.ts";
import { openSchemas } from "../open.ts";
import { openRehearsals } from "../rehearsals.ts";
import { type RolloutDesk, rollouts } from "../rollout-part.ts";
import { openScratch } from "../scratch.ts";

interface FleetOptions {
  hubUrl: string;
  kind: Kind;
  databases: Databases;
}

const common = (databaseUrl: string): JournalOptions => ({
  databaseUrl,
  blueprints: [],
  key: new Uint8Array(32).fill(7),
  environment: "local",
});

/** A worker for rollouts in this process. */
export async function startFleetWorker(
  { hubUrl, kind, databases }: FleetOptions,
  lease: { beatMs: number; ttlMs: number } = { beatMs: 500, ttlMs: 30_000 },
) {
  const later = openLater(hubUrl);
  const desk = Promise.withResolvers<RolloutDesk>();
  const engine = await startEngine({ ...common(hubUrl), lease, jobs: [rollouts(desk.promise)] });
  desk.resolve({
    store: await later.store(),
    databases,
    kind: (name) => (name === kind.name ? kind : undefined),
    rehearsals: openRehearsals(later.store, openScratch(hubUrl)),
  });
  return {
    async close() {
      await engine.close();
      await later.close();
    },
  };
}

/** What people do with the fleet's schema, without a worker. */
export async function openFleet({ hubUrl, kind, databases }: FleetOptions) {
  const later = openLater(hubUrl);
  const journal = await openJournal(common(hubUrl));
  const schemas = openSchemas({
    store: later.store,
    kinds: [kind],
    rehearsals: openRehearsals(later.store, openScratch(hubUrl)),
    databases: () => databases,
    journal: () => journal,
    environments: ["local"],
  });
  return {
    schemas,
    store: later.store,
    async close() {
      await journal.close();
      await later.close();
    },
  };
}
