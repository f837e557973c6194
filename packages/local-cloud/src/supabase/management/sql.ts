import { Hono } from "hono";
import pg from "pg";
import { z } from "zod";
import type { CloudEnv } from "../../kit/context.ts";
import { find, type World } from "../world.ts";
import { bodyAs, refuse } from "./answers.ts";

const querySchema = z.strictObject({
  query: z.string().min(1),
  parameters: z.array(z.unknown()).optional(),
  read_only: z.boolean().optional(),
});

/** Row values as JSON has them: numbers and dates come as the server writes them, like from the provider. */
const asText = new Set([20, 1700, 1082, 1083, 1114, 1184, 1266]);
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: "text" | "binary") =>
    asText.has(oid)
      ? (value: string) => (oid === 20 ? Number(value) : value)
      : pg.types.getTypeParser(oid, format as "text"), // one overload for both
};

/** `/v1/projects/{ref}/database/query`: SQL as the project's own login, in one implicit transaction. */
export function sqlRoutes(world: World): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();

  const run = async (ref: string, readOnly: boolean, query: string, parameters: unknown[] | undefined) => {
    const found = find(world, ref);
    if (found === undefined) return { status: 404 as const, body: { message: "Project not found" } };
    if (found.status !== "ACTIVE_HEALTHY")
      return {
        status: 400 as const,
        body: { message: "Project is not active: its database does not answer" },
      };
    const client = await world.databases.asOwner(found.project);
    try {
      if (readOnly) await client.query("set default_transaction_read_only = on");
      // Without parameters the text goes as one simple query: several statements, one implicit transaction.
      const result: pg.QueryResult | pg.QueryResult[] = await client.query(
        parameters === undefined ? { text: query, types } : { text: query, values: parameters, types },
      );
      const last = Array.isArray(result) ? result.at(-1) : result;
      return { status: 201 as const, body: last?.rows ?? [] };
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) throw error;
      const detail = error.detail === undefined ? "" : `\nDETAIL:  ${error.detail}`;
      const hint = error.hint === undefined ? "" : `\nHINT:  ${error.hint}`;
      return {
        status: 400 as const,
        body: {
          message: `Failed to run sql query: ERROR:  ${error.code}: ${error.message}${detail}${hint}\n`,
        },
      };
    } finally {
      await client.end();
    }
  };

  app.post("/:ref/database/query", async (c) => {
    const given = await bodyAs(c, querySchema);
    if ("refused" in given) return given.refused;
    const { query, parameters, read_only = false } = given.body;
    if (read_only) c.set("write", false);
    const { status, body } = await run(c.req.param("ref"), read_only, query, parameters);
    return c.json(body, status);
  });

  app.post("/:ref/database/query/read-only", async (c) => {
    c.set("write", false);
    const given = await bodyAs(
      c,
      z.strictObject({ query: z.string().min(1), parameters: z.array(z.unknown()).optional() }),
    );
    if ("refused" in given) return given.refused;
    const { status, body } = await run(c.req.param("ref"), true, given.body.query, given.body.parameters);
    return c.json(body, status);
  });

  for (const method of ["get", "post", "put"] as const) {
    app[method]("/:ref/database/migrations", (c) =>
      refuse(c, 403, "This endpoint is only available to selected partner OAuth apps"),
    );
  }

  return app;
}
