import type { Change } from "@atoll/core/change";
import type { Address, Observed, Resource } from "@atoll/core/resource";
import { answering } from "@atoll/provider-kit/answering";
import type { Http } from "@atoll/provider-kit/http";
import { buildFault } from "./build-log.ts";
import { isHere, promote, readProduction, withScheme } from "./production.ts";
import { type SourceFile, upload } from "./upload.ts";

// --- types

/** Where a deployment's code comes from. */
type Source =
  | { type: "git"; org: string; repo: string; repoId: number; ref: string }
  | {
      type: "files";
      files(): Promise<SourceFile[]>;
      /** Changes when the files do; a deployment of another version is made anew. */
      version: string;
    };

/** What the newest production deployment should be. */
export interface DeploymentIn {
  source: Source;
  /** The environment's `updatedAt`: an older deployment does not have the newest values. */
  environmentUpdatedAt: number;
  /** When the code was last changed by us, in milliseconds since 1970: an older deployment does not have that. */
  sourceUpdatedAt?: number;
}

/** What Vercel says of the newest production deployment. */
export interface DeploymentAttrs {
  /** "dpl_…" */
  deploymentId: string;
  /** Where visitors find it, with scheme, without a slash at the end. */
  url: string;
  readyState: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  /** Of uploaded files. */
  version?: string;
  /** Visitors get an earlier deployment: somebody went back to it. Absent = they get this one. */
  isBehind?: true;
  /** Why it failed, in Vercel's words. */
  error?: string;
  /** Which instance's site is expected to answer. */
  instance: string;
}

interface DeploymentOptions {
  /** Pause between two looks while it is being built, in milliseconds. */
  pollMs?: number;
  /** Fetches the site itself; the default is the global one. */
  fetch?: typeof fetch;
  /** The deployment ("dpl_…") that visitors of a project are to get while `newest` is its newest; undefined = that one. */
  keptOf?(projectId: string, newest: string): Promise<string | undefined>;
  /** Custom domains that a project was given beside its own address, by its id. */
  domainsOf?(projectId: string): Promise<readonly string[]>;
}

interface DeploymentBody {
  uid: string;
  url: string | null;
  created: number;
  createdAt?: number;
  readyState?: string;
  state?: string;
  aliasAssigned?: number | boolean | null;
  aliasError?: { message: string } | null;
  /** STAGED = built, and production domains do not follow: after a rollback, while the project is paused. */
  readySubstate?: string;
  errorMessage?: string | null;
  meta?: Record<string, string>;
}

// Everything else, also what Vercel may add one day, is on its way (BLOCKED: until somebody lets it go on).
const ended = new Set(["READY", "ERROR", "CANCELED"]);

/** The production deployment of a project: `within` is the project's id, the name is the project's. */
export function deployment(
  api: Http,
  options: DeploymentOptions = {},
): Resource<DeploymentIn, DeploymentAttrs> {
  const pollMs = options.pollMs ?? 3_000;
  const { silence, problems } = answering(options.fetch);
  const { keptOf = async () => undefined, domainsOf = async () => [] } = options;
  /** Begun here and not seen to end well or badly: a failure is told once, a later look takes it as what is there. */
  const begun = new Set<string>();
  /** Promoted here: Vercel takes a moment to move the domains, and is not asked again meanwhile. */
  const promoted = new Set<string>();

  async function newest(projectId: string): Promise<DeploymentBody | undefined> {
    const list = await api.getOrGone<{ deployments: DeploymentBody[] }>("/v6/deployments", {
      query: { projectId, target: "production", limit: 5 },
    });
    return list?.deployments
      .filter((each) => stateOf(each) !== "DELETED")
      .sort((a, b) => createdAtOf(b) - createdAtOf(a))[0];
  }

  // --- observe

  async function observe(at: Address): Promise<Observed<DeploymentAttrs>> {
    const body = await newest(home(at));
    if (!body) return { is: "absent" };
    const id = body.uid;
    const state = stateOf(body);
    if (!ended.has(state)) return { is: "settling", id, retryInMs: pollMs, why: `Vercel says ${state}` };
    const isStaged = body.readySubstate === "STAGED" && !promoted.has(id);
    if (state === "READY" && body.aliasAssigned === false && !body.aliasError && !isStaged)
      return { is: "settling", id, retryInMs: pollMs, why: "Vercel is assigning the domains" };
    const fresh = begun.has(id) || at.id !== id;
    if (state !== "READY") {
      if (begun.delete(id)) throw await buildFault(api, id, state, body.errorMessage);
      return { is: "present", id, owner: "us", attrs: attrsOf(at, body, "") };
    }
    const current = await readProduction(api, home(at));
    const isBehind = isStaged || (current !== undefined && current.id !== id);
    // The project hears of what was begun or promoted just now a moment later.
    if (isBehind && !isStaged && (begun.has(id) || promoted.has(id)))
      return { is: "settling", id, retryInMs: pollMs, why: "Vercel is pointing the domains to it" };
    promoted.delete(id);
    const url = await addressOf(isBehind ? (current?.id ?? id) : id, current, await domainsOf(home(at)));
    // Nobody is told of a new deployment before it answers. One that worked before is asked by `probe` only.
    const silent = fresh && !isBehind ? await silence(url) : undefined;
    if (silent) return { is: "settling", id, retryInMs: pollMs, why: silent };
    begun.delete(id);
    const isWanted = isBehind && current !== undefined && (await keptOf(home(at), id)) === current.id;
    const attrs = { ...attrsOf(at, body, url), ...(isBehind && !isWanted && { isBehind }) };
    return { is: "present", id, owner: "us", attrs };
  }

  /** The production domain: a deployment's own address may be closed to visitors (Vercel's standard protection). */
  async function addressOf(
    id: string,
    current: { id: string; alias: string[] } | undefined,
    given: readonly string[],
  ): Promise<string> {
    if (current?.id === id && current.alias.length > 0) return preferred(current.alias, given);
    const { alias = [], url } = await api.get<{ alias?: string[]; url: string }>(
      "/v13/deployments/{idOrUrl}",
      {
        params: { idOrUrl: id },
      },
    );
    return preferred(alias.length > 0 ? alias : [url], given);
  }

  // --- compare

  function compare(want: DeploymentIn, live: DeploymentAttrs): Change[] {
    const { source, environmentUpdatedAt, sourceUpdatedAt = 0 } = want;
    const update = (path: string, from: string, to: string): Change => ({ path, act: "update", from, to });
    if (live.readyState !== "READY")
      return [update("readyState", [live.readyState, live.error].filter(Boolean).join(": "), "READY")];
    const changes: Change[] = [];
    const made = `of ${shown(live.createdAt)}`;
    if (live.createdAt < environmentUpdatedAt)
      changes.push(update("environment", made, `set ${shown(environmentUpdatedAt)}`));
    if (live.createdAt < sourceUpdatedAt)
      changes.push(update("source", made, `changed ${shown(sourceUpdatedAt)}`));
    if (source.type === "files" && live.version !== source.version)
      changes.push(update("version", live.version ?? "unknown", source.version));
    if (live.isBehind) changes.push(update("published", "an earlier deployment", "the newest one"));
    return changes;
  }

  // --- apply

  async function apply(
    at: Address,
    { source }: DeploymentIn,
    live: DeploymentAttrs | undefined,
    changes: Change[],
  ): Promise<string> {
    if (live && changes.length > 0 && changes.every(({ path }) => path === "published")) {
      await promote(api, home(at), live.deploymentId);
      promoted.add(live.deploymentId);
      return live.deploymentId;
    }
    const code =
      source.type === "git"
        ? { gitSource: { type: "github", repoId: source.repoId, ref: source.ref } }
        : { files: await upload(api, await source.files()) };
    const version = source.type === "files" ? { atollVersion: source.version } : {};
    const made = await api.post<{ id: string }>("/v13/deployments", {
      // Without forceNew Vercel may answer with an earlier deployment that has the old environment.
      query: { forceNew: 1, skipAutoDetectionConfirmation: 1 },
      body: {
        name: at.name,
        project: home(at),
        target: "production",
        meta: { atollInstance: at.instance, ...version },
        ...code,
      },
    });
    begun.add(made.id);
    return made.id;
  }

  return {
    kind: "vercel.deployment",
    lostCreate: "find-by-name",
    removal: "with-parent",
    // A build may take 45 minutes by Vercel's limits; the template's takes about one.
    settleWithinMs: 20 * 60_000,
    observe,
    compare,
    apply: ({ at, want, live, changes }) => apply(at, want, live, changes),

    // --- remove

    async remove() {
      // Ends with its project; the engine does not ask for it.
    },

    // --- probe

    probe: ({ url, instance }) => problems(url, instance),
  };
}

function home(at: Address): string {
  if (at.within === undefined) throw new Error("vercel.deployment needs `within`: the project's id");
  return at.within;
}

const stateOf = (body: DeploymentBody) => body.readyState ?? body.state ?? "UNKNOWN";
const createdAtOf = (body: DeploymentBody) => body.createdAt ?? body.created;
const shown = (time: number) => new Date(time).toISOString();

/**
 * A client's own domain before Vercel's, the shortest first; on this machine no name but its own leads anywhere. What
 * was given to it beside comes last: its address stays what it was.
 */
function preferred(all: readonly string[], given: readonly string[]): string {
  const first = all.filter((host) => !given.includes(host));
  const hosts = first.length > 0 ? first : all;
  const own = hosts.filter((host) => !host.endsWith(".vercel.app"));
  const sorted = (own.length > 0 ? own : hosts).toSorted((a, b) => a.length - b.length);
  return withScheme(sorted.find(isHere) ?? sorted[0] ?? "");
}

function attrsOf(at: Address, body: DeploymentBody, url: string): DeploymentAttrs {
  const error = body.errorMessage ?? body.aliasError?.message;
  return {
    deploymentId: body.uid,
    url,
    readyState: stateOf(body),
    createdAt: createdAtOf(body),
    ...(body.meta?.atollVersion && { version: body.meta.atollVersion }),
    ...(error && { error }),
    instance: at.instance,
  };
}
