import { setTimeout as sleep } from "node:timers/promises";
import type { CloudContext } from "../../kit/context.ts";
import type { Collection } from "../../kit/store.ts";
import type { ProjectDatabases } from "../database.ts";
import type { Project } from "../project.ts";

/** Stands in `since` while a project's database is still being made: nothing has passed since then. */
const notYet = Number.MAX_SAFE_INTEGER;
const retryMs = 1_000;

/**
 * Makes the databases of new projects while these are coming up, as the provider does: whoever asks for a project is
 * answered at once, however many others are being made.
 */
export interface Making {
  /** Records the project, and begins. */
  begin(project: Project): Project;
  /** Waits until nobody makes this one any more; it has to be out of the records by then. */
  settled(ref: string): Promise<void>;
  /** Ends what goes on. */
  close(): Promise<void>;
}

interface Parts {
  context: CloudContext;
  databases: ProjectDatabases;
  projects: Collection<Project>;
}

/** Goes on with those that a crash left half-made. */
export function openMaking({ context, databases, projects }: Parts): Making {
  const under = new Map<string, Promise<void>>();
  let closed = false;

  async function make(ref: string): Promise<void> {
    for (;;) {
      const project = projects.get(ref);
      if (project === undefined || closed) return;
      try {
        await databases.create(project);
        const made = projects.get(ref);
        // Making it took a moment of its own: coming up is counted from here.
        if (made !== undefined) projects.set(ref, { ...made, since: context.clock.now() });
        return;
      } catch (error) {
        if (!closed) console.error(`Supabase project ${ref}: its database could not be made yet:`, error);
      }
      await sleep(retryMs);
    }
  }

  const start = (ref: string) =>
    under.set(
      ref,
      make(ref).finally(() => under.delete(ref)),
    );
  for (const { ref, since } of projects.values()) if (since === notYet) start(ref);
  return {
    begin(project) {
      const begun = projects.set(project.ref, { ...project, since: notYet });
      start(project.ref);
      return begun;
    },
    settled: async (ref) => under.get(ref),
    async close() {
      closed = true;
      await Promise.all(under.values());
    },
  };
}
