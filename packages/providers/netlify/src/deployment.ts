import type { Change } from "@atoll/core/change";
import { Fault } from "@atoll/core/fault";
import type { Address, Observed, Resource } from "@atoll/core/resource";
import { answering } from "@atoll/provider-kit/answering";
import type { Http } from "@atoll/provider-kit/http";
import { redactor } from "@atoll/provider-kit/redact";
import { type DeployBody, isUnderWay, listDeploys } from "./deploys.ts";
import { publish, readPublished } from "./published.ts";

// --- types

/** What the newest production deploy should be. */
export interface DeploymentIn {
  /** Netlify builds what its site is linked to. */
  source: { type: "git" } | { type: "files" };
  /** The environment's `updatedAt`: an older deploy does not have the newest values. */
  environmentUpdatedAt: number;
  /** When the code was last changed by us, in milliseconds since 1970: an older deploy does not have that. */
  sourceUpdatedAt?: number;
}

/** What Netlify says of the newest production deploy. */
export interface DeploymentAttrs {
  deploymentId: string;
  /** Where visitors find the site, with scheme, without a slash at the end. */
  url: string;
  /** Netlify's word: "ready", "error", ... */
  state: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  /** Visitors get this one, or an earlier one that an operator of ours went back to; no other that somebody locked. */
  published: boolean;
  /** Why it failed, in Netlify's words. */
  error?: string;
  /** Its page for people at Netlify. */
  adminUrl?: string;
  /** Which instance's site is expected to answer. */
  instance: string;
}

interface DeploymentOptions {
  /** Pause between two looks while it is being built, in milliseconds. */
  pollMs?: number;
  /** Fetches the site itself; the default is the global one. */
  fetch?: typeof fetch;
  /** The deploy that visitors of a site are to get while `newest` is its newest; undefined = that one. */
  keptOf?(siteId: string, newest: string): Promise<string | undefined>;
  /** Custom domains that a site was given beside its own address, by its id. */
  domainsOf?(siteId: string): Promise<readonly string[]>;
}

/** The production deploy of a site: `within` is the site's id, the name is the site's. */
export function deployment(
  api: Http,
  options: DeploymentOptions = {},
): Resource<DeploymentIn, DeploymentAttrs> {
  const pollMs = options.pollMs ?? 3_000;
  const { silence, problems } = answering(options.fetch);
  const { keptOf = async () => undefined, domainsOf = async () => [] } = options;
  /** Begun here and not seen to end well or badly: a failure is told once, a later look takes it as what is there. */
  const begun = new Set<string>();

  // --- observe

  async function observe(at: Address): Promise<Observed<DeploymentAttrs>> {
    const siteId = home(at);
    const [body] = (await listDeploys(api, siteId)) ?? [];
    if (!body) return { is: "absent" };
    const { id, state } = body;
    if (isUnderWay(body)) return { is: "settling", id, retryInMs: pollMs, why: `Netlify says ${state}` };
    const fresh = begun.has(id) || at.id !== id;
    if (state !== "ready") {
      if (begun.delete(id)) throw buildFault(body);
      return { is: "present", id, owner: "us", attrs: attrsOf(at, body, "", false) };
    }
    const { url, deploy } = await readPublished(api, siteId, await domainsOf(siteId));
    const isPublished = deploy?.id === id;
    const published = isPublished || (deploy !== undefined && (await keptOf(siteId, id)) === deploy.id);
    // Nobody is told of a new deploy before it answers. One that worked before is asked by `probe` only.
    const silent = fresh && isPublished ? await silence(url) : undefined;
    if (silent) return { is: "settling", id, retryInMs: pollMs, why: silent };
    begun.delete(id);
    return { is: "present", id, owner: "us", attrs: attrsOf(at, body, url, published) };
  }

  // --- compare

  function compare(want: DeploymentIn, live: DeploymentAttrs): Change[] {
    const { environmentUpdatedAt, sourceUpdatedAt = 0 } = want;
    const update = (path: string, from: string, to: string): Change => ({ path, act: "update", from, to });
    if (live.state !== "ready")
      return [update("state", [live.state, live.error].filter(Boolean).join(": "), "ready")];
    const changes: Change[] = [];
    const made = `of ${shown(live.createdAt)}`;
    if (live.createdAt < environmentUpdatedAt)
      changes.push(update("environment", made, `set ${shown(environmentUpdatedAt)}`));
    if (live.createdAt < sourceUpdatedAt)
      changes.push(update("source", made, `changed ${shown(sourceUpdatedAt)}`));
    if (!live.published) changes.push(update("published", "an earlier deploy", "the newest one"));
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
      await publish(api, home(at), live.deploymentId, false);
      return live.deploymentId;
    }
    if (source.type !== "git")
      throw new Fault("rejected", {
        what: "Netlify builds from the linked repository only, and files were to be uploaded.",
        next: "Link the site to its repository.",
      });
    const made = await api.post<{ deploy_id: string }>("/sites/{siteId}/builds", {
      params: { siteId: home(at) },
      query: { title: "Atoll" },
    });
    begun.add(made.deploy_id);
    return made.deploy_id;
  }

  return {
    kind: "netlify.deployment",
    lostCreate: "find-by-name",
    removal: "with-parent",
    // Netlify ends a build after 30 minutes at most; the template's takes about two.
    settleWithinMs: 35 * 60_000,
    observe,
    compare,
    apply: ({ at, want, live, changes }) => apply(at, want, live, changes),

    // --- remove

    async remove() {
      // Ends with its site; the engine does not ask for it.
    },

    // --- probe

    probe: ({ url, instance }) => problems(url, instance),
  };
}

function home(at: Address): string {
  if (at.within === undefined) throw new Error("netlify.deployment needs `within`: the site's id");
  return at.within;
}

const shown = (time: number) => new Date(time).toISOString();

// A build prints what its author made it print: what looks like a token is not passed on.
const redacted = redactor([]);

function buildFault({ id, state, error_message, admin_url }: DeployBody): Fault {
  const said = error_message ? redacted(error_message.slice(0, 2_000)) : "Netlify gives no reason.";
  return new Fault("rejected", {
    what: `The deploy ended as ${state}. ${said}`,
    next: `Mend what the log names (${admin_url ?? "open the deploy in Netlify"} has it), then retry the run.`,
    call: `GET /deploys/${id}`,
  });
}

function attrsOf(at: Address, body: DeployBody, url: string, published: boolean): DeploymentAttrs {
  return {
    deploymentId: body.id,
    url,
    state: body.state,
    createdAt: Date.parse(body.created_at),
    published,
    ...(body.error_message && { error: redacted(body.error_message.slice(0, 400)) }),
    ...(body.admin_url && { adminUrl: body.admin_url }),
    instance: at.instance,
  };
}
