import type { InstanceSchema, Rehearsal, SchemaFindings } from "@atoll/contract/schemas/fleet";
import type { Reason } from "../rules/reasons.ts";

type Finding = SchemaFindings["findings"][number];

/** Findings about migrations that some instance has not applied yet: what was applied everywhere is history. */
export function pendingOf(findings: readonly Finding[], behind: readonly InstanceSchema[]): Finding[] {
  const pending = new Set(behind.flatMap((each) => each.pending));
  return findings.filter(({ migration }) => pending.has(migration));
}

/** Slugs that somebody typed; undefined where there are none. */
export function slugsIn(text: string): string[] | undefined {
  const slugs = text.split(/[\s,;]+/).filter((each) => each !== "");
  return slugs.length === 0 ? undefined : slugs;
}

interface Standing {
  /** How many are behind; undefined until that is known. */
  behind: number | undefined;
  percents: readonly number[] | undefined;
  findings: readonly Finding[] | undefined;
  rehearsal: Rehearsal | undefined;
  rehearsalFailed: boolean;
}

/** Why a rollout cannot begin yet; undefined when it may. */
export function reasonAgainst({ behind, percents, findings, rehearsal, rehearsalFailed }: Standing): Reason {
  if (behind === 0) return "No instance is behind here.";
  if (percents === undefined) return "The waves make no sense yet.";
  if (rehearsalFailed || rehearsal?.ok === false) return "The rehearsal failed: mend the migration first.";
  if (findings?.some(({ severity }) => severity === "error"))
    return "The rules found an error in what is pending: mend the migration first.";
  if (behind === undefined || findings === undefined || rehearsal === undefined)
    return "The rehearsal comes first: it says whether the migrations run.";
  return undefined;
}
