import { Fault } from "@atoll/core/fault";
import type { Looks } from "../accounts.ts";
import { type Finding, failed, ok, waiting } from "./line.ts";
import { planned } from "./planned.ts";
import type { Query } from "./registry.ts";
import type { Scene } from "./scene.ts";

const isUser = (kind: string) => kind === "supabase.user";

/** Whether the first admin can sign in: as the plan sees them, and then by trying. Keeps when it tried. */
export async function signInLine(
  scene: Scene,
  { looks, query }: { looks: Pick<Looks, "signIn">; query: Query },
): Promise<Finding> {
  const byPlan = planned(scene, isUser, {
    well: "The account is there.",
    none: "This blueprint makes no first admin.",
  });
  const user = scene.resources.find(({ kind }) => isUser(kind))?.id;
  if (byPlan.result !== "ok" || user === undefined) return byPlan;
  try {
    const [last] = await query("select link_at from atoll.sign_in_trials where instance_id = $1", [scene.id]);
    const ownLinkAt = typeof last?.link_at === "string" ? last.link_at : undefined;
    const { ok: canSignIn, tried, what, next, linkAt } = await looks.signIn(user, ownLinkAt);
    if (linkAt !== undefined)
      await query(
        `insert into atoll.sign_in_trials (instance_id, link_at) values ($1, $2)
         on conflict (instance_id) do update set link_at = excluded.link_at`,
        [scene.id, linkAt],
      );
    if (canSignIn) return tried ? ok(what) : waiting(what, next);
    return failed(what, next ?? "Repair the instance, then check again.");
  } catch (error) {
    if (error instanceof Fault) return failed(error.what, error.next);
    throw error;
  }
}
