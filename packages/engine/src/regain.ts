import type { AnyBlueprint, ResourceStep } from "@atoll/core/blueprint";
import { Fault } from "@atoll/core/fault";
import type { Address, Halted, Observed } from "@atoll/core/resource";
import { Secret } from "@atoll/core/secret";
import type { InstanceState } from "@atoll/core/states";
import { recordAction } from "./journal/actions.ts";
import { appendEvent } from "./journal/events.ts";
import { insertInstance } from "./journal/instances.ts";
import { insertIntent } from "./journal/intents.ts";
import { recordObserved, recordResource } from "./journal/resources.ts";
import { insertRun } from "./journal/runs.ts";
import { storeSecrets } from "./journal/secrets.ts";
import { applicationName, runsQueue, runWorkflowId, versionFor, workflowNames } from "./protocol.ts";
import { redactor } from "./report.ts";
import { blueprintOf, type Office } from "./runtime.ts";
import { actionKey, addressOf, attrsStem, contextOf, forInstance, inputsStem, type Scene } from "./scene.ts";
import { takeSecrets } from "./seal.ts";

/** What is known of an instance whose journal is lost. */
interface Lost {
  id: string;
  slug: string;
  blueprint: string;
  /** As a person typed them; what was secret among them is missing. */
  answers: unknown;
  chosen: Record<string, string>;
  /** By step: kinds that its things were made as. */
  kinds: ReadonlyMap<string, string>;
}

/** A thing of a lost instance, as its step's adapter finds it by its name. */
export interface FoundThing {
  step: ResourceStep;
  name: string;
  within: string | undefined;
  /**
   * `unseen` = nobody can tell just now. Its create is written down as begun: a later look knows by that that it is
   * ours, if it is there.
   */
  is: "ours" | "absent" | "other" | "unseen";
  id?: string;
  attrs?: unknown;
  /** How it stands, where it can be halted, and where it can be put away. */
  halted?: Halted["is"];
  retired?: Halted["is"];
  /** Why it was not seen; one sentence. */
  why?: string;
}

/** A lost instance with all of its things. */
export interface FoundInstance {
  scene: Scene;
  things: readonly FoundThing[];
  /** Chosen anew for what cannot be read back: passwords. */
  secrets: ReadonlyMap<string, string>;
  url: string | undefined;
}

/** What the record is written as. */
interface RegainedAs {
  state: InstanceState;
  by: string;
  /** When it was made, as far as somebody knows. */
  createdAt: Date | undefined;
  /** What cannot be undone was done for it once: mails do not go out again. */
  isSent: boolean;
}

/**
 * Looks for an instance that the journal does not know, by the names that its blueprint gives its things. Reads only.
 * Throws a fault for a blueprint that there is not, and for answers that it does not take.
 */
export async function lookForLost(office: Office, lost: Lost): Promise<FoundInstance> {
  const named = blueprintOf(office, lost.blueprint);
  const answers: unknown = named.questions.parse(lost.answers);
  const blueprint = forInstance(named, lost.kinds, answers);
  const secrets = new Map(Object.entries(blueprint.secrets(office.ids)));
  const scene = sceneOf(office, blueprint, { ...lost, answers }, secrets);
  const things: FoundThing[] = [];
  for (const step of blueprint.steps) {
    if (step.does !== "resource" || !step.when(scene.known)) continue;
    const found = await lookAt(scene, step);
    if (found.is === "ours") scene.outputs[step.step] = found.attrs;
    things.push(found);
  }
  return { scene, things, secrets, url: blueprint.url(scene.outputs) };
}

function sceneOf(
  office: Office,
  blueprint: AnyBlueprint,
  { id, slug, answers, chosen }: Lost,
  secrets: ReadonlyMap<string, string>,
): Scene {
  const { environment } = office;
  const now = new Date();
  return {
    row: {
      id,
      slug,
      blueprint: blueprint.name,
      environment,
      state: "provisioning",
      answers,
      chosen,
      url: null,
      live_at: null,
      created_at: now,
      updated_at: now,
    },
    blueprint,
    known: {
      instance: { id, slug, blueprint: blueprint.name, environment, answers, chosen },
      secrets: Object.fromEntries([...secrets].map(([name, value]) => [name, new Secret(name, value)])),
    },
    resources: new Map(),
    creates: [],
    actions: [],
    outputs: {},
    redact: redactor(secrets.values()),
  };
}

async function lookAt(scene: Scene, step: ResourceStep): Promise<FoundThing> {
  // In a home that is not there nothing is.
  const at = step.within === undefined || isWhole(scene, step) ? addressOf(scene, step) : undefined;
  const head = { step, name: at?.name ?? step.name(scene.known), within: at?.within };
  if (at === undefined) return { ...head, is: "absent" };
  try {
    const seen = await settled(step, at);
    if (seen.is === "absent") return { ...head, is: "absent" };
    if (seen.is === "settling") return { ...head, is: "unseen", why: seen.why ?? "It is on its way." };
    if (seen.owner === "other") return { ...head, is: "other", id: seen.id };
    const halted = await step.resource.halting?.observe(seen.id);
    const retired = await step.resource.retiring?.observe(seen.id);
    return {
      ...head,
      is: "ours",
      id: seen.id,
      attrs: seen.attrs,
      ...(halted && { halted: halted.is }),
      ...(retired && { retired: retired.is }),
    };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { ...head, is: "unseen", why: error.what };
  }
}

/**
 * What is found by its name passes for new, and settles until it answers; what stands still on purpose never does. By
 * its id it is known. Only of what ends with its home: that was proven to be ours by the home.
 */
async function settled({ resource }: ResourceStep, at: Address): Promise<Observed<unknown>> {
  const seen: Observed<unknown> = await resource.observe(at);
  return seen.is === "settling" && resource.removal === "with-parent"
    ? resource.observe({ ...at, id: seen.id })
    : seen;
}

/**
 * Writes a lost instance into the journal as it was found, and starts the run that resets what cannot be read back: all
 * of it or nothing. Gives the run's id; undefined where the slug or the id is taken.
 */
export async function recordRegained(
  office: Office,
  { scene, things, secrets, url }: FoundInstance,
  as: RegainedAs,
): Promise<string | undefined> {
  const { row, blueprint } = scene;
  const answers = takeSecrets(row.answers, "answers:first");
  return office.db.tx(async (query, client) => {
    const [taken] = await query("select 1 from atoll.instances where id = $1", [row.id]);
    if (taken) return undefined;
    if (!(await insertInstance(query, { ...row, answers: answers.json }))) return undefined;
    await query(
      `update atoll.instances set state = $2, url = $3, created_at = coalesce($4, created_at),
         live_at = case when $5 then coalesce($4, clock_timestamp()) end where id = $1`,
      [row.id, as.state, url ?? null, as.createdAt ?? null, as.state !== "failed"],
    );
    await storeSecrets(query, office.vault, row.id, new Map([...secrets, ...answers.secrets]));
    const run = await insertRun(query, {
      instanceId: row.id,
      kind: "rebuild",
      by: as.by,
      answers: undefined,
      input: {},
      cameFrom: as.state,
      notBefore: undefined,
      keepOnFailure: false,
    });
    await appendEvent(query, run.id, { type: "run", state: "queued", kind: "rebuild" });
    for (const thing of things) {
      const { step, name, within, id } = thing;
      const { kind, version = 1, brought } = step.resource;
      const where = { runId: run.id, step: step.step, kind, name, within };
      // Not seen is not absent: a create that is open is looked for by whoever comes next.
      if (thing.is === "unseen" && step.resource.removal === "own" && brought === undefined)
        await insertIntent(query, { instanceId: row.id, ...where, does: "create", paths: [""] });
      if (thing.is !== "ours" || id === undefined) continue;
      const isOurs = brought === undefined && step.resource.removal === "own";
      await recordResource(query, row.id, {
        ...where,
        id,
        version,
        applied: false,
        origin: isOurs ? "created" : "adopted",
      });
      const attrs = takeSecrets(thing.attrs, attrsStem(step.step));
      const inputs = takeSecrets(wantOf(scene, step), inputsStem(step.step));
      await storeSecrets(query, office.vault, row.id, new Map([...attrs.secrets, ...inputs.secrets]));
      await recordObserved(query, row.id, step.step, { attrs: attrs.json, inputs: inputs.json, version });
    }
    if (as.isSent)
      for (const step of blueprint.steps)
        if (step.does === "action" && step.when(scene.known)) {
          const { step: name } = step;
          const key = actionKey(scene, step);
          await recordAction(query, { instanceId: row.id, step: name, key, runId: run.id, output: null });
        }
    const workflowID = runWorkflowId(run.id, run.attempt);
    const appVersion = versionFor(office.environment);
    await office.dbos.enqueueInTransaction(
      client,
      { queueName: runsQueue, workflowName: workflowNames.run, workflowID, appVersion, applicationName },
      { runId: run.id, workflowId: workflowID },
    );
    return run.id;
  });
}

/** What a thing should be, where all that says so was found; the next run says it of the others. */
const wantOf = (scene: Scene, step: ResourceStep): unknown =>
  isWhole(scene, step) ? step.want(contextOf(scene, step)) : null;

/** Everything that a step needs, and that this instance has, was found. */
function isWhole(scene: Scene, { needs }: ResourceStep): boolean {
  return needs.every((need) => {
    const found = scene.blueprint.steps.find(({ step }) => step === need);
    return found?.does !== "resource" || !found.when(scene.known) || scene.outputs[need] !== undefined;
  });
}
