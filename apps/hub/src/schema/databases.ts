import type { InstanceBackups } from "@atoll/contract/schemas/backups";
import type { RestorePoint } from "@atoll/contract/schemas/fleet";
import type { SqlSession } from "@atoll/fleet/session";

/** How the databases of instances are reached. Throws `Fault`s. */
export interface Databases {
  open(slug: string): Promise<SqlSession>;
  /** Which server a database stands on: so many at once on each. */
  server(slug: string): Promise<string>;
  /** To where the provider could take it back. Reads only. */
  restorePoint(slug: string): Promise<RestorePoint>;
  /** What its provider keeps of it. Reads only. */
  backups(slug: string): Promise<InstanceBackups["provider"]>;
  /** True where its provider has paused the project: nobody can reach it, and nothing is wrong with it. */
  isPaused?(slug: string): Promise<boolean>;
}
