import type { Step } from "@atoll/core/blueprint";
import { Fault } from "@atoll/core/fault";
import pg from "pg";
import type { Guard } from "./orders.ts";

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
    const forgotten = new Set<string>();
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
    const told = new Set<string>();
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

/** Makes one worker believe in its lease for an hour, while the journal gives it the time that all have. */
export async function unfence(hub: string, executor: string | undefined, ttlMs: number): Promise<void> {
  const client = new pg.Client({ connectionString: hub });
  await client.connect();
  await client.query("update atoll.worker_lease set ttl_ms = $2 where executor_id = $1", [executor, ttlMs]);
  await client.end();
}
