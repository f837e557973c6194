import type { Team } from "@atoll/core/blueprint";
import { Fault } from "@atoll/core/fault";
import type { SqlSession } from "@atoll/fleet/session";
import type { Members } from "@atoll/supabase/members";
import type { Accounts } from "../accounts.ts";
import { blueprintNamed } from "../blueprints/named.ts";
import type { Databases } from "../schema/databases.ts";

/** The instance whose team is meant. */
interface TeamOf {
  slug: string;
  blueprint: string;
  answers: unknown;
  /** Its things, of which two are looked for: where its schema stands, and its first admin. */
  things: Iterable<{ kind: string; id: string }>;
}

/** Where a team is looked at and changed. */
export interface TeamPlace {
  slug: string;
  team: Team;
  /** The project, as the provider names it. */
  ref: string;
  /** Id of the account that its blueprint makes. */
  firstAdmin: string | undefined;
  members: Members;
  /** Does some work in the instance's own database. */
  database<T>(work: (session: SqlSession) => Promise<T>): Promise<T>;
}

/** Opens the team of an instance. Throws a fault where its kind names no roles, or where it has no database. */
export function teamPlace(
  { accounts, databases }: { accounts: Accounts; databases: Databases },
  { slug, blueprint, answers, things }: TeamOf,
): TeamPlace {
  const { team } = blueprintNamed(accounts.blueprints, blueprint);
  if (team === undefined)
    throw new Fault("rejected", {
      what: `The kind "${blueprint}" names no roles: nobody can be invited from here.`,
      next: "Let its blueprint say `team` (docs/team.md), or invite people in the application itself.",
      field: "slug",
    });
  const all = [...things];
  const ref = all.find(({ kind }) => kind === "postgres.schema")?.id;
  if (ref === undefined)
    throw new Fault("rejected", {
      what: `"${slug}" has no database yet, or none any more.`,
      next: "Look at its newest run; its team is there as soon as its schema is.",
      field: "slug",
    });
  const admin = all.find(({ kind }) => kind === "supabase.user")?.id;
  return {
    slug,
    team,
    ref,
    firstAdmin: admin?.slice(admin.lastIndexOf("/") + 1),
    members: accounts.looksAt(answers).members,
    async database(work) {
      const session = await databases.open(slug);
      try {
        return await work(session);
      } finally {
        await session.close();
      }
    },
  };
}
