import { Fault } from "@atoll/core/fault";
import type { ProjectBody, ProjectStatus } from "./api.ts";

/** What a person does about a project in a state that it does not leave by itself. */
const stuck: Record<string, string> = {
  INACTIVE: 'Run "atoll repair", which restores it, or restore it in the Supabase dashboard.',
  INIT_FAILED: "Destroy the instance and provision it again; ask Supabase's support if it happens twice.",
  PAUSE_FAILED: "Restore it in the Supabase dashboard, or ask Supabase's support.",
  RESTORE_FAILED: "Restore it in the Supabase dashboard, or ask Supabase's support.",
};

/** True for a project that does not get well by waiting. */
export function isStuck(status: ProjectStatus): boolean {
  return status in stuck;
}

/** Says that a project is in a state that it does not leave by itself, and what to do. */
export function stuckFault(project: Pick<ProjectBody, "ref" | "status">): Fault {
  return new Fault("rejected", {
    what: `Supabase project ${project.ref} is ${project.status}.`,
    next: stuck[project.status] ?? "Look at the project in the Supabase dashboard, then retry the run.",
  });
}

/** Says that a project is not there, though something needs it. */
export function goneFault(ref: string): Fault {
  return new Fault("rejected", {
    what: `Supabase project ${ref} is gone.`,
    next: 'Run "atoll repair", which makes what is missing.',
  });
}
