const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });
const day = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", year: "numeric" });
const exactly = new Intl.DateTimeFormat("en", { dateStyle: "full", timeStyle: "long" });

/** How long ago, or until when, in few words; a date after a week. */
export function ago(iso: string, nowMs: number): string {
  const seconds = Math.round((Date.parse(iso) - nowMs) / 1000);
  if (Math.abs(seconds) < 45) return seconds > 0 ? "in a moment" : "just now";
  if (Math.abs(seconds) > 7 * 86_400) return day.format(new Date(iso));
  const [unit, size] = units.find(([, each]) => Math.abs(seconds) >= each * 0.9) ?? ["minute", 60];
  return relative.format(Math.round(seconds / size), unit);
}

/** A moment in full, in the reader's time zone. */
export const exact = (iso: string): string => exactly.format(new Date(iso));

/** A length of time: "0.4 s", "12 s", "3 min 20 s", "2 h 5 min", "3 d". */
export function lasting(ms: number): string {
  const s = Math.round(ms / 1000);
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  if (s < 60) return `${s} s`;
  if (s < 3600) return s % 60 === 0 ? `${s / 60} min` : `${Math.floor(s / 60)} min ${s % 60} s`;
  const minutes = Math.round(s / 60);
  if (minutes < 48 * 60)
    return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.round(minutes / 1440)} d`;
}
