import type { FaultReport } from "@atoll/core/event";
import { Fault } from "@atoll/core/fault";
import { sql, type Transaction } from "kysely";
import type { Runtime } from "../runtime.ts";
import { record } from "../store/audit.ts";
import { readSettings } from "../store/settings.ts";
import type { Store } from "../store/store.ts";
import type { Tables } from "../store/tables.ts";
import type { Tokens } from "../tokens.ts";
import type { Letters } from "./letters.ts";
import { localeOf } from "./locale.ts";
import { post } from "./outbox.ts";
import { listOwners } from "./owners.ts";
import { lockRequest, type RequestRow, underWay } from "./requests.ts";

/** What moves requests on: nothing of it is lost when the hub dies between two moves. */
export interface Driver {
  store: Store;
  runtime: Runtime;
  tokens: Tokens;
  letters: Letters;
  baseUrl: string;
}

const runUrl = (driver: Driver, run: string) => `${driver.baseUrl}/runs/${encodeURIComponent(run)}`;

/** Moves every request on that can: starts runs of approved ones, ends those whose run has ended. */
export async function driveRequests(driver: Driver): Promise<void> {
  for (const id of await underWay(driver.store)) {
    const row = await driver.store.selectFrom("requests").selectAll().where("id", "=", id).executeTakeFirst();
    if (row?.state === "approved") await begin(driver, row);
    else if (row?.state === "provisioning") await finish(driver, id);
    else if (row?.state === "failed") await followRetried(driver, id);
  }
}

/** Starts the run of an approved request. Safe to repeat: an instance has one active run. */
async function begin(driver: Driver, row: RequestRow): Promise<void> {
  const { store, runtime } = driver;
  try {
    const environment = row.environment ?? runtime.environments[0];
    const slug = await runtime.register(row.blueprint, { ...row.answers, slug: row.slug }, environment);
    const instance = await runtime.instance(slug);
    // One that has runs already is somebody else's, unless this request began them.
    if (row.instance_id !== instance.id && (await runtime.journal.runs(slug)).length > 0)
      throw new Fault("rejected", {
        what: `The slug "${slug}" is taken.`,
        next: "Retry it under another slug.",
        field: "slug",
      });
    // Written down before the run is started: after a crash in between it is still this request's.
    await store.updateTable("requests").set({ instance_id: instance.id }).where("id", "=", row.id).execute();
    const run = await runtime.journal.submit("provision", slug, { by: row.decided_by ?? "hub" });
    await store.transaction().execute(async (tx) => {
      const now = await lockRequest(tx, row.id);
      if (now.state !== "approved") return;
      await tx
        .updateTable("requests")
        .set({
          state: "provisioning",
          run_id: run,
          started_at: sql`coalesce(started_at, clock_timestamp())`,
        })
        .where("id", "=", row.id)
        .execute();
      await record(tx, {
        actor: "hub",
        action: "request.provision",
        subject: `request/${row.id}`,
        details: { run },
      });
      const data = { locale: localeOf(row.locale), name: row.name, statusUrl: statusUrl(driver, row.id) };
      await post(tx, `approved/${row.id}`, row.email, driver.letters.requestApproved(data));
    });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (error.kind === "try-again" || error.kind === "outcome-unknown") return; // the next round tries again
    const { kind, what, next, field } = error;
    const fault = { kind, what, next, ...(field !== undefined && { field }) };
    await store.transaction().execute((tx) => fail(driver, tx, row.id, fault, undefined));
  }
}

/** A failed request whose run somebody retried goes along with it. */
async function followRetried({ store }: Driver, id: string): Promise<void> {
  await store.transaction().execute(async (tx) => {
    const row = await lockRequest(tx, id);
    if (row.state !== "failed" || row.run_id === null) return;
    await tx
      .updateTable("requests")
      .set({ state: "provisioning", fault: null, completed_at: null })
      .where("id", "=", id)
      .execute();
    await record(tx, {
      actor: "hub",
      action: "request.provision",
      subject: `request/${id}`,
      details: { run: row.run_id },
    });
  });
}

/** Writes down how a request's run ended, and tells who has to know. */
async function finish(driver: Driver, id: string): Promise<void> {
  await driver.store.transaction().execute(async (tx) => {
    const row = await lockRequest(tx, id);
    if (row.state !== "provisioning" || row.run_id === null) return;
    const run = await driver.runtime.journal.run(row.run_id);
    if (run === undefined) return;
    if (run.state === "succeeded") {
      await tx
        .updateTable("requests")
        .set({ state: "deployed", completed_at: sql`clock_timestamp()`, fault: null })
        .where("id", "=", id)
        .execute();
      await record(tx, {
        actor: "hub",
        action: "request.deployed",
        subject: `request/${id}`,
        details: { run: run.id },
      });
    } else if (["failed", "undone", "cancelled"].includes(run.state)) {
      const fault = run.fault ?? {
        kind: "rejected" as const,
        what: `The run was ${run.state}.`,
        next: "Retry it when it is wanted after all.",
      };
      const step = run.steps.find((each) => each.state === "failed")?.step;
      await fail(driver, tx, id, fault, {
        id: run.id,
        slug: run.slug,
        attempt: run.attempt,
        step,
        undone: run.state === "undone",
      });
    }
  });
}

async function fail(
  driver: Driver,
  tx: Transaction<Tables>,
  id: string,
  fault: FaultReport,
  run: { id: string; slug: string; attempt: number; step: string | undefined; undone: boolean } | undefined,
): Promise<void> {
  const row = await lockRequest(tx, id);
  if (row.state !== "approved" && row.state !== "provisioning") return;
  await tx
    .updateTable("requests")
    .set({ state: "failed", fault: JSON.stringify(fault), completed_at: sql`clock_timestamp()` })
    .where("id", "=", id)
    .execute();
  await record(tx, {
    actor: "hub",
    action: "request.failed",
    subject: `request/${id}`,
    details: { what: fault.what },
  });
  const letter = driver.letters.runFailed({
    instance: run?.slug ?? row.slug,
    step: run?.step,
    cause: fault.what,
    next: fault.next,
    undone: run?.undone ?? true,
    url: run === undefined ? `${driver.baseUrl}/requests/${encodeURIComponent(id)}` : runUrl(driver, run.id),
  });
  const { value } = await readSettings(tx);
  const admins = value.alertTo.length > 0 ? value.alertTo : await listOwners(tx);
  const key = `failed/${id}/${run === undefined ? (row.decided_at?.getTime() ?? 0) : `${run.id}/${run.attempt}`}`;
  for (const admin of admins) await post(tx, `${key}/${admin}`, admin, letter);
}

/** Where the asker follows their request. */
export const statusUrl = ({ baseUrl, tokens }: Pick<Driver, "baseUrl" | "tokens">, id: string): string =>
  `${baseUrl}/ask/status?token=${encodeURIComponent(tokens.sign("request status", id))}`;
