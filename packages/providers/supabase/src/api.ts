import type { Secret } from "@atoll/core/secret";
import { coalesce } from "@atoll/provider-kit/coalesce";
import { type Explanation, messageIn, type Refusal } from "@atoll/provider-kit/explain";
import { createHttp, type Http, type HttpOptions } from "@atoll/provider-kit/http";
import { limits } from "./limits.ts";

interface SupabaseOptions extends Pick<HttpOptions, "fetch" | "clock" | "onCall" | "governor"> {
  /** A personal access token ("sbp_…"). */
  token: Secret;
  /** Default: https://api.supabase.com */
  baseUrl?: string;
  /** Slug of the organisation that owns the projects. */
  organization: string;
  /** Address of a project's own APIs. Default: https://REF.supabase.co */
  projectUrl?(ref: string): string;
  /** Pause between two looks at a project that comes up, in milliseconds. Default 1,000. */
  pollMs?: number;
  /** Least time from one list of all projects to the next, for each 100 projects, in milliseconds. Default 1,000. */
  tickMs?: number;
}

/** Status as the Management API gives it; open, since Supabase has added some over time. */
export type ProjectStatus = "ACTIVE_HEALTHY" | "INACTIVE" | "GOING_DOWN" | "REMOVED" | (string & {});

/** What both the list and the single answer tell about a project. */
export interface ProjectBody {
  ref: string;
  name: string;
  region: string;
  status: ProjectStatus;
}

/** Supabase's Management API for one organisation. */
export interface SupabaseApi {
  http: Http;
  organization: string;
  projectUrl(ref: string): string;
  pollMs: number;
  /** Reads a project; those who ask at the same time share the calls. Undefined = there is none. */
  project(ref: string): Promise<ProjectBody | undefined>;
  /** All projects of the organisation whose name contains `search`. */
  projects(search?: string): Promise<ProjectBody[]>;
  /** What the clients of the projects' own APIs are made with. */
  shared: Pick<HttpOptions, "fetch" | "clock" | "onCall">;
}

interface ListBody {
  projects: (ProjectBody & { is_branch?: boolean })[];
  pagination: { count: number };
}

const pageSize = 100;

/** A client of the Management API, with what all resources of one organisation share. */
export function supabaseApi(options: SupabaseOptions): SupabaseApi {
  const { token, organization, baseUrl = "https://api.supabase.com" } = options;
  const { projectUrl = hostedUrl, pollMs = 1_000, tickMs = 1_000 } = options;
  const { fetch, clock, onCall, governor } = options;
  const shared = { ...(fetch && { fetch }), ...(clock && { clock }), ...(onCall && { onCall }) };
  const http = createHttp({
    ...shared,
    governor,
    limits,
    provider: "Supabase",
    baseUrl,
    token,
    headers: { "user-agent": "atoll" },
    rateLimit: { resetIs: "seconds-left" },
    explain,
  });
  let pages = 1;
  let listed = false;

  async function projects(search?: string): Promise<ProjectBody[]> {
    const found: ProjectBody[] = [];
    for (let offset = 0; ; offset += pageSize) {
      const page = await http.get<ListBody>("/v1/organizations/{slug}/projects", {
        params: { slug: organization },
        query: { limit: pageSize, offset, sort: "created_asc", search },
      });
      found.push(...page.projects.filter((each) => !each.is_branch));
      if (page.projects.length < pageSize || offset + pageSize >= page.pagination.count) return found;
    }
  }

  const read = (ref: string) => http.getOrGone<ProjectBody>("/v1/projects/{ref}", { params: { ref } });

  const project = coalesce<string, ProjectBody>({
    ...(clock && { clock }),
    // Supabase counts 120 calls a minute for each project read on its own, and as many for the list of all, of which
    // this takes half. So who is alone waits for nobody, and a crowd takes turns.
    tickMs: () => (listed ? tickMs * pages : 0),
    async read(refs) {
      const known = new Map<string, ProjectBody>();
      listed = refs.length > pages;
      if (listed) {
        const all = await projects();
        pages = Math.max(1, Math.ceil(all.length / pageSize));
        for (const each of all) known.set(each.ref, each);
      }
      // A project that the list does not know may belong to another organisation, or be too new for it.
      for (const ref of refs) {
        const found = known.get(ref) ?? (await read(ref));
        if (found) known.set(ref, found);
      }
      return known;
    },
  });

  return { http, organization, projectUrl, pollMs, project, projects, shared };
}

const hostedUrl = (ref: string) => `https://${ref}.supabase.co`;

function explain({ status, body }: Refusal): Explanation {
  const message = messageIn(body) ?? "";
  if (/free project limits|maximum limits for the number of active free projects/i.test(message))
    return {
      message,
      kind: "rejected",
      next: "Pause or delete a free project, or upgrade the organisation, then retry the run.",
    };
  if (status === 400 && /failed to retrieve .* health/i.test(message)) return { kind: "try-again" };
  if (status === 400 && /password/i.test(message) && /secure|weak/i.test(message))
    return { message, field: "databasePassword" };
  if (status === 402) return { next: "Upgrade the organisation's plan, then retry the run." };
  return {};
}
