import { Fault } from "@atoll/core/fault";
import type { Look, Operation, Situation, Task } from "@atoll/core/operation";
import type { LaterDesk } from "./desk.ts";

/**
 * What an instance whose record was made anew still lacks: passwords cannot be read back at any provider, so that its
 * database is given the one that was chosen anew and recorded beforehand. Everything else was found as it stands.
 */
export function rebuild(desk: LaterDesk): Operation {
  return {
    kind: "rebuild",
    from: ["live", "paused", "archived", "failed"],
    input: () => ({}),
    async tasks(at) {
      const project = [...at.things.values()].find(({ kind }) => kind === "supabase.project");
      return project === undefined || project.brought ? [] : [passwordTask(desk, at, project)];
    },
  };
}

/** The password of the project's database is the one that the journal has. */
function passwordTask(
  desk: LaterDesk,
  { secrets, instance }: Situation,
  { id, name }: { id: string; name: string },
): Task {
  const { databasePassword } = secrets;
  return {
    step: "database-password",
    kind: "supabase.project",
    name,
    needs: [],
    async look(): Promise<Look> {
      if (databasePassword === undefined) return { is: "done" };
      const { accounts } = await desk;
      if (await accounts.isPaused(id))
        return { is: "done", says: "left as it is: the project is paused; rebuild it again once it is up" };
      try {
        const client = await accounts
          .looksAt(instance.answers)
          .client({ within: id, access: databasePassword });
        await client?.end();
        return { is: "done" };
      } catch (error) {
        if (!(error instanceof Fault) || error.kind !== "sign-in-again") throw error;
        return {
          is: "todo",
          does: "update",
          says: "gives the database the password that was chosen anew: what signs in with the old one is refused",
        };
      }
    },
    async act() {
      if (databasePassword !== undefined)
        await (await desk).accounts.setDatabasePassword(id, databasePassword);
    },
  };
}
