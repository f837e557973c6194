import { DBOS } from "@dbos-inc/dbos-sdk";
import { alone } from "./claim.ts";
import { rethrowControl } from "./control.ts";
import { JournalLostError } from "./database.ts";
import type { Job, Next } from "./job.ts";
import { applicationName, jobWorkflowId, runsQueue, versionFor, workflowNames } from "./protocol.ts";
import { rest } from "./rest.ts";
import type { Office, Runtime } from "./runtime.ts";

/** A piece of work as its workflow gets it. */
export interface JobInput {
  job: string;
  id: string;
  attempt: number;
}

const lostPauseMs = 1_000;

/** Does a job's parts one after the other until it is over. */
export async function jobWorkflow(
  rt: Runtime,
  jobs: readonly Job[],
  { job, id, attempt }: JobInput,
): Promise<void> {
  for (;;) {
    const next = await DBOS.runStep(() => partOf(rt, jobs, job, id, attempt), { name: "part" });
    if (next.is === "over") return;
    await rest(rt, next.inMs);
  }
}

async function partOf(
  rt: Runtime,
  jobs: readonly Job[],
  name: string,
  id: string,
  attempt: number,
): Promise<Next> {
  await rt.mayBegin();
  const found = jobs.find((each) => each.name === name);
  // A worker that is started for something else leaves it to one that knows how.
  if (found === undefined) return { is: "again", inMs: lostPauseMs };
  const { executorId, timeScale } = rt;
  try {
    return await found.part(id, {
      executorId,
      attempt,
      timeScale,
      mayBegin: () => rt.mayBegin(),
      stillOurs: () => rt.stillOurs(),
      alone: (instanceId, step, work) => alone(rt, instanceId, step, work, true),
    });
  } catch (error) {
    rethrowControl(error);
    if (!(error instanceof JournalLostError))
      rt.log({ level: "error", event: "job-failed", job: name, id, why: String(error) });
    return { is: "again", inMs: lostPauseMs };
  }
}

/** Queues a piece of work for the workers of this environment; the same attempt is queued once. */
export async function enqueueJob(office: Office, job: string, id: string, attempt: number): Promise<void> {
  await office.dbos.enqueue(
    {
      queueName: runsQueue,
      workflowName: workflowNames.job,
      workflowID: jobWorkflowId(job, id, attempt),
      appVersion: versionFor(office.environment),
      applicationName,
    },
    { job, id, attempt } satisfies JobInput,
  );
}
