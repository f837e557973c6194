import type { Operation } from "@atoll/core/operation";
import { ended, isOperation } from "@atoll/core/states";
import type pg from "pg";
import type { Query } from "./database.ts";
import { forgetSecretAnswers, moveInstance } from "./journal/instances.ts";
import { lockRun, moveRun, nextAttempt, type RunRow, rememberFault } from "./journal/runs.ts";
import { dropAllSecrets } from "./journal/secrets.ts";
import { listSteps, type StepRow } from "./journal/steps.ts";
import { operationOf } from "./operation.ts";
import { applicationName, runsQueue, undoWorkflowId, versionFor, workflowNames } from "./protocol.ts";
import { reportOf } from "./report.ts";
import type { Office, Runtime } from "./runtime.ts";
import { sceneOfRun } from "./scene.ts";

/** Ends a run that ensured its steps: all done, or undone by its own workflow, or left for a retry. */
export async function endRun(rt: Runtime, runId: string): Promise<"ended" | "undoing"> {
  await rt.mayBegin();
  await rt.pause("run-ending", { runId, step: "" });
  const { run: asked, scene } = await sceneOfRun(rt, runId);
  const operation = operationOf(rt, asked.kind);
  const to =
    typeof operation?.to === "function"
      ? await operation.to({ instance: scene.known.instance, runId })
      : operation?.to;
  return rt.db.tx(async (query, client) => {
    const run = await lockRun(query, runId);
    if (run?.state === "undoing") return "undoing";
    if (run?.state !== "running") return "ended";
    const steps = await listSteps(query, runId);
    if (steps.every((step) => step.state === "done")) {
      const url = scene.blueprint.url(scene.outputs);
      await moveRun(query, run, "succeeded");
      if (to) await moveInstance(query, run.instance_id, to);
      if (!operation) await moveInstance(query, run.instance_id, "live", { url, answers: run.answers });
    } else if (run.undoes) await startUndo(rt, query, client, run);
    else {
      await moveRun(query, run, "failed");
      // An operation that changed nothing that has to be taken back leaves the instance as it was.
      if (!operation || isHalfway(operation, steps)) await moveInstance(query, run.instance_id, "failed");
    }
    return steps.some((step) => step.state !== "done") && run.undoes ? "undoing" : "ended";
  });
}

/** Whether a run did something that stays done, and did not come to its end. */
export const isHalfway = (operation: Operation, steps: readonly StepRow[]): boolean =>
  operation.oneWay === true && steps.some(({ did }) => did !== null && did !== "kept" && did !== "skipped");

/** Moves a run to `undoing` and starts its undo, in the transaction that says so. */
export async function startUndo(
  office: Office,
  query: Query,
  client: pg.PoolClient,
  run: RunRow,
): Promise<void> {
  await moveRun(query, run, "undoing");
  const workflowID = undoWorkflowId(run.id, await nextAttempt(query, run.id, "undo"));
  await office.dbos.enqueueInTransaction(
    client,
    {
      queueName: runsQueue,
      workflowName: workflowNames.undo,
      workflowID,
      appVersion: versionFor(office.environment),
      applicationName,
    },
    { runId: run.id, workflowId: workflowID },
  );
}

/** Ends an undo: `undone` when nothing is left of the run, `failed` with what is still owed. */
export async function endUndo(rt: Runtime, runId: string): Promise<void> {
  await rt.mayBegin();
  await rt.pause("run-ending", { runId, step: "" });
  await rt.db.tx(async (query) => {
    const run = await lockRun(query, runId);
    if (run?.state !== "undoing") return;
    const owed = (await listSteps(query, runId)).some((step) => step.undo === "owed");
    await moveRun(query, run, owed ? "failed" : "undone");
    if (owed || !isOperation(run.kind)) await moveInstance(query, run.instance_id, "failed");
    // What was owed at first has left it failed: taken back whole, it is as it was.
    else if (run.came_from !== null) await moveInstance(query, run.instance_id, run.came_from);
  });
}

/** Ends a destroy: the instance is `removed` when every thing that we made is gone. */
export async function endDestroy(rt: Runtime, runId: string): Promise<void> {
  await rt.mayBegin();
  await rt.pause("run-ending", { runId, step: "" });
  await rt.db.tx(async (query) => {
    const run = await lockRun(query, runId);
    if (run?.state !== "running") return;
    const failed = (await listSteps(query, runId)).find((step) => step.state === "failed");
    await moveRun(query, run, failed ? "failed" : "succeeded", { fault: failed?.fault ?? undefined });
    await moveInstance(query, run.instance_id, failed ? "failed" : "removed");
    // What opened things that are gone is of no use to anybody but a thief.
    // What a client brought is still there, and its keys are the client's alone again.
    if (!failed) {
      await forgetSecretAnswers(query, run.instance_id);
      await dropAllSecrets(query, run.instance_id);
    }
  });
}

/** Ends a run that met a bug of the engine itself, so that it does not seem to go on for ever. */
export async function failRun(rt: Runtime, runId: string, error: unknown): Promise<void> {
  await rt.mayBegin();
  const { scene } = await sceneOfRun(rt, runId);
  const fault = reportOf(error, scene.redact);
  rt.log({ level: "error", run: runId, ...fault });
  await rt.db.tx(async (query, client) => {
    const run = await lockRun(query, runId);
    if (!run || ended.includes(run.state)) return;
    const wasUndoing = run.state === "undoing";
    const steps = await listSteps(query, run.id);
    const operation = operationOf(rt, run.kind);
    // What tasks did until then is taken back like after any other failure.
    if (operation && run.state === "running" && steps.some(({ undo }) => undo === "registered")) {
      await rememberFault(query, run.id, fault);
      run.fault ??= fault;
      return startUndo(rt, query, client, run);
    }
    await moveRun(query, run, "failed", { fault });
    if (!operation || wasUndoing || isHalfway(operation, steps))
      await moveInstance(query, run.instance_id, "failed");
  });
}
