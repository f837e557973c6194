import { randomBytes } from "node:crypto";
import path from "node:path";
import { Hono } from "hono";
import { z } from "zod";
import type { CloudContext, CloudEnv, Emulator } from "../kit/context.ts";
import { openDatabases } from "./database.ts";
import { regions } from "./facts.ts";
import { gatewayRoutes } from "./gateway.ts";
import { makeBackup } from "./management/backups.ts";
import { openMaking } from "./management/making.ts";
import { managementRoutes } from "./management/routes.ts";
import { newProject, type Project, statusOf } from "./project.ts";
import { openRequestCounts } from "./requests.ts";
import { openFiles } from "./storage/files.ts";
import type { World } from "./world.ts";

const plantSchema = z.object({
  name: z.string().min(1).max(256),
  region: z.enum(regions).default("eu-west-3"),
});

/** A daily backup of the project of this ref, made now. */
const backupSchema = z.object({ backup: z.string() });

/** Supabase: Management API, and of each project a real database with Auth, Data API and Storage. */
export async function supabaseEmulator(context: CloudContext): Promise<Emulator> {
  const settings = context.store.collection<string>("supabase.settings");
  // Opens the emulator's own services to all databases; made once, since the roles outlive a restart.
  const servicePassword =
    settings.get("service-password") ??
    settings.set("service-password", randomBytes(24).toString("base64url"));
  const organization = {
    id: "atoll-local",
    name: "Atoll local",
    plan: context.settings.supabasePlan ?? "pro",
  };
  const databases = await openDatabases(context.postgresUrl, servicePassword);
  const projects = context.store.collection<Project>("supabase.projects");
  await databases.sweep(projects.values().map((each) => each.ref));
  // A crash may have come between what is known of a pause and the database's door.
  for (const { ref, state } of projects.values())
    if (state === "pausing" || state === "inactive") await databases.setOpen(ref, false);
  const files = await openFiles(path.join(context.settings.dataDir, "storage"));
  await files.sweep(projects.values().map((each) => each.ref));
  const requests = openRequestCounts(context.store, context.clock.now);
  const making = openMaking({ context, databases, projects });
  const world: World = { context, databases, files, projects, requests, making, organization };
  const app = new Hono<CloudEnv>();
  app.route("/v1", managementRoutes(world));
  app.route("/projects", gatewayRoutes(world));

  async function usersOf(project: Project): Promise<string[]> {
    if (statusOf(context, project) !== "ACTIVE_HEALTHY") return [];
    const { rows } = await databases
      .authPool(project.ref)
      .query<{ email: string }>(
        "select coalesce(email, phone, id::text) as email from auth.users order by 1",
      );
    return rows.map((each) => each.email);
  }

  async function tablesOf(project: Project): Promise<number> {
    if (statusOf(context, project) !== "ACTIVE_HEALTHY") return 0;
    const { rows } = await databases
      .authPool(project.ref)
      .query<{ tables: number }>(
        "select count(*)::int as tables from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'",
      );
    return rows[0]?.tables ?? 0;
  }

  return {
    name: "supabase",
    app,
    async inventory() {
      const all = projects
        .values()
        .toSorted((a, b) => a.name.localeCompare(b.name) || a.ref.localeCompare(b.ref));
      return {
        projects: await Promise.all(
          all.map(async (project) => ({
            ref: project.ref,
            name: project.name,
            region: project.region,
            users: await usersOf(project),
            tables: await tablesOf(project),
          })),
        ),
      };
    },
    async plant(thing) {
      const wanted = backupSchema.safeParse(thing);
      if (wanted.success) return { backup: await makeBackup(world, wanted.data.backup) };
      const { name, region } = plantSchema.parse(thing);
      const project = newProject({
        name,
        region,
        organization: organization.id,
        databasePassword: randomBytes(24).toString("base64url"),
        now: context.clock.now() - 3_600_000,
      });
      await databases.create(project);
      projects.set(project.ref, project);
      return { ref: project.ref };
    },
    async close() {
      requests.flush();
      await making.close();
      await databases.close();
    },
  };
}
