import { environment, environmentProblems } from "../environment";

/** A change in the vault is seen after this long at the latest. */
const freshMs = 2_000;
const patienceMs = 2_000;

type PublicVault = ReadonlyMap<string, unknown>;

let known: { vault: PublicVault; readAt: number } | undefined;
let reading: Promise<PublicVault> | undefined;

async function ask(): Promise<PublicVault | undefined> {
  const { supabaseUrl, supabaseKey } = environment();
  try {
    const response = await fetch(`${supabaseUrl}/rest/v1/instance_config?select=key,value`, {
      headers: { apikey: supabaseKey },
      signal: AbortSignal.timeout(patienceMs),
      cache: "no-store",
    });
    if (!response.ok) return undefined;
    const rows = (await response.json()) as { key: string; value: unknown }[]; // the two columns asked for
    return new Map(rows.map(({ key, value }) => [key, value]));
  } catch {
    return undefined;
  }
}

async function read(): Promise<PublicVault> {
  // A page is shown with what was known last, or with what its file says, rather than not at all.
  const vault = (await ask()) ?? known?.vault ?? new Map<string, unknown>();
  known = { vault, readAt: Date.now() };
  return vault;
}

/** Public keys of the vault, at most two seconds old; no key is lost to a page while the database is down. */
export async function publicVault(): Promise<PublicVault> {
  if (environmentProblems().length > 0) return new Map();
  if (known && Date.now() - known.readAt < freshMs) return known.vault;
  reading ??= read().finally(() => {
    reading = undefined;
  });
  return reading;
}

/** Has the next page read the vault anew: somebody has just changed it here. */
export function forgetPublicVault(): void {
  if (known) known.readAt = 0;
}

/** Whom people here write to; undefined where the vault names nobody. */
export async function contactEmail(): Promise<string | undefined> {
  const email = (await publicVault()).get("CONTACT_EMAIL");
  return typeof email === "string" && /^[^@\s"<>]+@[^@\s"<>]+$/.test(email) ? email : undefined;
}
