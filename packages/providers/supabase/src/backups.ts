import type { SupabaseApi } from "./api.ts";

interface BackupsBody {
  pitr_enabled: boolean;
  backups: { id: number; status: string; inserted_at: string }[];
}

/** To where a project could be taken back, as its provider says. Times are ISO 8601. */
export type RestorePoint =
  | { kind: "pitr"; at: string; what: string }
  | { kind: "backup"; backup: string; at: string; what: string }
  | { kind: "none"; what: string };

/** Looks up the newest point to which a project (its ref) can be restored. Reads only. */
export function restorePoint(
  api: SupabaseApi,
  now: () => Date = () => new Date(),
): (ref: string) => Promise<RestorePoint> {
  return async (ref) => {
    const found = await api.http.getOrGone<BackupsBody>("/v1/projects/{ref}/database/backups", {
      params: { ref },
    });
    if (found?.pitr_enabled)
      return { kind: "pitr", at: now().toISOString(), what: "Point-in-time recovery, to this moment." };
    const [newest] = (found?.backups ?? [])
      .filter(({ status }) => status === "COMPLETED")
      .toSorted((a, b) => (a.inserted_at < b.inserted_at ? 1 : -1));
    if (newest === undefined)
      return {
        kind: "none",
        what: "The provider keeps no backup of this project: its plan has none, or it is new.",
      };
    const at = new Date(newest.inserted_at).toISOString();
    return { kind: "backup", backup: String(newest.id), at, what: "The provider's newest finished backup." };
  };
}
