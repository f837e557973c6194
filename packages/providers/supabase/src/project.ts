import type { Change } from "@atoll/core/change";
import { differences } from "@atoll/core/change";
import type { Address, Observed, Resource } from "@atoll/core/resource";
import type { Secret } from "@atoll/core/secret";
import type { ProjectBody, ProjectStatus, SupabaseApi } from "./api.ts";
import { projectHalting } from "./halting.ts";
import { isStuck, stuckFault } from "./statuses.ts";

// --- types

/** What a Supabase project should be. */
export interface ProjectIn {
  region: string;
  /** Of the database's owner. Cannot be read back, so it is not compared. */
  databasePassword: Secret;
  /** "micro", "small", …; absent = the smallest. Only read when the project is made: resizing is a matter of billing. */
  instanceSize?: string;
}

/** What Supabase says of a project. */
export interface ProjectAttrs {
  /** 20 letters. */
  ref: string;
  /** Where the project's own APIs answer. */
  url: string;
  region: string;
  status: ProjectStatus;
  name: string;
  /** The recorded name, which is our mark. */
  recordedName: string;
}

/**
 * A Supabase project: present as soon as Supabase knows it, which is long before its database answers
 * (`database` settles until then). The recorded name ends with an unguessable suffix, which proves that it is ours.
 */
export function project(api: SupabaseApi): Resource<ProjectIn, ProjectAttrs> {
  const { http } = api;

  // --- observe

  /** By id, else by name: ours has exactly the recorded one, a look-alike shares its stem. */
  async function find(at: Address): Promise<{ body: ProjectBody; owner: "us" | "other" } | undefined> {
    const byId = at.id === undefined ? undefined : await api.project(at.id);
    // A ref is never used twice: what the journal names is ours under every name.
    if (byId && byId.status !== "REMOVED") return { body: byId, owner: "us" };
    const stem = stemOf(at.name);
    const alike = (await api.projects(stem)).filter((each) => each.status !== "REMOVED");
    const ours = alike.find((each) => each.name === at.name);
    if (ours) return { body: ours, owner: "us" };
    const other = alike.find((each) => each.name === stem || stemOf(each.name) === stem);
    return other && { body: other, owner: "other" };
  }

  async function observe(at: Address): Promise<Observed<ProjectAttrs>> {
    const found = await find(at);
    if (!found) return { is: "absent" };
    const { body, owner } = found;
    const id = body.ref;
    if (owner === "us" && body.status === "GOING_DOWN")
      return { is: "settling", id, retryInMs: api.pollMs, why: "Supabase is removing the project" };
    const { ref, region, status, name } = body;
    const attrs = { ref, url: api.projectUrl(ref), region, status, name, recordedName: at.name };
    return { is: "present", id, owner, attrs };
  }

  // --- compare

  function compare(want: ProjectIn, live: ProjectAttrs): Change[] {
    const changes = differences({ name: live.recordedName }, live);
    if (want.region !== live.region)
      changes.push({ path: "region", act: "replace", from: live.region, to: want.region, holdsData: true });
    if (isStuck(live.status))
      changes.push({ path: "status", act: "update", from: live.status, to: "ACTIVE_HEALTHY" });
    return changes;
  }

  // --- apply

  async function create(at: Address, want: ProjectIn): Promise<string> {
    // Not repeatable: a second one would be billed. Who does not hear the answer looks for the name first.
    const made = await http.post<ProjectBody>("/v1/projects", {
      body: {
        name: at.name,
        organization_slug: api.organization,
        db_pass: want.databasePassword,
        region_selection: { type: "specific", code: want.region },
        desired_instance_size: want.instanceSize,
      },
    });
    return made.ref;
  }

  return {
    kind: "supabase.project",
    lostCreate: "find-by-name",
    removal: "own",
    observe,
    compare,

    async apply({ at, want, live }) {
      if (!live) return await create(at, want);
      const params = { ref: live.ref };
      if (live.name !== at.name)
        await http.patch("/v1/projects/{ref}", { params, body: { name: at.name }, safe: true });
      if (live.status === "INACTIVE") await http.post("/v1/projects/{ref}/restore", { params, safe: true });
      else if (isStuck(live.status)) throw stuckFault(live);
      return live.ref;
    },

    // --- remove

    async remove(id) {
      await http.delete("/v1/projects/{ref}", { params: { ref: id } });
    },

    // --- probe

    async probe(live) {
      return live.status === "ACTIVE_HEALTHY" ? [] : [`Supabase says that the project is ${live.status}.`];
    },

    halting: projectHalting(api),
  };
}

/** "client-toko-prod-k3j9x2m5q8w1" → "client-toko-prod": the recorded name without its suffix. */
function stemOf(name: string): string {
  return name.replace(/-[a-z0-9]{12}$/, "");
}
