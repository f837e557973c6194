import { Fault } from "@atoll/core/fault";
import { DatabaseGone } from "@atoll/fleet/session";
import type { Owned, OwnedThing } from "@atoll/provider-kit/owned";
import type { SupabaseApi } from "./api.ts";
import { sqlSession } from "./sql-session.ts";

/** A project with what its own database says of itself. */
export interface OwnedProject extends OwnedThing {
  /** Its database could be asked. */
  isRead: boolean;
  /** Rows of `instance_config` that were asked for, by key, and the version of its schema. */
  says: Record<string, unknown>;
  version?: number;
}

interface ListedProject {
  ref: string;
  name: string;
  status: string;
  /** As a single answer says it, and as the list does. */
  created_at?: string;
  inserted_at?: string;
}

// Two questions in one: a statement that names a table that is not there would not even be planned.
const look = (keys: readonly string[]) => `
select pg_catalog.set_config('atoll.said', '', true);
do $look$
begin
  if to_regclass('public.instance_config') is null then
    return;
  end if;
  perform pg_catalog.set_config('atoll.said', pg_catalog.jsonb_build_object(
    'rows', (select coalesce(jsonb_object_agg(key, value), '{}') from public.instance_config
      where key in (${keys.map((key) => `'${key}'`).join(", ")})),
    'version', case when to_regprocedure('public.get_schema_version()') is not null
      then public.get_schema_version() end)::text, true);
end
$look$;
select nullif(pg_catalog.current_setting('atoll.said'), '')::jsonb as said`;

/** Row of `instance_config` that says whose a database is. */
const ownerKey = "ATOLL_INSTANCE_ID";

/**
 * All projects of an organisation, asked in their own databases whose they are: with the account's token, so that it
 * takes no database's password. One that is not up cannot be asked. `keys` = further rows that are read along.
 */
export function ownedProjects(
  api: SupabaseApi,
  keys: readonly string[] = [],
): Omit<Owned, "list" | "look"> & {
  list(): Promise<OwnedProject[]>;
  look(id: string): Promise<OwnedProject | undefined>;
} {
  const open = sqlSession(api, { mode: "endpoint" });

  async function asked(listed: ListedProject): Promise<OwnedProject> {
    const { ref, name, status, inserted_at, created_at: made = inserted_at } = listed;
    const createdAt = made === undefined ? {} : { createdAt: new Date(made) };
    const said = status === "ACTIVE_HEALTHY" ? await ask(ref) : undefined;
    const { [ownerKey]: instance, ...says } = said?.rows ?? {};
    return {
      id: ref,
      name,
      ...(typeof instance === "string" && { instance }),
      ...createdAt,
      isRead: said !== undefined,
      says,
      ...(typeof said?.version === "number" && { version: said.version }),
    };
  }

  /** Undefined where nobody answers: a project that comes up, or goes down just now. */
  async function ask(ref: string) {
    try {
      const session = await open({ within: ref });
      const [row] = await session.query(look([ownerKey, ...keys]), { reads: true });
      const { said } = (row ?? {}) as { said?: { rows: Record<string, unknown>; version: number | null } }; // as asked above
      return said ?? { rows: {}, version: null };
    } catch (error) {
      if (error instanceof DatabaseGone || (error instanceof Fault && error.kind === "try-again"))
        return undefined;
      throw error;
    }
  }

  return {
    kind: "supabase.project",
    provider: "Supabase",
    async list() {
      const found: OwnedProject[] = [];
      // A few at a time: each is a question to another database.
      const all = (await api.projects()).filter(({ status }) => status !== "REMOVED");
      for (let at = 0; at < all.length; at += 4)
        found.push(...(await Promise.all(all.slice(at, at + 4).map(asked))));
      return found;
    },
    async look(id) {
      const body = await api.http.getOrGone<ListedProject>("/v1/projects/{ref}", { params: { ref: id } });
      return body && body.status !== "REMOVED" && body.status !== "GOING_DOWN" ? asked(body) : undefined;
    },
  };
}
