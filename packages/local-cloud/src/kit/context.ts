import type { HttpBindings } from "@hono/node-server";
import type { Hono } from "hono";
import type { Bus } from "./bus.ts";
import type { CloudClock } from "./clock.ts";
import type { Faults } from "./faults.ts";
import type { RequestLog } from "./log.ts";
import type { CloudSettings, CloudTokens } from "./settings.ts";
import type { Store } from "./store.ts";

/** Where other emulators find a repository of the GitHub emulator. */
export interface GitHost {
  /** Folder of the bare repository, or undefined where there is none. */
  bareRepository(
    owner: string,
    repo: string,
  ): { path: string; id: number; defaultBranch: string } | undefined;
}

/** What every emulator gets. */
export interface CloudContext {
  settings: CloudSettings;
  tokens: CloudTokens;
  store: Store;
  clock: CloudClock;
  faults: Faults;
  log: RequestLog;
  bus: Bus;
  /** Base URL of the whole cloud, without a slash at the end. */
  url(): string;
  /** Superuser URL of the cloud's own Postgres, for a database. */
  postgresUrl(database?: string): string;
  /** Set by the GitHub emulator. */
  git: { github?: GitHost };
}

/** Hono's environment in every emulator. `write` overrides what the method says, for the request log. */
export interface CloudEnv {
  Bindings: HttpBindings;
  Variables: { write?: boolean };
}

/** One provider: its routes under `/name`, what exists there, and a way to plant what somebody else made. */
export interface Emulator {
  name: string;
  app: Hono<CloudEnv>;
  /** Deterministic and sorted: two inventories of the same world are equal. Holds no secret and no time. */
  inventory(): Promise<unknown> | unknown;
  /** Puts a foreign thing there. Throws an Error that says what it takes. */
  plant?(thing: Record<string, unknown>): Promise<unknown> | unknown;
  close?(): Promise<void>;
}
