import type { AnyBlueprint } from "@atoll/core/blueprint";
import { Fault } from "@atoll/core/fault";
import type { Ids } from "@atoll/core/instance";
import type { Operation } from "@atoll/core/operation";
import type { DBOSClient } from "@dbos-inc/dbos-sdk";
import type { Database } from "./database.ts";
import type { OnBehalf, PausePoint } from "./options.ts";
import type { Vault } from "./seal.ts";

/** What a journal needs: no worker among it. */
export interface Office {
  db: Database;
  vault: Vault;
  dbos: DBOSClient;
  blueprints: ReadonlyMap<string, AnyBlueprint>;
  operations: ReadonlyMap<string, Operation>;
  ids: Ids & { instance(): string };
  environment: string;
}

/** What a worker needs beside. */
export interface Runtime extends Office {
  executorId: string;
  timeScale: number;
  now(): number;
  random(): number;
  /** First line of all durable work: never returns once this worker is being closed, or may do nothing more. */
  mayBegin(): Promise<void>;
  /** Never returns once this worker's lease has run out: call it before anything is written. */
  stillOurs(): Promise<void>;
  pause(point: PausePoint, where: { runId: string; step: string }): Promise<void>;
  onBehalf<T>(whom: OnBehalf, work: () => Promise<T>): Promise<T>;
  log(line: object): void;
  /** Steps that this process is inside of just now. */
  inside: Set<string>;
}

/** The blueprint by its name. */
export function blueprintOf(office: Office, name: string): AnyBlueprint {
  const found = office.blueprints.get(name);
  if (found) return found;
  const known = [...office.blueprints.keys()].join(", ") || "none";
  throw new Fault("rejected", {
    what: `There is no blueprint "${name}".`,
    next: `Choose one of: ${known}.`,
    field: "blueprint",
  });
}
