import { sql } from "kysely";

/**
 * Whether an instance is looked at: it is live, or its last run failed and it was live before, so that people may still be
 * using it. `instances` is how the query calls the table.
 */
export const isLookedAt = (instances: string) => {
  const of = (column: string) => sql.ref(`${instances}.${column}`);
  return sql<boolean>`(${of("state")} = 'live' or (${of("state")} = 'failed' and ${of("live_at")} is not null))`;
};

/** The same, also while a run changes it: then it is left alone for a while, and what is known of it stays. */
export const isWatched = (instances: string) =>
  sql<boolean>`(${isLookedAt(instances)} or ${sql.ref(`${instances}.state`)} = 'updating')`;
