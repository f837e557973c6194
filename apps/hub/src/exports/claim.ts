import { type Ask, literal } from "@atoll/archive/catalog";
import { archivedLines } from "@atoll/archive/lines";
import type { Archive } from "@atoll/archive/open";
import { readRow } from "@atoll/archive/rows";

/** Whose accounts they become. */
interface Claimant {
  id: string;
  adminEmail: string;
}

/** Accounts that do not bear the mark by which the hub knows its instance's own: those that bore another one's, and the first admin. */
const unmarked = ({ id, adminEmail }: Claimant) =>
  `(raw_app_meta_data ? 'atoll_instance' or lower(email) = lower(${literal(adminEmail)}))
     and raw_app_meta_data ->> 'atoll_instance' is distinct from ${literal(id)}`;

/** How many accounts that were loaded from an archive lack the instance's mark. */
export async function foreignAccounts(ask: Ask, claimant: Claimant): Promise<number> {
  const [row] = await ask(`select count(*)::int as found from auth.users where ${unmarked(claimant)}`);
  return Number(row?.found ?? 0);
}

/** Puts the instance's own mark on them: a repair then finds its first admin, and makes no second one. */
export async function claimAccounts(ask: Ask, claimant: Claimant): Promise<void> {
  await ask(
    `update auth.users set raw_app_meta_data = coalesce(raw_app_meta_data, '{}'::jsonb)
         || jsonb_build_object('atoll_instance', ${literal(claimant.id)}::text)
       where ${unmarked(claimant)}`,
  );
}

/** Whether an archive has an account with this address. Throws `ArchiveFault` where its accounts are damaged. */
export async function hasAccount(archive: Archive, email: string): Promise<boolean> {
  const users = archive.manifest.tables.find(({ schema, name }) => schema === "auth" && name === "users");
  const place = users?.columns.findIndex(({ name }) => name === "email") ?? -1;
  if (users === undefined || place < 0) return false;
  for await (const line of archivedLines(archive, users)) {
    const row = readRow(line, users.columns.length, "auth.users");
    if (row[place]?.toLowerCase() === email.toLowerCase()) return true;
  }
  return false;
}
