import type { Step } from "@atoll/core/blueprint";
import { Fault } from "@atoll/core/fault";
import pg from "pg";
import type { Guard } from "./orders.ts";

// Of the process: a step is made anew for each look.
const forgotten = new Set<string>();
const told = new Set<string>();

/** The same step without one of its guards; the step itself where the guard is none of its own. */
export function brokenStep(step: Step, without: Guard | undefined): Step {
  if (step.does === "action") return step;
  const { resource } = step;
  // Names are unique at most providers; two projects of Supabase may have the same.
  if (without === "find-by-name" && step.step === "project")
    return {
      ...step,
      resource: {
        ...resource,
        observe: async (at) => (at.id === undefined ? { is: "absent" } : resource.observe(at)),
      },
    };
  if (without === "removal" && step.step === "backup") {
    return {
      ...step,
      resource: {
        ...resource,
        observe: async (at) => (forgotten.has(at.id ?? "") ? { is: "absent" } : resource.observe(at)),
        remove: async (id) => void forgotten.add(id),
      },
    };
  }
  if (without === "secrecy" && step.step === "schema") {
    return {
      ...step,
      resource: {
        ...resource,
        async apply(job) {
          const password = job.at.access?.expose() ?? "";
          if (told.has(password)) return resource.apply(job);
          told.add(password);
          const what = `The database said: ${Buffer.from(password).toString("base64")}`;
          throw new Fault("try-again", { what, next: "Nothing: it was ordered.", retryInMs: 20 });
        },
      },
    };
  }
  return step;
}

/**
 * Makes this worker believe in its lease whatever the journal says: the question that comes with each beat no longer leaves
 * out a lease which was taken over.
 */
export function unfence(): void {
  const { prototype } = pg.Client;
  const really = prototype.query as (this: pg.Client, ...asked: unknown[]) => unknown; // none of its many shapes is used here
  const query = function (this: pg.Client, asked: unknown, ...more: unknown[]): unknown {
    const isBeat = typeof asked === "string" && asked.includes("set beat_at = clock_timestamp()");
    return really.call(this, isBeat ? asked.replace("and taken_over_at is null", "") : asked, ...more);
  };
  prototype.query = query as typeof prototype.query;
}

/** Gives a worker's lease the time that all have, in the journal: the worker itself was told another. */
export async function shorten(hub: string, executor: string, ttlMs: number): Promise<void> {
  const client = new pg.Client({ connectionString: hub });
  await client.connect();
  await client.query("update atoll.worker_lease set ttl_ms = $2 where executor_id = $1", [executor, ttlMs]);
  await client.end();
}
