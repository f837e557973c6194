import type {
  Backup,
  BackupPage,
  BackupState,
  InstanceBackups,
  RestoreAs,
} from "@atoll/contract/schemas/backups";
import { Fault } from "@atoll/core/fault";
import { sql } from "kysely";
import type { OpenEnvironment } from "../environments/open.ts";
import type { Telling } from "../monitor/incidents.ts";
import type { Scratch } from "../schema/scratch.ts";
import { present } from "../server/shown.ts";
import { cursorOf, openCursor } from "../store/cursor.ts";
import type { Store } from "../store/store.ts";
import { raiseAlarms } from "./alarms.ts";
import { checkBackup } from "./check.ts";
import { type LetPass, lookAgain, removeExpired } from "./keep.ts";
import { providerBackupsOf } from "./provider.ts";
import { type Erasure, eraseBackup } from "./remove.ts";
import { beginRestoreAs, driveRestores, type Making, shownRestore } from "./restore-as.ts";
import { mustFindBackup, shownBackup } from "./rows.ts";
import { beginDue } from "./schedule.ts";
import type { BackupSettings } from "./settings.ts";
import type { ArchiveStorage } from "./storage.ts";
import { openWorkflowCommits } from "./workflow-commits.ts";

/** Backups of the fleet: what the hub's API shows, and what goes on by itself. Throws `Fault`s. */
export interface Backups {
  list(part: {
    state?: readonly BackupState[] | undefined;
    slug?: string | undefined;
    limit: number;
    cursor?: string | undefined;
  }): Promise<BackupPage>;
  show(slug: string): Promise<InstanceBackups>;
  /** Reads every part of one now. */
  check(id: string): Promise<Backup>;
  /** Removes one for good because somebody asked for it. */
  remove(wanted: Erasure): Promise<Backup>;
  restoreAs(wanted: Parameters<typeof beginRestoreAs>[1]): Promise<RestoreAs>;
  restores(): Promise<RestoreAs[]>;
  /** Moves restores as a new instance on. */
  drive(): Promise<void>;
  /** Begins what is due, moves restores on, tells of what is wrong: for each tick. */
  round(told: Pick<Telling, "letters" | "baseUrl">): Promise<void>;
  /** Commits workflows that somebody changed, reads backups again and removes those that may go: as long as it takes. */
  keep(): Promise<void>;
}

interface Options {
  store(): Promise<Store>;
  archives: ArchiveStorage;
  scratch: Scratch;
  environments: readonly [OpenEnvironment, ...OpenEnvironment[]];
  settings: BackupSettings;
  runtime(): Making & { monitor: { webhooks: Telling["webhooks"] } };
}

const removeEveryMs = 3_600_000;

/** Opens the backups of all environments of this process. */
export function openBackups(options: Options): Backups {
  const { archives, scratch, environments, settings } = options;
  const desk = async () => ({
    store: await options.store(),
    archives,
    scratch,
    accounts: environments[0].accounts,
  });
  let removedAt = 0;
  const letPass: LetPass = new Map();
  const commit = openWorkflowCommits(options.store, environments);

  async function place(slug: string) {
    const store = await options.store();
    const found = await store
      .selectFrom("instances")
      .select(["id", "slug", "environment"])
      .where("slug", "=", slug)
      .executeTakeFirst();
    if (found !== undefined) return found;
    throw new Fault("rejected", {
      what: `There is no instance "${slug}".`,
      next: "`atoll status` lists them all.",
      field: "slug",
    });
  }

  return {
    async list({ state, slug, limit, cursor }) {
      const store = await options.store();
      let rows = store.selectFrom("backups").selectAll();
      rows = rows.where(
        "state",
        state === undefined ? "!=" : "in",
        state === undefined ? "removed" : [...state],
      );
      if (slug !== undefined) rows = rows.where("slug", "=", slug);
      const at = openCursor(cursor, "time", "text");
      if (at)
        rows = rows.where(sql<boolean>`(date_trunc('milliseconds', began_at), id) < (${at[0]}, ${at[1]})`);
      const found = await rows
        .orderBy(sql`date_trunc('milliseconds', began_at)`, "desc")
        .orderBy("id", "desc")
        .limit(limit + 1)
        .execute();
      const items = found.slice(0, limit);
      const last = items.at(-1);
      return {
        items: items.map(shownBackup),
        ...(found.length > limit && last && { nextCursor: cursorOf(last.began_at.toISOString(), last.id) }),
      };
    },

    async show(slug) {
      const { id, environment } = await place(slug);
      const store = await options.store();
      const rows = await store
        .selectFrom("backups")
        .selectAll()
        .where("instance_id", "=", id)
        .where("state", "!=", "removed")
        .orderBy("began_at", "desc")
        .limit(200)
        .execute();
      const turn = await store
        .selectFrom("backup_turns")
        .select(["due_at", "skipped"])
        .where("instance_id", "=", id)
        .executeTakeFirst();
      const there = environments.find(({ name }) => name === environment);
      return {
        instance: slug,
        items: rows.map(shownBackup),
        provider: await providerBackupsOf(there, slug),
        ...present({
          dueAt: settings.everyMs === 0 ? undefined : turn?.due_at.toISOString(),
          skipped: turn?.skipped ?? undefined,
        }),
      };
    },

    async check(id) {
      const { store } = await desk();
      const row = await mustFindBackup(store, id);
      if (row.state === "making")
        throw new Fault("rejected", {
          what: "The backup is still being made.",
          next: "Wait until its run has ended.",
          field: "id",
        });
      await checkBackup(await desk(), row);
      return shownBackup(await mustFindBackup(store, id));
    },

    remove: async (wanted) => eraseBackup(await desk(), wanted),

    restoreAs: async (wanted) =>
      beginRestoreAs({ store: await options.store(), runtime: options.runtime() }, wanted),

    drive: async () => driveRestores({ store: await options.store(), runtime: options.runtime() }),

    async restores() {
      const store = await options.store();
      const rows = await store
        .selectFrom("restores")
        .selectAll()
        .orderBy("created_at", "desc")
        .limit(100)
        .execute();
      return rows.map(shownRestore);
    },

    async round(told) {
      const store = await options.store();
      const runtime = options.runtime();
      // Each by itself: what is wrong with one must not keep the others from being done.
      const failures: unknown[] = [];
      const alone = (work: () => Promise<unknown>) => work().catch((error: unknown) => failures.push(error));
      await alone(() => driveRestores({ store, runtime }));
      await alone(() =>
        beginDue({ store, journal: runtime.journal, environments, everyMs: settings.everyMs }),
      );
      const telling = { ...told, store, webhooks: runtime.monitor.webhooks };
      await alone(() => raiseAlarms(telling, settings.everyMs));
      if (failures.length > 0) throw failures[0];
    },

    async keep() {
      const keeping = await desk();
      // Each by itself: what is wrong with one must not keep the others from being done.
      const failures: unknown[] = [];
      const alone = (work: () => Promise<unknown>) =>
        work().catch((error: unknown) =>
          failures.push(...(error instanceof AggregateError ? error.errors : [error])),
        );
      await alone(commit);
      await alone(() => lookAgain(keeping, letPass));
      if (Date.now() - removedAt >= removeEveryMs) {
        removedAt = Date.now();
        await alone(() => removeExpired(keeping, new Date()));
      }
      if (failures.length > 0) throw new AggregateError(failures, "Backups could not be kept in order.");
    },
  };
}
