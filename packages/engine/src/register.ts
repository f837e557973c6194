import type { AnyBlueprint } from "@atoll/core/blueprint";
import { Fault } from "@atoll/core/fault";
import { slugProblem } from "@atoll/core/instance";
import { Secret } from "@atoll/core/secret";
import type { Query } from "./database.ts";
import { findInstance, type InstanceRow, insertInstance, updateChosen } from "./journal/instances.ts";
import { openSecrets, storeSecrets } from "./journal/secrets.ts";
import { redactor } from "./report.ts";
import { blueprintOf, type Office } from "./runtime.ts";
import { forInstance, type Scene } from "./scene.ts";
import { takeSecrets } from "./seal.ts";

/** An instance as somebody asks for it; `answers` as they were typed. */
export interface InstanceSpec {
  slug: string;
  blueprint: string;
  answers: unknown;
  environment?: string;
}

/**
 * Records an instance with all that is chosen at random for it, before anything is made. The same slug and
 * blueprint again give the instance that is there, with the answers it has.
 */
export async function registerInstance(office: Office, spec: InstanceSpec): Promise<InstanceRow> {
  const blueprint = checkSpec(office, spec);
  const parsed = blueprint.questions.parse(spec.answers);
  const there = await findInstance(office.db.query, spec.slug);
  if (there) return sameOrTaken(office, there, spec, parsed);
  mustBeOpen(blueprint);
  const answers = takeSecrets(parsed, "answers:first");
  const id = office.ids.instance();
  const inserted = await office.db.tx(async (query) => {
    const row = await insertInstance(query, {
      id,
      slug: spec.slug,
      blueprint: blueprint.name,
      environment: spec.environment ?? office.environment,
      answers: answers.json,
      chosen: blueprint.chosen(office.ids),
    });
    if (!row) return undefined;
    const secrets = new Map([...Object.entries(blueprint.secrets(office.ids)), ...answers.secrets]);
    await storeSecrets(query, office.vault, id, secrets);
    return row;
  });
  if (inserted) return inserted;
  const other = await findInstance(office.db.query, spec.slug); // somebody was faster
  if (!other) throw new Error(`The instance "${spec.slug}" was not recorded.`);
  return sameOrTaken(office, other, spec, parsed);
}

/** Refuses what would be done with other provider accounts than those that hold the instance. */
export function mustBeHere(office: Office, row: InstanceRow): void {
  if (row.environment === office.environment) return;
  throw new Fault("rejected", {
    what: `"${row.slug}" belongs to the environment "${row.environment}", and this one is "${office.environment}".`,
    next: `Work on it with the accounts of "${row.environment}": set their tokens, and ATOLL_ENVIRONMENT if it is named otherwise.`,
    field: "environment",
  });
}

/** Refuses answers under which an instance would become somebody else's. */
export function mustBeTheirs(office: Office, row: InstanceRow, answers: unknown): void {
  const { owner } = blueprintOf(office, row.blueprint);
  if (owner === undefined || owner(answers) === owner(row.answers)) return;
  throw new Fault("rejected", {
    what: `The slug "${row.slug}" is taken by somebody else.`,
    next: "Choose another slug, or give the answers of whom the instance belongs to.",
    field: "slug",
  });
}

/** Refuses new instances of a blueprint that cannot make any here. */
function mustBeOpen({ name, closed }: AnyBlueprint): void {
  if (closed === undefined) return;
  throw new Fault("rejected", {
    what: `The blueprint "${name}" makes no new instances here. ${closed.what}`,
    next: closed.next,
    field: "blueprint",
  });
}

/** Throws the fault of a slug or blueprint that cannot be. */
function checkSpec(office: Office, spec: InstanceSpec) {
  const problem = slugProblem(spec.slug);
  if (problem)
    throw new Fault("rejected", {
      what: `The slug ${problem}.`,
      next: "Choose another slug: 3 to 40 of a-z, 0-9 and -, beginning with a letter.",
      field: "slug",
    });
  return blueprintOf(office, spec.blueprint);
}

/** The instance that is there, if it is the one that is asked for; else the fault that its slug is taken. */
export function sameOrTaken(
  office: Office,
  there: InstanceRow,
  spec: InstanceSpec,
  answers: unknown,
): InstanceRow {
  if (there.blueprint === spec.blueprint && there.state !== "removed") {
    mustBeHere(office, there);
    mustBeTheirs(office, there, answers);
    return there;
  }
  throw new Fault("rejected", {
    what: `The slug "${spec.slug}" is taken${there.state === "removed" ? " by an instance that was removed" : ""}.`,
    next: "Choose another slug.",
    field: "slug",
  });
}

/** Chooses what a newer blueprint wants chosen and the instance does not have yet. What it has stays. */
export async function chooseMissing(office: Office, query: Query, row: InstanceRow): Promise<void> {
  const blueprint = blueprintOf(office, row.blueprint);
  const chosen = { ...blueprint.chosen(office.ids), ...row.chosen };
  if (Object.keys(chosen).length > Object.keys(row.chosen).length) await updateChosen(query, row.id, chosen);
  const has = await openSecrets(query, office.vault, row.id);
  const missing = Object.entries(blueprint.secrets(office.ids)).filter(([name]) => !has.has(name));
  await storeSecrets(query, office.vault, row.id, new Map(missing));
}

const unchosen = "x".repeat(12);

/** The scene of an instance that nobody registered: for a plan, which writes nothing. */
export function imagine(office: Office, spec: InstanceSpec): Scene {
  const blueprint = checkSpec(office, spec);
  mustBeOpen(blueprint);
  const blanks = { suffix: () => unchosen, password: () => unchosen, temporaryPassword: () => unchosen };
  const chosen = blueprint.chosen(blanks);
  const row: InstanceRow = {
    id: unchosen,
    slug: spec.slug,
    blueprint: blueprint.name,
    environment: spec.environment ?? office.environment,
    state: "provisioning",
    answers: blueprint.questions.parse(spec.answers),
    chosen,
    url: null,
    live_at: null,
    created_at: new Date(0),
    updated_at: new Date(0),
  };
  const names = Object.keys(blueprint.secrets(blanks));
  return {
    row,
    blueprint: forInstance(blueprint, new Map(), row.answers),
    known: {
      instance: {
        id: row.id,
        slug: row.slug,
        blueprint: row.blueprint,
        environment: row.environment,
        answers: row.answers,
        chosen,
      },
      secrets: Object.fromEntries(names.map((name) => [name, new Secret(name, unchosen)])),
    },
    resources: new Map(),
    creates: [],
    actions: [],
    outputs: {},
    redact: redactor(takeSecrets(row.answers, "answers").secrets.values()),
  };
}
