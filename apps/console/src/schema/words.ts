import type { InstanceSchema } from "@atoll/contract/schemas/fleet";

/** How an instance's schema stands, in one line. */
export function standingWords({ version, pending, drift, problem, seenAt }: InstanceSchema): string {
  if (problem !== undefined) return problem.what;
  const parts = [
    ...(pending.length > 0 ? [`${pending.length} pending: ${pending.join(", ")}`] : []),
    ...(drift.length > 0
      ? [`${drift.length} ${drift.length === 1 ? "differs" : "differ"}: ${drift.join(", ")}`]
      : []),
  ];
  if (parts.length > 0) return parts.join("; ");
  if (version === undefined || seenAt === undefined) return "Nobody has looked yet.";
  return "As the migrations made it.";
}
