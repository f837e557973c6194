import { Fault } from "@atoll/core/fault";
import type { Journal } from "@atoll/engine/journal";
import { DatabaseGone, type SqlSession } from "@atoll/fleet/session";
import type { Looks } from "../accounts.ts";

interface Options {
  journal: Pick<Journal, "find" | "resources" | "secret">;
  looks: Pick<Looks, "database">;
  /** Whose accounts are at hand. */
  environment: string;
}

/** Opens the database of an instance by the same way as its schema was applied. Throws a fault where there is none. */
export function instanceDatabase({
  journal,
  looks,
  environment,
}: Options): (slug: string) => Promise<SqlSession> {
  const none = (slug: string) =>
    new Fault("rejected", {
      what: `"${slug}" has no database yet, or none any more.`,
      next: "Look at its newest run; its vault opens as soon as its schema is there.",
      field: "slug",
    });

  return async (slug) => {
    const [instance, resources, password] = await Promise.all([
      journal.find(slug),
      journal.resources(slug),
      journal.secret(slug, "databasePassword"),
    ]);
    if (instance !== undefined && instance.environment !== environment)
      throw new Fault("rejected", {
        what: `"${slug}" lives in the environment "${instance.environment}"; this hub has the accounts of "${environment}".`,
        next: `Do it where ATOLL_ENVIRONMENT is "${instance.environment}".`,
        field: "slug",
      });
    // The schema's id is the project that it stands in.
    const within = resources.find(({ kind }) => kind === "postgres.schema")?.id;
    if (within === undefined) throw none(slug);
    try {
      const session = await looks.database({ within, ...(password && { access: password }) });
      return {
        ...session,
        query: (sql, options) =>
          session.query(sql, options).catch((error) => Promise.reject(gone(error, slug))),
      };
    } catch (error) {
      throw gone(error, slug);
    }
  };

  function gone(error: unknown, slug: string): unknown {
    return error instanceof DatabaseGone ? none(slug) : error;
  }
}
