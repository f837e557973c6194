import { Fault } from "@atoll/core/fault";
import { sqlLiteral } from "@atoll/fleet/quote";
import type { SqlSession } from "@atoll/fleet/session";
import { jsonLiteral, type VaultType } from "@atoll/fleet/vault";
import type { Blocks } from "./blocks.ts";

/** One row of an instance's vault, as it tells. */
export interface LiveKey {
  key: string;
  type: VaultType;
  secret: boolean;
  /** Of a public key. */
  value: unknown;
  /** Of a secret whose blocks were sent along. */
  mac: string | null;
  at: string;
  by: string;
}

/** What an instance's vault says. */
export interface LiveVault {
  rows: LiveKey[];
  /** Keys whose last change was that they were removed. */
  removed: Record<string, { at: string; by: string }>;
}

/** What became of a write. */
export type Written =
  | { outcome: "written"; at: string; type: VaultType; mac: string | null }
  | { outcome: "conflict" }
  | { outcome: "refused"; problem: string };

type Told = Written | { outcome: "not-ours" };

// One writer of the schema holds the table for a moment; longer than this something hangs.
const patience = "set local lock_timeout = '15s';";
const hubName = "hub";

const notOurs = (slug: string) =>
  new Fault("not-ours", {
    what: `The database of "${slug}" carries the mark of another instance.`,
    next: "Look which project stands in the instance's resources, and give it back what is its own.",
  });

function settled(slug: string, rows: Record<string, unknown>[]): Written {
  const answer = rows[0]?.answer as Told | undefined; // as the vault's own functions build it
  if (answer === undefined) throw new Error("The vault's function gave no answer.");
  if (answer.outcome === "not-ours") throw notOurs(slug);
  return answer;
}

/** Reads the vault; writes nothing. Of secrets it gets a MAC for those keys whose blocks it sends. */
export async function look(
  session: SqlSession,
  { id, slug }: { id: string; slug: string },
  blocks: Readonly<Record<string, Blocks>>,
): Promise<LiveVault> {
  let rows: Record<string, unknown>[];
  try {
    rows = await session.query(`select atoll.vault_look(${sqlLiteral(id)}, ${jsonLiteral(blocks)}) as seen`);
  } catch (fault) {
    if (fault instanceof Fault && fault.kind === "rejected" && !(await hasVault(session))) throw tooOld(slug);
    throw fault;
  }
  const seen = rows[0]?.seen as (LiveVault & { ours: boolean }) | undefined; // as the vault's own function builds it
  if (!seen?.ours) throw notOurs(slug);
  return seen;
}

async function hasVault(session: SqlSession): Promise<boolean> {
  const [row] = await session.query(
    "select to_regprocedure('atoll.vault_look(text, jsonb)') is not null as there",
  );
  return row?.there === true;
}

const tooOld = (slug: string) =>
  new Fault("rejected", {
    what: `The database of "${slug}" was made before instances had a vault that the hub can write.`,
    next: `Bring it up to date with \`atoll repair ${slug}\`, then try again.`,
    field: "slug",
  });

/** Sets a key where the instance's row is still the one that was `seen` ("" = none). */
export async function put(
  session: SqlSession,
  { id, slug }: { id: string; slug: string },
  change: { key: string; value: unknown; type: VaultType; secret: boolean; seen: string; blocks: Blocks },
): Promise<Written> {
  const { key, value, type, secret, seen, blocks } = change;
  const given = [sqlLiteral(id), sqlLiteral(key), jsonLiteral(value), sqlLiteral(type), String(secret)];
  const more = [sqlLiteral(seen), sqlLiteral(hubName), jsonLiteral(blocks)];
  return settled(
    slug,
    await session.query(`${patience} select atoll.vault_put(${[...given, ...more].join(", ")}) as answer`),
  );
}

/** Removes a key where the instance's row is still the one that was `seen`. */
export async function drop(
  session: SqlSession,
  { id, slug }: { id: string; slug: string },
  { key, seen }: { key: string; seen: string },
): Promise<Written> {
  const given = [id, key, seen, hubName].map(sqlLiteral).join(", ");
  return settled(slug, await session.query(`${patience} select atoll.vault_drop(${given}) as answer`));
}
