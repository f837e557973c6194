import type { SqlSession } from "@atoll/fleet/session";
import { blocksFor } from "./blocks.ts";
import { type LiveVault, look } from "./instance-vault.ts";
import type { VaultRow } from "./records.ts";

/**
 * Records with the fingerprints that the present key makes of them, where the instance's secret is still the one whose
 * fingerprint an older key made. Looks once more for each older key, and only where a secret seems to differ.
 */
export async function byPresentKey(
  session: SqlSession,
  here: { id: string; slug: string },
  rows: readonly VaultRow[],
  live: LiveVault,
  olderKeys: readonly Uint8Array[],
): Promise<VaultRow[]> {
  const now = new Map(live.rows.map((each) => [each.key, each]));
  const differs = ({ is_secret, fingerprint, key }: VaultRow) =>
    is_secret && fingerprint !== null && now.get(key)?.secret === true && now.get(key)?.mac !== fingerprint;
  let known = [...rows];
  for (const olderKey of olderKeys) {
    const doubtful = known.filter(differs).map(({ key }) => key);
    if (doubtful.length === 0) break;
    const blocks = Object.fromEntries(doubtful.map((key) => [key, blocksFor(olderKey, here.id, key)]));
    const before = new Map((await look(session, here, blocks)).rows.map((each) => [each.key, each]));
    known = known.map((row) => {
      const [ours, theirs] = [before.get(row.key), now.get(row.key)];
      // The same row in both looks: what stood there is what both keys made a fingerprint of.
      const isTheOne = ours !== undefined && ours.at === theirs?.at && ours.mac === row.fingerprint;
      return differs(row) && isTheOne ? { ...row, fingerprint: theirs?.mac ?? null } : row;
    });
  }
  return known;
}
