import type { BackupRetention, BackupState, BackupWhy } from "@atoll/contract/schemas/backups";

/** What retention has to know of a backup. */
interface Kept {
  id: string;
  state: BackupState;
  why: BackupWhy;
  at: Date;
  /** What is wrong with it, as in "missing-part". */
  damage?: string | undefined;
}

/** Kept where nobody says otherwise. */
export const usualRetention: BackupRetention = { daily: 7, weekly: 4, monthly: 6 };

const dayMs = 24 * 3_600_000;

/** What is no good, or never was tried, is kept so long to be looked at. */
const unverifiedForMs = 30 * dayMs;

/** Kept at least so long, however many there are: somebody may want them back. */
const leastMs: Record<BackupWhy, number> = { scheduled: 0, asked: 7 * dayMs, "before-restore": 30 * dayMs };

const dayOf = (at: Date) => at.toISOString().slice(0, 10);
const monthOf = (at: Date) => at.toISOString().slice(0, 7);
/** Weeks begin on Monday, UTC; 1970-01-01 was a Thursday. */
const weekOf = (at: Date) => Math.floor((at.getTime() / dayMs + 3) / 7);

/**
 * Ids of those that may go: of verified ones all but the newest of each of the newest so many days, weeks and months
 * that have one; others after 30 days, unless nothing verified is newer. The newest verified one always stays, what was
 * asked for stays 7 days, what was made before a restore 30. One that only lacks its key is not known to be bad: it stays.
 */
export function expired(backups: readonly Kept[], keep: BackupRetention, now: Date): string[] {
  const newestFirst = backups
    .filter(({ state }) => state !== "removed" && state !== "making")
    .toSorted((a, b) => b.at.getTime() - a.at.getTime());
  const verified = newestFirst.filter(({ state }) => state === "verified");
  const staying = new Set(verified.slice(0, 1).map(({ id }) => id));
  const newestOf = (most: number, period: (at: Date) => string | number) => {
    const seen = new Map<string | number, string>();
    // What stood there before a restore may be what somebody restored away from: it takes no other one's place.
    for (const { id, at } of verified.filter(({ why }) => why !== "before-restore"))
      if (!seen.has(period(at))) seen.set(period(at), id);
    for (const id of [...seen.values()].slice(0, most)) staying.add(id);
  };
  newestOf(keep.daily, dayOf);
  newestOf(keep.weekly, weekOf);
  newestOf(keep.monthly, monthOf);
  const newest = verified[0]?.at.getTime() ?? 0;
  return newestFirst
    .filter(({ why, at }) => now.getTime() - at.getTime() > leastMs[why])
    .filter(({ damage }) => damage !== "unreadable-key")
    .filter(({ id, state, at }) =>
      state === "verified"
        ? !staying.has(id)
        : at.getTime() < newest && now.getTime() - at.getTime() > unverifiedForMs,
    )
    .map(({ id }) => id);
}
