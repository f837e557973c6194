import type { ActionStep, AnyBlueprint, ResourceStep, Step } from "@atoll/core/blueprint";
import type { RunEvent } from "@atoll/core/event";
import { Fault } from "@atoll/core/fault";
import type { Instance, Secrets } from "@atoll/core/instance";
import type { Address } from "@atoll/core/resource";
import { Secret } from "@atoll/core/secret";
import type { Query } from "./database.ts";
import { type ActionRow, listActions } from "./journal/actions.ts";
import { appendEvent } from "./journal/events.ts";
import { findInstanceById, type InstanceRow } from "./journal/instances.ts";
import { type IntentRow, standingCreates } from "./journal/intents.ts";
import { listResources, type ResourceRow } from "./journal/resources.ts";
import { findRun, type RunRow } from "./journal/runs.ts";
import { openSecrets } from "./journal/secrets.ts";
import { type Redact, redactor } from "./report.ts";
import { blueprintOf, type Office } from "./runtime.ts";
import { putSecrets } from "./seal.ts";

/** What a step's functions may read without its needs. */
export interface Known {
  instance: Instance;
  secrets: Secrets;
}

/** All that the journal knows about one instance, read at one go: what every decision starts from. */
export interface Scene {
  row: InstanceRow;
  blueprint: AnyBlueprint;
  known: Known;
  resources: ReadonlyMap<string, ResourceRow>;
  creates: readonly IntentRow[];
  actions: readonly ActionRow[];
  /** What a step gave: its attributes or its action's output, with `Secret` handles. */
  outputs: Record<string, unknown>;
  redact: Redact;
}

/** Reads an instance's scene. `answers` are a run's own inputs where it has some. */
export async function loadScene(office: Office, row: InstanceRow, answers?: unknown): Promise<Scene> {
  return office.db.snapshot((query) => readScene(office, query, row, answers));
}

/** Of one moment: a step that records attributes meanwhile puts their secrets at another place. */
async function readScene(office: Office, query: Query, row: InstanceRow, answers: unknown): Promise<Scene> {
  const values = await openSecrets(query, office.vault, row.id);
  const resources = await listResources(query, row.id);
  const creates = await standingCreates(query, row.id);
  const actions = await listActions(query, row.id);
  const named = blueprintOf(office, row.blueprint);
  const recorded = new Map([...creates, ...resources].map(({ step, kind }) => [step, kind]));
  const known = knownOf(row, values, answers);
  const blueprint = forInstance(named, recorded, known.instance.answers);
  return {
    row,
    blueprint,
    known,
    resources: new Map(resources.map((each) => [each.step, each])),
    creates,
    actions,
    outputs: outputsOf(blueprint, resources, actions, values),
    redact: redactor(values.values()),
  };
}

/** A blueprint with the steps of one instance. */
export function forInstance(
  blueprint: AnyBlueprint,
  recorded: ReadonlyMap<string, string>,
  answers: unknown,
): AnyBlueprint {
  return blueprint.stepsFor ? { ...blueprint, steps: blueprint.stepsFor(recorded, answers) } : blueprint;
}

/** The scene of the instance that a run works on. */
export async function sceneOfRun(office: Office, runId: string): Promise<{ run: RunRow; scene: Scene }> {
  return office.db.snapshot(async (query) => {
    const run = await findRun(query, runId);
    const row = run && (await findInstanceById(query, run.instance_id));
    if (!run || !row) throw new Error(`The journal has no run ${runId}.`);
    return { run, scene: await readScene(office, query, row, run.answers ?? undefined) };
  });
}

/** An instance as steps read it. Secrets of the blueprint are those without a stem (no ":"). */
export function knownOf(row: InstanceRow, values: ReadonlyMap<string, string>, answers?: unknown): Known {
  const secrets: Secrets = {};
  for (const [name, value] of values) if (!name.includes(":")) secrets[name] = new Secret(name, value);
  return {
    instance: {
      id: row.id,
      slug: row.slug,
      blueprint: row.blueprint,
      environment: row.environment,
      answers: putSecrets(answers ?? row.answers, values),
      chosen: row.chosen,
    },
    secrets,
  };
}

/** Stem of the names under which a step's secret attributes are stored. */
export const attrsStem = (step: string) => `step:${step}:attrs`;
export const inputsStem = (step: string) => `step:${step}:inputs`;

function outputsOf(
  blueprint: AnyBlueprint,
  resources: readonly ResourceRow[],
  actions: readonly ActionRow[],
  values: ReadonlyMap<string, string>,
): Record<string, unknown> {
  const outputs: Record<string, unknown> = {};
  for (const { step, schema_version, attrs } of resources) {
    const now = blueprint.steps.find((each) => each.step === step);
    const version = now?.does === "resource" ? (now.resource.version ?? 1) : 1;
    // Attributes of another shape are not handed on; the next look at the thing records them anew.
    if (attrs !== null && version === schema_version) outputs[step] = putSecrets(attrs, values);
  }
  for (const { step, output } of actions) outputs[step] = putSecrets(output, values);
  return outputs;
}

/** A step of the blueprint by name. */
export function stepOf(scene: Scene, step: string): Step {
  const found = scene.blueprint.steps.find((each) => each.step === step);
  if (found) return found;
  throw new Fault("rejected", {
    what: `The blueprint "${scene.blueprint.name}" has no step "${step}" any more.`,
    next: "Put the step back until everything that it made is removed.",
  });
}

/** What a step's functions read: what is known, and the outputs of the steps it needs, no others. */
export function contextOf(scene: Scene, step: Step) {
  const needs = Object.fromEntries(step.needs.map((need) => [need, scene.outputs[need]]));
  return { ...scene.known, needs };
}

/**
 * Where a step's thing is looked for while it is ensured. The recorded name wins over what the blueprint says
 * today; the home is today's, since a parent that was made anew has another id, and then the old id is worth nothing.
 */
export function addressOf(scene: Scene, step: ResourceStep): Address {
  const within = step.within?.(contextOf(scene, step));
  const row = scene.resources.get(step.step);
  const id = row && row.within_id === (within ?? null) ? row.provider_id : undefined;
  return address(scene, step, within, id);
}

/** Where a step's thing was put: what undo and destroy go by, since its needs may be gone already. */
export function recordedAddressOf(scene: Scene, step: ResourceStep): Address {
  const row = scene.resources.get(step.step);
  const begun = scene.creates.find((each) => each.step === step.step);
  return address(scene, step, (row ?? begun)?.within_id ?? undefined, row?.provider_id);
}

function address(
  scene: Scene,
  step: ResourceStep,
  within: string | undefined,
  id: string | undefined,
): Address {
  const recorded = scene.resources.get(step.step) ?? scene.creates.find((each) => each.step === step.step);
  const access = step.access?.(scene.known);
  return {
    instance: scene.row.id,
    name: recorded?.name ?? step.name(scene.known),
    ...(within !== undefined && { within }),
    ...(id !== undefined && { id }),
    ...(access && { access }),
  };
}

/** Creates of a step that may stand at its present address, newest first. */
export function begunAt(scene: Scene, step: ResourceStep, at: Address): IntentRow[] {
  return scene.creates.filter((each) => each.step === step.step && each.within_id === (at.within ?? null));
}

/** The key under which an action is done once. */
export function actionKey(scene: Scene, step: ActionStep): string {
  return step.key(contextOf(scene, step));
}

/** Tells an event of a run, with every known secret blotted out. */
export async function tell(query: Query, scene: Scene, runId: string, event: RunEvent): Promise<void> {
  await appendEvent(query, runId, scene.redact(event));
}
