import { originKey, readOrigin } from "@atoll/blueprint-kit/origin";
import type { StrayThing, Sweep } from "@atoll/contract/schemas/sweep";
import { Fault } from "@atoll/core/fault";
import type { OwnedThing } from "@atoll/provider-kit/owned";
import type { OpenEnvironment } from "../environments/open.ts";
import { originInFolder } from "../rebuild/gather.ts";
import { readSettings } from "../store/settings.ts";
import type { Store } from "../store/store.ts";
import { type Evidence, hasSuffix, judge } from "./judge.ts";
import type { OwnedThings } from "./owned.ts";
import { type Registry, readRegistry } from "./registry.ts";

/** What a look goes by. */
export interface LookOptions {
  graceMs: number;
  /** Ids of this hub. */
  ours: readonly string[];
}

type Named = Pick<OpenEnvironment, "name" | "accounts">;

/** What the instances' own databases and folders say of which hubs work with an environment's accounts. Reads only. */
export async function evidenceIn(
  store: Store,
  { accounts }: Named,
  { graceMs, ours }: LookOptions,
): Promise<{ evidence: Evidence; projects: OwnedThing[] }> {
  const projects = await accounts.owned.projects.list();
  const hubs = new Map<string, string>();
  for (const { instance, says } of projects) {
    const hub = readOrigin(says[originKey])?.chosen.hub;
    if (instance !== undefined && hub !== undefined) hubs.set(instance, hub);
  }
  const registry = await readRegistry(store);
  const areFoldersRead = await hearFolders(accounts.owned, hubs, registry);
  // One that nobody here knows, and that cannot be asked or does not say which hub made it, may be another hub's.
  const isUnsure = projects.some(
    ({ id, name, isRead, instance = "" }) =>
      (isRead ? instance !== "" && !registry.owners.has(instance) && !hubs.has(instance) : hasSuffix(name)) &&
      registry.stepOf("supabase.project", id) === undefined &&
      registry.recorded("supabase.project", name) === undefined &&
      !registry.isPooled(id, name),
  );
  const isWhole = areFoldersRead && !isUnsure;
  const known = [...ours, ...registry.hubs];
  return { projects, evidence: { now: new Date(), graceMs, hubs, ours: known, isWhole } };
}

/** Adds what the folders of unknown instances say: a database that a client brought says nothing. False = not all was read. */
async function hearFolders(
  owned: OwnedThings,
  hubs: Map<string, string>,
  registry: Registry,
): Promise<boolean> {
  const folders = owned.kinds.find(({ kind }) => kind === "gitea.folder");
  try {
    for (const { instance, name } of (await folders?.list()) ?? []) {
      if (instance === undefined || hubs.has(instance) || registry.owners.has(instance)) continue;
      const origin = readOrigin(await originInFolder(owned, name));
      if (origin?.id === instance && origin.chosen.hub !== undefined) hubs.set(instance, origin.chosen.hub);
    }
    return true;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return false;
  }
}

/** Everything in these environments that carries our mark and has no owner. Reads only. */
export async function lookForOrphans(
  store: Store,
  environments: readonly Named[],
  options: LookOptions,
): Promise<Sweep> {
  const { value: settings } = await readSettings(store);
  const sweep: Sweep = {
    orphans: [],
    unproven: [],
    leftOut: { young: 0, busy: 0 },
    problems: [],
    lookedAt: new Date().toISOString(),
  };
  for (const environment of environments) await lookIn(environment);
  return sweep;

  async function lookIn(environment: Named): Promise<void> {
    const { name, accounts } = environment;
    const seen = await orProblem(name, "Supabase", evidenceIn(store, environment, options));
    const evidence: Evidence = seen?.evidence ?? {
      ...options,
      now: new Date(),
      hubs: new Map(),
      isWhole: false,
    };
    for (const owned of accounts.owned.kinds) {
      const { kind, provider } = owned;
      const things =
        kind === "supabase.project" ? seen?.projects : await orProblem(name, provider, owned.list());
      // Read after the list: what is made meanwhile is in neither, or in the registry too.
      const registry = await readRegistry(store);
      const price = settings.costs.find((each) => each.kind === kind);
      for (const thing of things ?? []) {
        const verdict = judge(kind, thing, registry, evidence);
        if (verdict.is === "young" || verdict.is === "busy") sweep.leftOut[verdict.is] += 1;
        if (verdict.is !== "orphan" && verdict.is !== "unproven") continue;
        const { is, ...said } = verdict;
        const shown: StrayThing = {
          environment: name,
          provider,
          kind,
          id: thing.id,
          name: thing.name,
          ...said,
          ...(thing.createdAt && { createdAt: thing.createdAt.toISOString() }),
          ...(price && { monthly: price.monthly, currency: price.currency }),
        };
        (is === "orphan" ? sweep.orphans : sweep.unproven).push(shown);
      }
    }
  }

  /** One provider that cannot be asked hides nothing of the others. */
  async function orProblem<T>(
    environment: string,
    provider: string,
    work: Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      sweep.problems.push({ environment, provider, what: error.what, next: error.next });
      return undefined;
    }
  }
}
