import { Hono } from "hono";
import { z } from "zod";
import type { CloudEnv } from "../../kit/context.ts";
import { find, type World } from "../world.ts";
import { bodyAs, refuse } from "./answers.ts";

/** Makes a backup of a project now, as the daily one of a paid plan. Throws where there is none to be made. */
export async function makeBackup({ projects, databases, context }: World, ref: string): Promise<number> {
  const project = projects.get(ref);
  if (project?.state !== "healthy" && project?.state !== "coming-up")
    throw new Error("There is no such project, or it is not up.");
  const kept = project.backups ?? [];
  const id = Math.max(0, ...kept.map((each) => each.id)) + 1;
  await databases.copy(ref, id);
  const at = new Date(context.clock.now()).toISOString();
  projects.set(ref, { ...project, backups: [...kept, { id, at }] });
  return id;
}

/**
 * A project's backups: copies of its database. The daily ones come when the control endpoint plants one, never by the
 * clock. Recovery to any moment, restore points and the schedule are left out, and say so.
 */
export function backupRoutes(world: World): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();
  const { projects, databases, context } = world;
  const path = "/:ref/database/backups";

  app.get(path, (c) => {
    const found = find(world, c.req.param("ref"));
    if (found === undefined) return refuse(c, 404, "Project not found");
    const kept = world.organization.plan === "free" ? [] : (found.project.backups ?? []);
    return c.json({
      region: found.project.region,
      walg_enabled: true,
      pitr_enabled: false,
      backups: kept.map(({ id, at }) => ({
        id,
        is_physical_backup: true,
        status: "COMPLETED",
        inserted_at: at,
      })),
      physical_backup_data: {},
    });
  });

  app.post(`${path}/restore`, async (c) => {
    const found = find(world, c.req.param("ref"));
    if (found === undefined) return refuse(c, 404, "Project not found");
    const given = await bodyAs(c, z.object({ id: z.int() }));
    if ("refused" in given) return given.refused;
    const { project, status } = found;
    if (status !== "ACTIVE_HEALTHY") return refuse(c, 400, `Project is ${status}`);
    if (!project.backups?.some(({ id }) => id === given.body.id)) return refuse(c, 404, "Backup not found");
    await databases.putBack(project, given.body.id);
    projects.set(project.ref, { ...project, state: "restoring", since: context.clock.now() });
    return c.body(null, 201);
  });

  for (const left of ["restore-pitr", "restore-point", "undo"])
    app.post(`${path}/${left}`, (c) =>
      refuse(
        c,
        501,
        "The local cloud keeps whole copies only: it restores a backup, and no moment between two.",
      ),
    );
  app.on(["GET", "PATCH"], `${path}/schedule`, (c) =>
    refuse(c, 501, "The local cloud makes no backups by the clock: its control endpoint plants them."),
  );
  return app;
}
