import { type Finding, failed, notApplicable, ok, waiting } from "./line.ts";
import { type Scene, textOf } from "./scene.ts";

/** Who asks for what: by an instance's name, as in development, or by the host that a browser asked for. */
type Asked = { instance: string } | { host: string };

/** What the hub's resolver answers to somebody who asks. */
export type Resolve = (asked: Asked) => Promise<{ status: number; body: unknown }>;

/** What the world outside says of an address. */
export interface Outside {
  /** Parent of all instances' public addresses: "atoll.example". */
  domain: string | undefined;
  /** Whose instances have an address there; undefined = everybody's. */
  environment: string | undefined;
  /** Why a host has no address in the domain name system; undefined = it has one. */
  lookUp(host: string): Promise<string | undefined>;
  /** Why an address does not answer; undefined = it does. */
  reach(url: string): Promise<string | undefined>;
}

const next = "See to the registry; `GET /resolve` says what it answers.";

/** Depends on the registry: where that line is not well, this one says so and no more. */
function unregistered(scene: Scene, registry: Finding): Finding | undefined {
  if (registry.result === "ok") return undefined;
  return registry.result === "not-applicable"
    ? notApplicable(`It is ${scene.state}, so it is not served.`)
    : waiting("It is not served before it stands in the registry.", "See to the registry first.");
}

/** What is wrong with the resolver's answer; undefined = it names this instance. */
function wrong(scene: Scene, { status, body }: { status: number; body: unknown }): string | undefined {
  if (status !== 200) return `answered ${status}`;
  const project = scene.resources.find(({ kind }) => kind === "supabase.project");
  const url = textOf(project?.attrs, "url");
  if (textOf(body, "subdomain") !== scene.slug) return "named another instance";
  return url !== undefined && textOf(body, "supabaseUrl") !== url ? "named another project" : undefined;
}

/** Does the hub's resolver know it by its name? */
export async function resolvesLocally(scene: Scene, registry: Finding, resolve: Resolve): Promise<Finding> {
  const before = unregistered(scene, registry);
  if (before) return before;
  const problem = wrong(scene, await resolve({ instance: scene.slug }));
  return problem === undefined
    ? ok("The resolver gives its public configuration.")
    : failed(`The resolver ${problem} for "${scene.slug}".`, next);
}

/** Does `https://SLUG.DOMAIN` lead to it: at the resolver, in the domain name system, and over HTTP? */
export async function resolvesInProduction(
  scene: Scene,
  registry: Finding,
  resolve: Resolve,
  { domain, environment, lookUp, reach }: Outside,
): Promise<Finding> {
  if (domain === undefined)
    return notApplicable("ATOLL_DOMAIN is not set, so instances have no address below a domain of ours.");
  if (environment !== undefined && scene.environment !== environment)
    return notApplicable(
      `It is in "${scene.environment}"; names below ${domain} are those of "${environment}".`,
    );
  const before = unregistered(scene, registry);
  if (before) return before;
  const host = `${scene.slug}.${domain}`;
  const problem = wrong(scene, await resolve({ host }));
  if (problem !== undefined) return failed(`The resolver ${problem} for ${host}.`, next);
  const unknown = await lookUp(host);
  if (unknown !== undefined)
    return failed(
      `${host} has no address: ${unknown}.`,
      `Set a DNS record for *.${domain} that leads to the front end.`,
    );
  const silent = await reach(`https://${host}/`);
  return silent === undefined
    ? ok(`https://${host} answers.`)
    : failed(
        `https://${host} does not answer: ${silent}.`,
        "Check the front end, its certificate and where the DNS record leads to.",
      );
}
