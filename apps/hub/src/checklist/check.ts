import { type CheckLine, checkNames } from "@atoll/contract/schemas/checklist";
import type { AnyBlueprint } from "@atoll/core/blueprint";
import type { Journal } from "@atoll/engine/journal";
import type { Looks } from "../accounts.ts";
import { byPlan } from "./by-plan.ts";
import { type Finding, line } from "./line.ts";
import { mailLine } from "./mail.ts";
import { type Query, registryLine } from "./registry.ts";
import { type Outside, type Resolve, resolvesInProduction, resolvesLocally } from "./resolves.ts";
import type { Scene } from "./scene.ts";
import { signInLine } from "./sign-in.ts";
import { vaultLine } from "./vault.ts";

/** What a checklist is made with. */
export interface Checker {
  journal: Pick<Journal, "find" | "verify" | "resources" | "secret">;
  blueprint(name: string): AnyBlueprint;
  /** With the accounts of the environment that holds this instance. */
  looks(slug: string): Promise<Looks>;
  /** At the hub's own database. */
  query: Query;
  resolve: Resolve;
  outside: Outside;
}

/**
 * Goes through everything that a finished instance has. Reads only, but for one session of the first admin, which is
 * opened by a one-time link and ended at once. Throws a fault for an instance that is not there.
 */
export async function checkEverything(checker: Checker, slug: string): Promise<CheckLine[]> {
  const { journal, query, resolve, outside } = checker;
  const looks = await checker.looks(slug);
  const { items, problems } = await journal.verify(slug);
  const [instance, resources, password] = await Promise.all([
    journal.find(slug),
    journal.resources(slug),
    journal.secret(slug, "databasePassword"),
  ]);
  if (instance === undefined) throw new Error(`"${slug}" was there a moment ago.`);
  const { id, state, answers, environment } = instance;
  const blueprint = checker.blueprint(instance.blueprint);
  const scene: Scene = {
    slug,
    id,
    state,
    environment,
    answers,
    steps: blueprint.steps,
    items,
    problems,
    resources,
  };
  const registry = await registryLine(scene, query);
  const wanted = blueprint.vault?.(answers).map(({ key }) => key);
  const [vault, local, production, signIn, mail] = await Promise.all([
    vaultLine(scene, wanted, { looks, password }),
    resolvesLocally(scene, registry, resolve),
    resolvesInProduction(scene, registry, resolve, outside),
    signInLine(scene, { looks, query }),
    mailLine(scene, { query, looks }),
  ]);
  const found: Partial<Record<CheckLine["check"], Finding>> = {
    ...byPlan(scene),
    vault,
    registered: registry,
    "resolves-locally": local,
    "resolves-in-production": production,
    "sign-in": signIn,
    mail,
  };
  return checkNames.flatMap((name) => (found[name] === undefined ? [] : [line(name, found[name])]));
}
