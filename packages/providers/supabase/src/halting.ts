import type { Halted, Halting } from "@atoll/core/resource";
import { HttpFault } from "@atoll/provider-kit/http-fault";
import type { ProjectStatus, SupabaseApi } from "./api.ts";
import { goneFault, isStuck, stuckFault } from "./statuses.ts";

/** Neither up nor paused, and on its way by itself. */
const isUp = (status: ProjectStatus) => status === "ACTIVE_HEALTHY" || status === "ACTIVE_UNHEALTHY";

/**
 * How a Supabase project (its ref) is paused. Supabase does that in free organisations only; a paid project is left
 * going, and a paused one keeps its data for a year (docs, "Pausing a project"; PROVIDERS' figures of 2026-11).
 */
export function projectHalting(api: SupabaseApi): Halting {
  const params = (ref: string) => ({ params: { ref } });

  async function statusOf(ref: string): Promise<ProjectStatus> {
    const found = await api.project(ref);
    if (!found || found.status === "REMOVED") throw goneFault(ref);
    return found.status;
  }

  /** The organisation's plan; undefined where Supabase does not tell. */
  async function plan(): Promise<string | undefined> {
    const organization = await api.http.getOrGone<{ plan?: string }>("/v1/organizations/{slug}", {
      params: { slug: api.organization },
    });
    return organization?.plan;
  }

  async function observe(ref: string): Promise<Halted> {
    const status = await statusOf(ref);
    if (status === "INACTIVE") return { is: "halted" };
    if (isStuck(status)) throw stuckFault({ ref, status });
    if (!isUp(status)) return { is: "settling", retryInMs: api.pollMs, why: `Supabase says ${status}` };
    const paid = await plan();
    if (paid === undefined || paid === "free") return { is: "going" };
    return {
      is: "refused",
      why: `Supabase pauses projects of free organisations only, and ${api.organization} is on the plan "${paid}": database and sign-ins stay up.`,
    };
  }

  /** Sends it once where it is due. A second one is refused while the first goes on: then the first is what counts. */
  async function send(ref: string, verb: "pause" | "restore", reached: readonly ProjectStatus[]) {
    if (reached.includes(await statusOf(ref))) return;
    try {
      await api.http.post(`/v1/projects/{ref}/${verb}`, { ...params(ref), safe: true });
    } catch (fault) {
      if (!(fault instanceof HttpFault) || fault.status !== 400) throw fault;
      if (!reached.includes(await statusOf(ref))) throw fault;
    }
  }

  return {
    observe,
    halt: (ref) => send(ref, "pause", ["PAUSING", "INACTIVE"]),
    /** One that is still being paused cannot be restored yet: Supabase's refusal is passed on. */
    resume: (ref) => send(ref, "restore", ["RESTORING", "COMING_UP", "ACTIVE_HEALTHY", "ACTIVE_UNHEALTHY"]),
  };
}
