import { Kysely, PostgresDialect } from "kysely";
import type pg from "pg";
import type { Tables } from "./tables.ts";

/** The hub's tables, and the engine's for reading. */
export type Store = Kysely<Tables>;

/** Opens the store on a pool, which stays its owner's to end. */
export function openStore(pool: pg.Pool): Store {
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }).withSchema("atoll");
}
