import type { PlanItem } from "@atoll/core/blueprint";
import { withDependents } from "@atoll/core/dependents";
import type { StoredEvent } from "@atoll/core/event";
import { Fault } from "@atoll/core/fault";
import { randomIds } from "@atoll/core/ids";
import { Secret } from "@atoll/core/secret";
import { ended, type OperationKind, type RunKind } from "@atoll/core/states";
import { DBOSClient } from "@dbos-inc/dbos-sdk";
import { openDatabase } from "./database.ts";
import { openBell } from "./follow.ts";
import { enqueueJob } from "./job-workflow.ts";
import { mostEvents } from "./journal/events.ts";
import { findInstance, findInstanceById, type InstanceRow, listInstances } from "./journal/instances.ts";
import { livingVersions } from "./journal/leases.ts";
import { activeRun, findRun, listRuns, type RunRow } from "./journal/runs.ts";
import { openSecrets } from "./journal/secrets.ts";
import { listSteps } from "./journal/steps.ts";
import { openLook } from "./look.ts";
import { prepareDatabase } from "./migrate.ts";
import { mustNotBeRefused, mustStartFrom, operationOf, planOperation } from "./operation.ts";
import type { JournalOptions } from "./options.ts";
import { planOf, probeAll } from "./plan.ts";
import { applicationName, environmentOf } from "./protocol.ts";
import { quiet } from "./quiet.ts";
import type { InstanceRecord, ResourceRecord, RunRecord, SubmitOptions } from "./records.ts";
import { instanceRecord, runRecord } from "./records-of.ts";
import { type InstanceSpec, imagine, mustBeHere, registerInstance, sameOrTaken } from "./register.ts";
import { blueprintOf, type Office } from "./runtime.ts";
import { knownOf, loadScene, type Scene } from "./scene.ts";
import { Vault } from "./seal.ts";
import { cancelRun, noInstance, noRun, retryRun, retryUndoOf, submitRun } from "./submit.ts";

/** Everything about instances and runs except doing the work, which takes an `Engine` somewhere. */
export interface Journal {
  /** Records an instance and all that is random about it. Throws a fault on field "slug" when it is taken. */
  register(spec: InstanceSpec): Promise<InstanceRecord>;
  find(slug: string): Promise<InstanceRecord | undefined>;
  list(): Promise<InstanceRecord[]>;
  /**
   * What a run would do. Reads at the providers only. By its slug with the last accepted inputs; by a spec with
   * those of the spec, whether it is registered or not.
   */
  plan(what: string | InstanceSpec): Promise<PlanItem[]>;
  /** What an operation would do with an instance. Reads only. */
  planOperation(kind: OperationKind, slug: string, input?: unknown): Promise<PlanItem[]>;
  /** A plan, and what does not answer as it should, in plain words. */
  verify(slug: string): Promise<{ items: PlanItem[]; problems: { step: string; problem: string }[] }>;
  /** The items of a plan that are not as they should be. */
  drift(slug: string): Promise<PlanItem[]>;
  /** Names of the steps that a repair of `only` these looks at. */
  touchedBy(slug: string, only: readonly string[]): Promise<ReadonlySet<string>>;
  /** Starts a run and gives its id, or the id of the one that is under way. */
  submit(kind: RunKind, slug: string, options: SubmitOptions): Promise<string>;
  /** Waits until a run has ended. */
  wait(runId: string): Promise<RunRecord>;
  /** A run's story, oldest first; with `follow` it goes on until the run has ended. */
  events(
    runId: string,
    options?: { after?: number; follow?: boolean; signal?: AbortSignal },
  ): AsyncIterable<StoredEvent>;
  cancel(runId: string): Promise<void>;
  /** A failed or cancelled run goes on from where it stopped. */
  retry(runId: string): Promise<void>;
  /** Compensations that are still owed are tried again. */
  retryUndo(runId: string): Promise<void>;
  /** What the journal says is there, in the blueprint's order. */
  resources(slug: string): Promise<ResourceRecord[]>;
  runs(slug: string): Promise<RunRecord[]>;
  /** One of the blueprint's own secrets of an instance. */
  secret(slug: string, name: string): Promise<Secret | undefined>;
  run(runId: string): Promise<RunRecord | undefined>;
  /** Has a worker of this environment do a job's piece of work. The same attempt again changes nothing. */
  startJob(job: string, id: string, attempt: number): Promise<void>;
  /** How many workers live just now, by the environment whose runs they do. */
  workers(): Promise<ReadonlyMap<string, number>>;
  close(): Promise<void>;
}

const longestLookMs = 10_000; // a person waits for the answer; a run has more patience
const longestSilenceMs = 2_000; // a missed NOTIFY costs this much, no more

/** Opens what a journal and a worker both stand on. */
export async function openOffice(options: JournalOptions, idleMs = 10_000): Promise<Office> {
  const vault = new Vault(options.key, options.olderKeys);
  await prepareDatabase(options.databaseUrl);
  const db = openDatabase(options.databaseUrl, idleMs);
  return {
    db,
    vault,
    dbos: await DBOSClient.create({
      systemDatabaseUrl: options.databaseUrl,
      systemDatabasePool: db.pool,
      applicationName,
      logger: quiet,
    }),
    blueprints: new Map(options.blueprints.map((blueprint) => [blueprint.name, blueprint])),
    operations: new Map(options.operations?.map((operation) => [operation.kind, operation])),
    ids: options.ids ?? randomIds,
    environment: options.environment ?? "production",
  };
}

/** Opens the journal without a worker. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  return journalOn(await openOffice(options), options.databaseUrl);
}

/** The journal's verbs on an open office; closing it closes the office. */
export function journalOn(office: Office, databaseUrl: string): Journal {
  const { query } = office.db;
  const bell = openBell(databaseUrl);
  const look = openLook(query);

  async function mustFind(slug: string): Promise<InstanceRow> {
    const row = await findInstance(query, slug);
    if (!row) throw noInstance(slug);
    return row;
  }

  /** One that can be looked at with this environment's accounts, and that there still is. */
  async function mustStand(slug: string): Promise<InstanceRow> {
    const row = await mustFind(slug);
    mustBeHere(office, row);
    if (row.state === "removed")
      throw new Fault("rejected", {
        what: `"${slug}" was removed on ${row.updated_at.toISOString().slice(0, 10)}.`,
        next: "Its slug stays reserved: make a new instance under another one.",
        field: "slug",
      });
    return row;
  }

  async function record(row: InstanceRow): Promise<InstanceRecord> {
    return instanceRecord(row, knownOf(row, await openSecrets(query, office.vault, row.id)).instance);
  }

  async function recordRun(run: RunRow): Promise<RunRecord> {
    const [row, steps] = await Promise.all([
      findInstanceById(query, run.instance_id),
      listSteps(query, run.id),
    ]);
    const { slug = "", environment = "" } = row ?? {};
    const lacksWorker = !ended.includes(run.state) && !(await workers()).has(environment);
    return runRecord(run, { slug, environment }, steps, lacksWorker);
  }

  async function workers(): Promise<ReadonlyMap<string, number>> {
    const count = new Map<string, number>();
    for (const version of await livingVersions(query)) {
      const environment = environmentOf(version);
      if (environment !== undefined) count.set(environment, (count.get(environment) ?? 0) + 1);
    }
    return count;
  }

  async function mustFindRun(runId: string): Promise<RunRow> {
    const run = await findRun(query, runId);
    if (run) return run;
    throw noRun(runId);
  }

  async function sceneFor(what: string | InstanceSpec): Promise<Scene> {
    if (typeof what === "string") return loadScene(office, await mustStand(what));
    const row = await findInstance(query, what.slug);
    if (!row) return imagine(office, what);
    const answers = blueprintOf(office, what.blueprint).questions.parse(what.answers ?? row.answers);
    const scene = await loadScene(office, sameOrTaken(office, row, what, answers));
    scene.known.instance.answers = answers;
    return scene;
  }

  async function plan(what: string | InstanceSpec): Promise<PlanItem[]> {
    return (await planOf(await sceneFor(what))).items;
  }

  /** Looks of a run that is under way are its own: whoever asks for the same joins it. */
  async function lookFirst(kind: RunKind, slug: string, input: unknown): Promise<void> {
    const operation = operationOf(office, kind);
    if (operation === undefined) return;
    const row = await mustStand(slug);
    if ((await activeRun(query, row.id)) !== undefined) return;
    mustStartFrom(operation, slug, row.state);
    await mustNotBeRefused(operation, await loadScene(office, row), input ?? {}, longestLookMs);
  }

  async function* events(
    runId: string,
    { after = 0, follow = false, signal }: { after?: number; follow?: boolean; signal?: AbortSignal } = {},
  ): AsyncGenerator<StoredEvent> {
    let seq = after;
    while (!signal?.aborted) {
      const ring = bell.next(runId, longestSilenceMs);
      const story = await look(runId, seq);
      if (story === undefined) throw noRun(runId);
      for (const event of story.events) {
        seq = event.seq;
        yield event;
      }
      const isOver = !follow || ended.includes(story.state);
      if (isOver && story.events.length === 0) return;
      // A run that goes on rings for whatever came since the look; a long story is read on at once.
      if (!isOver && story.events.length < mostEvents) await ring;
    }
  }

  return {
    events,
    plan,
    workers,
    register: async (spec) => record(await registerInstance(office, spec)),
    find: async (slug) => {
      const row = await findInstance(query, slug);
      return row && record(row);
    },
    list: async () => Promise.all((await listInstances(query)).map(record)),
    planOperation: async (kind, slug, input) => {
      const operation = operationOf(office, kind);
      if (operation === undefined) throw new Error(`A ${kind} is no operation.`);
      const scene = await loadScene(office, await mustStand(slug));
      mustStartFrom(operation, slug, scene.row.state);
      return planOperation(operation, scene, input ?? {});
    },
    verify: async (slug) => {
      const scene = await loadScene(office, await mustStand(slug));
      const found = await planOf(scene);
      return { items: found.items, problems: await probeAll(scene, found) };
    },
    drift: async (slug) => {
      const { state } = await mustStand(slug);
      // What stands still, or was put away, on purpose has not drifted.
      if (state === "paused" || state === "archived") return [];
      return (await plan(slug)).filter((item) => item.does !== "keep");
    },
    touchedBy: async (slug, only) =>
      withDependents(blueprintOf(office, (await mustFind(slug)).blueprint).steps, only),
    submit: async (kind, slug, options) => {
      if (options.looksFirst) await lookFirst(kind, slug, options.input);
      return submitRun(office, kind, slug, options);
    },
    wait: async (runId) => {
      for (;;) {
        const ring = bell.next(runId, longestSilenceMs);
        const run = await mustFindRun(runId);
        if (ended.includes(run.state)) return recordRun(run);
        await ring;
      }
    },
    startJob: (job, id, attempt) => enqueueJob(office, job, id, attempt),
    cancel: (runId) => cancelRun(office, runId),
    retry: (runId) => retryRun(office, runId),
    retryUndo: (runId) => retryUndoOf(office, runId),
    resources: async (slug) => {
      const scene = await loadScene(office, await mustFind(slug));
      const order = scene.blueprint.steps.map(({ step }) => step);
      const ofClients = new Set(
        scene.blueprint.steps
          .filter((step) => step.does === "resource" && step.resource.brought !== undefined)
          .map(({ step }) => step),
      );
      const rows = [...scene.resources.values()].sort(
        (a, b) => order.indexOf(a.step) - order.indexOf(b.step),
      );
      return rows.map((row) => ({
        step: row.step,
        kind: row.kind,
        name: row.name,
        id: row.provider_id,
        origin: row.origin,
        brought: row.origin === "adopted" && ofClients.has(row.step),
        attrs: scene.outputs[row.step],
        observedAt: row.observed_at?.toISOString(),
      }));
    },
    runs: async (slug) => {
      const row = await mustFind(slug);
      return Promise.all((await listRuns(query, row.id)).map(recordRun));
    },
    run: async (runId) => {
      const run = await findRun(query, runId);
      return run && recordRun(run);
    },
    secret: async (slug, name) => {
      const row = await mustFind(slug);
      const value = (await openSecrets(query, office.vault, row.id)).get(name);
      return value === undefined ? undefined : new Secret(name, value);
    },
    close: async () => {
      await bell.close();
      await office.dbos.destroy();
      await office.db.pool.end();
    },
  };
}
