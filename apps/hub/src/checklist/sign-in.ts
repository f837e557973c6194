import { Fault } from "@atoll/core/fault";
import type { Looks } from "../accounts.ts";
import { type Finding, failed, ok } from "./line.ts";
import { planned } from "./planned.ts";
import type { Scene } from "./scene.ts";

const isUser = (kind: string) => kind === "supabase.user";

/** Whether the first admin can sign in: as the plan sees them, and then by trying. */
export async function signInLine(scene: Scene, looks: Pick<Looks, "signIn">): Promise<Finding> {
  const byPlan = planned(scene, isUser, {
    well: "The account is there.",
    none: "This blueprint makes no first admin.",
  });
  const user = scene.resources.find(({ kind }) => isUser(kind))?.id;
  if (byPlan.result !== "ok" || user === undefined) return byPlan;
  try {
    const { ok: canSignIn, what, next } = await looks.signIn(user);
    return canSignIn ? ok(what) : failed(what, next ?? "Repair the instance, then check again.");
  } catch (error) {
    if (error instanceof Fault) return failed(error.what, error.next);
    throw error;
  }
}
