import type { SupabaseApi } from "./api.ts";
import { goneFault, isStuck, stuckFault } from "./statuses.ts";

interface BackupsBody {
  pitr_enabled: boolean;
  backups: { id: number; status: string; inserted_at: string; is_physical_backup?: boolean }[];
  physical_backup_data?: {
    earliest_physical_backup_date_unix?: number;
    latest_physical_backup_date_unix?: number;
  };
}

/** To where a project could be taken back, as its provider says. Times are ISO 8601. */
export type RestorePoint =
  | { kind: "pitr"; at: string; what: string }
  | { kind: "backup"; backup: string; at: string; what: string }
  | { kind: "none"; what: string };

/** A backup that the provider keeps of a project; `at` in ISO 8601. */
interface KeptBackup {
  id: string;
  at: string;
  state: string;
  restorable: boolean;
}

/** What the provider keeps of a project. */
export interface KeptBackups {
  items: KeptBackup[];
  pointInTime?: { from?: string; to?: string };
  what?: string;
}

const ofProject = "/v1/projects/{ref}/database/backups";
const isoOf = (unixSeconds: number) => new Date(unixSeconds * 1_000).toISOString();

/** Lists what the provider keeps of a project (its ref), newest first. Reads only. */
export function keptBackups(api: SupabaseApi): (ref: string) => Promise<KeptBackups> {
  return async (ref) => {
    const found = await api.http.getOrGone<BackupsBody>(ofProject, { params: { ref } });
    if (found === undefined) return { items: [], what: "The project is not there any more." };
    const { pitr_enabled: hasMoments, backups, physical_backup_data: range = {} } = found;
    const items = backups
      .toSorted((a, b) => (a.inserted_at < b.inserted_at ? 1 : -1))
      .map((each) => ({
        id: String(each.id),
        at: new Date(each.inserted_at).toISOString(),
        state: each.status.toLowerCase(),
        restorable: each.status === "COMPLETED",
      }));
    const { earliest_physical_backup_date_unix: from, latest_physical_backup_date_unix: to } = range;
    return {
      items,
      ...(hasMoments && {
        pointInTime: {
          ...(from !== undefined && { from: isoOf(from) }),
          ...(to !== undefined && { to: isoOf(to) }),
        },
      }),
      ...(items.length === 0 &&
        !hasMoments && {
          what: "The provider keeps no backup of this project: its plan has none, or it is new.",
        }),
    };
  };
}

/** To where a project is taken back: one of its kept backups, or a moment where it has point-in-time recovery. */
export type TakeBack = { backup: string } | { at: Date };

/** Has the provider take a project (its ref) back. It goes down, and comes up again with what it held then. */
export function takeBack(api: SupabaseApi): (ref: string, to: TakeBack) => Promise<void> {
  return async (ref, to) => {
    const [path, body] =
      "backup" in to
        ? (["restore", { id: Number(to.backup) }] as const)
        : (["restore-pitr", { recovery_time_target_unix: Math.floor(to.at.getTime() / 1_000) }] as const);
    await api.http.post(`${ofProject}/${path}`, { params: { ref }, body });
  };
}

/**
 * How a project (its ref) stands while it is taken back: up, down for it, or neither. Throws a `Fault` where it does not
 * come up again by itself, or is gone.
 */
export function standing(api: SupabaseApi): (ref: string) => Promise<"up" | "restoring" | "other"> {
  return async (ref) => {
    const found = await api.project(ref);
    if (!found || found.status === "REMOVED") throw goneFault(ref);
    if (isStuck(found.status)) throw stuckFault(found);
    if (found.status === "ACTIVE_HEALTHY") return "up";
    return /^(RESTORING|GOING_DOWN|COMING_UP|RESTARTING)$/.test(found.status) ? "restoring" : "other";
  };
}

/** Looks up the newest point to which a project (its ref) can be restored. Reads only. */
export function restorePoint(
  api: SupabaseApi,
  now: () => Date = () => new Date(),
): (ref: string) => Promise<RestorePoint> {
  const kept = keptBackups(api);
  return async (ref) => {
    const { items, pointInTime } = await kept(ref);
    if (pointInTime)
      return { kind: "pitr", at: now().toISOString(), what: "Point-in-time recovery, to this moment." };
    const newest = items.find(({ restorable }) => restorable);
    if (newest === undefined)
      return {
        kind: "none",
        what: "The provider keeps no backup of this project: its plan has none, or it is new.",
      };
    return {
      kind: "backup",
      backup: newest.id,
      at: newest.at,
      what: "The provider's newest finished backup.",
    };
  };
}
