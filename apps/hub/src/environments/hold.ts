import { Fault } from "@atoll/core/fault";
import { livingVersions } from "@atoll/engine/journal/leases";
import { migrateFurther, prepareDatabase } from "@atoll/engine/migrate";
import { environmentOf } from "@atoll/engine/protocol";
import pg from "pg";
import { hubMigrations } from "../check-audit.ts";
import type { ProviderSettings } from "../settings.ts";
import type { Environment } from "./settings.ts";

type ByProvider = Record<string, string>;

/** What tells one set of accounts from another. Hosts of n8n and Gitea may move, these do not. */
function accountsOf({ cloud, settings: { supabase, github, vercel, netlify } }: Environment): ByProvider {
  if (cloud !== undefined) return { cloud: "local" };
  return {
    supabase: supabase.organization,
    github: github.organization,
    vercel: vercel.team,
    ...(netlify && { netlify: netlify.account }),
  };
}

/** Everything in which things are made, and where it is: no two environments may share one of these. */
function placesOf({ supabase, github, vercel, netlify, n8n, gitea }: ProviderSettings): ByProvider {
  return {
    supabase: `${supabase.organization} at ${supabase.apiUrl}`,
    github: `${github.organization} at ${github.apiUrl}`,
    vercel: `${vercel.team} at ${vercel.apiUrl}`,
    ...(netlify && { netlify: `${netlify.account} at ${netlify.apiUrl}` }),
    n8n: n8n.apiUrl,
    gitea: `${gitea.repository} at ${gitea.apiUrl}`,
  };
}

const sharedBy = (mine: ByProvider, theirs: ByProvider) =>
  Object.entries(mine).filter(([provider, place]) => isSame(place, theirs[provider]));

/** One place however it is written: capitals, a port that goes without saying, slashes too many. */
function isSame(one: string, other: string | undefined): boolean {
  return other !== undefined && canonical(one) === canonical(other);
}

const canonical = (place: string) =>
  place
    .split(" at ")
    .map((part) => (/^https?:/i.test(part) ? addressOf(part) : part.toLowerCase()))
    .join(" at ");

/** Host, port and path: what answers both with and without encryption is one thing. */
function addressOf(text: string): string {
  const url = URL.parse(text);
  if (url === null) return text.toLowerCase();
  const { hostname, port, pathname } = url;
  const path = pathname.toLowerCase().split("/").filter(Boolean);
  return [`${hostname.replace(/\.$/, "")}:${port}`, ...path].join("/");
}

function sharedFault(one: string, other: string, shared: [string, string][]): Fault {
  return new Fault("rejected", {
    what: `The environments "${other}" and "${one}" share accounts: ${shared.map(([provider, place]) => `${provider} (${place})`).join(", ")}.`,
    next: "Give each environment accounts of its own: what was made in one must never be found by the other.",
    field: "ATOLL_ENVIRONMENTS",
  });
}

/** Refuses environments that share an account. Asks nobody: it is called before anything is started. */
export function mustBeApart(environments: readonly Environment[]): void {
  const real = environments.filter(({ cloud }) => cloud === undefined);
  for (const [index, one] of real.entries())
    for (const other of real.slice(0, index)) {
      const shared = sharedBy(placesOf(one.settings), placesOf(other.settings));
      if (shared.length > 0) throw sharedFault(one.name, other.name, shared);
    }
}

/**
 * Holds an environment's name to its accounts, and the accounts to their name: what was made with one set is never
 * looked for, repaired or removed with another. Throws a fault on field "ATOLL_ENVIRONMENT" when the name belongs to
 * other accounts, and on field "ATOLL_ENVIRONMENTS" when another environment in this database has one of them.
 */
export async function holdEnvironment(databaseUrl: string, environment: Environment): Promise<void> {
  await prepareDatabase(databaseUrl);
  await migrateFurther(databaseUrl, hubMigrations);
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("begin");
    // One after the other: of two that begin on the same accounts the second one sees the first.
    await client.query("lock table atoll.environments in exclusive mode");
    await hold(client, environment);
    await client.query("commit");
  } finally {
    await client.end(); // what was not committed is taken back
  }
}

interface Row {
  name: string;
  accounts: ByProvider;
  places: ByProvider;
}

async function hold(client: pg.Client, environment: Environment): Promise<void> {
  const { name, settings, cloud } = environment;
  const accounts = accountsOf(environment);
  const places = cloud === undefined ? placesOf(settings) : {};
  const { rows } = await client.query<Row>("select name, accounts, places from atoll.environments");
  const mine = rows.find((row) => row.name === name);
  if (mine !== undefined) mustBeSame(name, accounts, mine.accounts);
  for (const other of rows.filter((row) => row.name !== name)) {
    // An environment from before places were kept is told by its accounts alone.
    const isOld = Object.keys(other.places).length === 0;
    const shared = isOld ? sharedBy(accounts, other.accounts) : sharedBy(places, other.places);
    if (cloud !== undefined || shared.length === 0) continue;
    if (await isInUse(client, other.name)) throw sharedFault(name, other.name, shared);
    await client.query("delete from atoll.environments where name = $1", [other.name]);
  }
  await client.query(
    `insert into atoll.environments (name, accounts, places) values ($1, $2, $3)
     on conflict (name) do update
       set places = excluded.places, accounts = excluded.accounts || environments.accounts`,
    [name, JSON.stringify(accounts), JSON.stringify(places)],
  );
}

/** Providers that an environment may do without at first: nothing was made there as long as it had none. */
const optional = new Set(["netlify"]);

function mustBeSame(name: string, accounts: ByProvider, theirs: ByProvider): void {
  const other = Object.entries(accounts).filter(
    ([provider, account]) =>
      !isSame(account, theirs[provider]) && !(optional.has(provider) && theirs[provider] === undefined),
  );
  if (other.length === 0) return;
  const named = other.map(
    ([provider, account]) => `${provider} "${account}" instead of "${theirs[provider] ?? "none"}"`,
  );
  throw new Fault("rejected", {
    what: `The environment "${name}" belongs to other accounts: ${named.join(", ")}.`,
    next: "Use the accounts that it began with, or give these another name (ATOLL_ENVIRONMENT, ATOLL_ENVIRONMENTS).",
    field: "ATOLL_ENVIRONMENT",
  });
}

/** A name that nothing was made under and no worker has is given up: somebody has renamed their environment. */
async function isInUse(client: pg.Client, name: string): Promise<boolean> {
  const { rows } = await client.query("select 1 from atoll.instances where environment = $1 limit 1", [name]);
  if (rows.length > 0) return true;
  const living = await livingVersions(async (text, values) => (await client.query(text, values)).rows);
  return living.some((version) => environmentOf(version) === name);
}

/** The environment of the instance with this slug, by the database alone; undefined when there is none. */
export async function environmentOfInstance(databaseUrl: string, slug: string): Promise<string | undefined> {
  await prepareDatabase(databaseUrl);
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ environment: string }>(
      "select environment from atoll.instances where slug = $1",
      [slug],
    );
    return rows[0]?.environment;
  } finally {
    await client.end();
  }
}
