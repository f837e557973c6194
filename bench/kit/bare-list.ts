import type { Hono } from "hono";
import pg from "pg";

/** What the list shows, and how many there are, in one statement. */
const listSql = (where: string) => `
  select (select count(*)::int from atoll.instances where ${where}) as total,
         id, slug, coalesce(answers ->> 'name', slug) as name, blueprint, environment, state, url,
         created_at as "createdAt", updated_at as "updatedAt"
    from atoll.instances where ${where} and slug > $2 order by slug limit $3`;

const everything = "$1::text is not null";
const matching = "(slug ilike $1 or answers ->> 'name' ilike $1)";

/** The list of instances as a bare route: one statement on one connection, and its rows as JSON. */
export async function bareList(app: Hono, databaseUrl: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  app.get("/api/instances", async (c) => {
    const { search, cursor = "", limit = "50" } = c.req.query();
    const sql = listSql(search === undefined ? everything : matching);
    const { rows } = await client.query(sql, [`%${search ?? ""}%`, cursor, limit]);
    const items = rows.map(({ total: _, ...row }) => row);
    const nextCursor = items.length === Number(limit) ? items.at(-1)?.slug : undefined;
    return c.json({ items, total: rows[0]?.total ?? 0, nextCursor });
  });
  return () => client.end();
}
