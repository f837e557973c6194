import type { Journal } from "@atoll/engine/journal";
import { record } from "../store/audit.ts";
import { readSettings } from "../store/settings.ts";
import type { Store } from "../store/store.ts";

/** Who asks for a removal, and whether it may not wait. */
export interface DestroyOptions {
  by: string;
  /** Without cooling off: whoever asks has been found to be an owner. */
  now: boolean;
}

interface Place {
  store: Store;
  journal: Pick<Journal, "submit" | "runs" | "cancel">;
  /** The instance's things stand on the local cloud. */
  isLocal: boolean;
}

const usualHours = 24;

/**
 * Starts the removal of an instance and gives the run's id. It cools off for as long as the hub's settings say: until
 * then nothing is removed, and cancelling it leaves everything as it was.
 */
export async function startDestroy(
  { store, journal, isLocal }: Place,
  slug: string,
  { by, now }: DestroyOptions,
): Promise<string> {
  const { value } = await readSettings(store);
  const hours = value.coolingOffHours ?? (isLocal ? 0 : usualHours);
  const cools = hours > 0 && !now;
  if (hours > 0 && now) {
    // One that cools off already is begun anew: it would keep its time.
    const cooling = (await journal.runs(slug)).at(-1);
    if (cooling?.kind === "destroy" && (cooling.state === "waiting" || cooling.state === "queued"))
      await journal.cancel(cooling.id);
  }
  const notBefore = new Date(Date.now() + hours * 3_600_000);
  const run = await journal.submit("destroy", slug, { by, ...(cools && { notBefore }) });
  if (hours > 0 && now)
    await store.transaction().execute((tx) =>
      record(tx, {
        actor: by,
        action: "instance.destroy-now",
        subject: `instance/${slug}`,
        details: { run, coolingOffHours: hours },
      }),
    );
  return run;
}
