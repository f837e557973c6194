import { Fault } from "@atoll/core/fault";
import type { Looks } from "../accounts.ts";
import { type Finding, failed, notApplicable, ok, waiting } from "./line.ts";
import type { Query } from "./registry.ts";
import { isUnderWay, type Scene, textOf } from "./scene.ts";

/** What became of the newest mail that the instance's blueprint sent. */
export async function mailLine(
  scene: Scene,
  { query, looks }: { query: Query; looks: Pick<Looks, "delivery"> },
): Promise<Finding> {
  const steps = scene.steps
    .filter((step) => step.does === "action" && step.action.kind === "email.send")
    .map(({ step }) => step);
  if (steps.length === 0) return notApplicable("This blueprint sends no mail.");
  const [sent] = await query(
    "select output from atoll.actions where instance_id = $1 and step = any($2) order by done_at desc limit 1",
    [scene.id, steps],
  );
  const id = textOf(sent?.output, "messageId");
  if (id === undefined)
    return isUnderWay(scene) || scene.state === "failed"
      ? waiting("It goes out when everything else stands.")
      : failed("It was not sent.", "Repair the instance: it sends what was not sent.");
  try {
    const { is, what, next } = await looks.delivery(id);
    if (is === "delivered") return ok(what);
    if (is === "under-way") return waiting(what, next);
    return is === "lost"
      ? failed(what, next ?? "Ask the first admin.")
      : { ...ok(what), ...(next !== undefined && { next }) };
  } catch (error) {
    if (error instanceof Fault) return failed(error.what, error.next);
    throw error;
  }
}
