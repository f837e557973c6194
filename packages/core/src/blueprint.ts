import type { Change } from "./change.ts";
import type { FaultKind } from "./fault.ts";
import type { Ids, Instance, Secrets } from "./instance.ts";
import type { Action, Resource } from "./resource.ts";
import type { Secret } from "./secret.ts";

/** Checks answers as a client typed them. Throws a `Fault` that names the field. */
export interface Questions<Answers> {
  parse(input: unknown): Answers;
  /** JSON Schema of the input, for forms and for `--help`. */
  schema(): object;
}

/** What a form calls questions and their choices, by language and name; what is missing is called as everywhere. */
export type FormWords = Readonly<
  Record<
    string,
    {
      fields: Readonly<Record<string, string>>;
      options: Readonly<Record<string, Readonly<Record<string, string>>>>;
    }
  >
>;

/** A public key of an instance's vault, as its answers give it. */
export interface VaultKey {
  /** `[A-Z][A-Z0-9_]{0,99}`. */
  key: string;
  value: string | number | boolean | object;
  /** "text", "email", ...: what its database holds it to. */
  type: string;
}

/** What a step's functions may read. `needs` holds the attributes of the steps it needs, no others. */
interface Context<Answers, Chosen, SecretNames extends string, Needs> {
  instance: Instance<Answers, Chosen>;
  secrets: Secrets<SecretNames>;
  needs: Needs;
}

type Known<A, C, S extends string> = Omit<Context<A, C, S, never>, "needs">;

/** What makes a resource a step: its name, what it needs, and what it should be. */
export interface StepOptions<A, C, S extends string, Needs, NeedNames, In, Attrs> {
  needs?: readonly NeedNames[];
  resource: Resource<In, Attrs>;
  /** May not read `needs`: the plan shows names of things whose needs are not there yet. */
  name(known: Known<A, C, S>): string;
  within?(context: Context<A, C, S, Needs>): string;
  access?(known: Known<A, C, S>): Secret;
  want(context: Context<A, C, S, Needs>): In;
  /** False = this instance has no such thing; one that it had before is removed. */
  when?(known: Known<A, C, S>): boolean;
}

interface ActionOptions<A, C, S extends string, Needs, NeedNames, In, Out> {
  needs?: readonly NeedNames[];
  action: Action<In, Out>;
  /** Idempotency key, stable over retries; another key means it is done again. */
  key(context: Context<A, C, S, Needs>): string;
  want(context: Context<A, C, S, Needs>): In;
  when?(known: Known<A, C, S>): boolean;
}

// Inside the engine steps of all types stand in one list; this is the one place where types are erased.
// biome-ignore lint/suspicious/noExplicitAny: inputs and attributes differ from step to step
type Erased = any;

export interface ResourceStep {
  does: "resource";
  step: string;
  needs: readonly string[];
  resource: Resource<Erased, Erased>;
  name(known: Erased): string;
  within?(context: Erased): string;
  access?(known: Erased): Secret;
  want(context: Erased): Erased;
  when(known: Erased): boolean;
}

export interface ActionStep {
  does: "action";
  step: string;
  needs: readonly string[];
  action: Action<Erased, Erased>;
  key(context: Erased): string;
  want(context: Erased): Erased;
  when(known: Erased): boolean;
}

export type Step = ResourceStep | ActionStep;

/** One numbered SQL file of a blueprint's schema. */
export interface SchemaFile {
  /** From 1, without gaps. */
  version: number;
  name: string;
  sql: string;
  /** SHA-256 of the text in hex. */
  checksum: string;
  /** False = its statements run one by one, outside of transactions. */
  transactional: boolean;
}

/** Who can be a member of an instance, in the words of its own tables. */
export interface Team {
  /** The first may do everything: the last member who has it is never taken away. */
  roles: readonly [string, ...string[]];
  /** Table with a row for each account (`id`) and its column of roles; it follows `app_metadata.role` of Auth. */
  table: { schema: string; name: string; role: string };
  /** Path on the site where an invitation is accepted: it reads `token_hash` and `type` from the fragment. */
  joinPath: string;
  /** Roles that mean something only beside a row of a table: which one is `app_metadata[key]`. */
  of?: { roles: readonly string[]; key: string; table: { schema: string; name: string; label: string } };
}

/** A blueprint as the engine sees it: steps in an order in which each needs only earlier ones. */
export interface AnyBlueprint {
  name: string;
  questions: Questions<Erased>;
  chosen(ids: Ids): Record<string, string>;
  secrets(ids: Ids): Record<string, string>;
  /** Whom an instance with these answers belongs to: somebody else cannot ask for its slug. */
  owner?(answers: Erased): string;
  /** Words of its questions, where they are others than everywhere. */
  words?: FormWords;
  /** What the vault of an instance with these answers begins with. */
  vault?(answers: Erased): readonly VaultKey[];
  /** What its instances' databases hold, in order. */
  migrations?: readonly SchemaFile[];
  /** Columns that open other doors, as `schema.table` and names: a client's take-out is without them. */
  secretColumns?: Readonly<Record<string, readonly string[]>>;
  /** Who can be a member of its instances; absent = nobody is invited from here. */
  team?: Team;
  steps: readonly Step[];
  /** Why no new instance can be made of it here, and what to do about it; those that are there go on. */
  closed?: { what: string; next: string };
  /**
   * The steps of an instance by the kinds that the journal has for its things (by step), and by its answers: what was
   * made by an earlier choice of adapters stays with them, and what the client brings is taken instead of made. Names,
   * needs and order are those of `steps`.
   */
  stepsFor?(recorded: ReadonlyMap<string, string>, answers?: Erased): readonly Step[];
  /**
   * New answers with what was agreed to once and need not be said again: things that the client brought, and their
   * keys. Throws a fault where they say otherwise.
   */
  carry?(given: unknown, before: Erased): unknown;
  /** Address of the finished instance, from its steps' attributes. */
  url(outputs: Record<string, Erased>): string | undefined;
}

interface Head<A, C, S extends string> {
  name: string;
  questions: Questions<A>;
  /** Chosen once for each instance and recorded before any step runs. */
  chosen(ids: Ids): C;
  /** Chosen once for each instance and stored encrypted before any step runs. */
  secrets(ids: Ids): Record<S, string>;
  /** Whom an instance with these answers belongs to: somebody else cannot ask for its slug. */
  owner?(answers: A): string;
  words?: FormWords;
  /** What the vault of an instance with these answers begins with. */
  vault?(answers: A): readonly VaultKey[];
}

/**
 * A typed list of steps. A step can only need steps above it and only read what those give:
 * a cycle, a missing need or a wrong input does not compile.
 */
export class BlueprintBuilder<A, C extends Record<string, string>, S extends string, Steps extends object> {
  readonly #head: Head<A, C, S>;
  readonly #steps: readonly Step[];

  constructor(head: Head<A, C, S>, steps: readonly Step[] = []) {
    this.#head = head;
    this.#steps = steps;
  }

  step<Name extends string, In, Attrs, N extends keyof Steps & string = never>(
    step: Name extends keyof Steps ? never : Name,
    options: StepOptions<A, C, S, Pick<Steps, N>, N, In, Attrs>,
  ): BlueprintBuilder<A, C, S, Steps & Record<Name, Attrs>> {
    return this.#with({ when: () => true, needs: [], ...options, does: "resource", step });
  }

  /** A step for each of some names that only whoever builds the blueprint knows, as in `MODULE-workflow`. */
  stepEach<Name extends string, In, Attrs, N extends keyof Steps & string = never>(
    steps: readonly Name[],
    needsOf: (step: Name) => readonly N[],
    optionsOf: (step: Name) => Omit<StepOptions<A, C, S, Pick<Steps, N>, N, In, Attrs>, "needs">,
  ): BlueprintBuilder<A, C, S, Steps & Record<Name, Attrs>> {
    let built = this as unknown as BlueprintBuilder<A, C, S, Steps & Record<Name, Attrs>>; // grows by these names
    for (const step of steps)
      built = built.#with({
        when: () => true,
        ...optionsOf(step),
        needs: needsOf(step),
        does: "resource",
        step,
      });
    return built;
  }

  action<Name extends string, In, Out, N extends keyof Steps & string = never>(
    step: Name extends keyof Steps ? never : Name,
    options: ActionOptions<A, C, S, Pick<Steps, N>, N, In, Out>,
  ): BlueprintBuilder<A, C, S, Steps & Record<Name, Out>> {
    return this.#with({ when: () => true, needs: [], ...options, does: "action", step });
  }

  /** Closes the list; `url` says where the finished instance answers. */
  build(url: (outputs: Partial<Steps>) => string | undefined): AnyBlueprint {
    return { ...this.#head, steps: this.#steps, url: url as AnyBlueprint["url"] }; // erased: see Erased
  }

  #with<Next extends object>(step: Step): BlueprintBuilder<A, C, S, Next> {
    if (this.#steps.some((each) => each.step === step.step))
      throw new Error(`Two steps are called "${step.step}".`);
    return new BlueprintBuilder<A, C, S, Next>(this.#head, [...this.#steps, step]);
  }
}

/** Starts a blueprint; chain `.step(...)` and `.action(...)`, end with `.build(...)`. */
export function blueprint<A, C extends Record<string, string>, S extends string>(
  head: Head<A, C, S>,
): BlueprintBuilder<A, C, S, object> {
  return new BlueprintBuilder<A, C, S, object>(head);
}

/** What one step of a plan would do. `later` = cannot be told before the steps in `after` are done. */
export interface PlanItem {
  step: string;
  kind: string;
  name: string;
  does: "create" | "update" | "replace" | "remove" | "keep" | "send" | "wait" | "blocked";
  changes: Change[];
  after: string[];
  /** A client brings it: what was agreed to be changed in it. It is never removed. */
  brought?: string;
  /** With `blocked`: the field of the answers that is to blame. */
  field?: string;
  /** Why it is blocked or waits; for `blocked` with what to do next. */
  why?: string;
  next?: string;
  /** With `blocked`: what kept it from being looked at. */
  fault?: FaultKind;
}
