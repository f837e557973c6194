// A worker of a rehearsal, in a process of its own: it is killed with -9. Started by `atoll blueprint rehearse` only.
import type { LocalCloud } from "@atoll/hub/settings";
import { runWorker } from "@atoll/rehearsal/worker";
import { readBlueprint } from "./built.ts";

/** What the rehearsal hands over. */
export interface Handed {
  what: string;
  answers?: string;
  cloud: LocalCloud;
  databaseUrl: string;
  environment: string;
  /** 32 bytes in base64. */
  key: string;
  folder: string;
}

const { what, answers, cloud, key, ...rest } = JSON.parse(process.env.ATOLL_REHEARSAL ?? "{}") as Handed; // written by the rehearsal
const build = await readBlueprint(what, { env: process.env, answers });
const { blueprint } = await build(cloud);
await runWorker({ ...rest, blueprint, key: Buffer.from(key, "base64") });
