import type { UsageCounts, UsageRange, UsageUnit } from "@atoll/contract/schemas/usage";

export const rangeWords: Record<UsageRange, string> = {
  "24h": "24 hours",
  "30d": "30 days",
  "12m": "12 months",
};

/** What a price is for, as people say it. */
export const unitWords: Record<UsageUnit, string> = {
  "database-gb": "GB of database a month",
  "requests-1000": "1,000 requests",
  "executions-1000": "1,000 executions",
  "mails-1000": "1,000 mails",
  deployment: "deployment",
  "active-user": "active user",
};

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** A count; a dash where nobody counted. */
export const countWords = (value: number | undefined): string =>
  value === undefined ? "–" : whole.format(value);

const sizes = ["bytes", "kB", "MB", "GB", "TB"] as const;

/** A size in the unit that suits it, by thousands: "12.4 MB"; a dash where nobody measured. */
export function sizeWords(bytes: number | undefined): string {
  if (bytes === undefined) return "–";
  const step = Math.min(sizes.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return `${step === 0 ? bytes : (bytes / 1000 ** step).toFixed(1)} ${sizes[step]}`;
}

/** All requests together; undefined where nobody counted any. */
export function requestsOf({ auth, rest, storage, realtime }: UsageCounts): number | undefined {
  const known = [auth, rest, storage, realtime].filter((each) => each !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, each) => sum + each, 0);
}
