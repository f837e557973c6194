import type { StepOptions } from "@atoll/core/blueprint";
import type { Resource } from "@atoll/core/resource";
import type { Parts } from "./parts.ts";

type AttrsOf<R> = R extends Resource<infer _In, infer Attrs> ? Attrs : never;

/** Steps of every application that a step of one's own can need, with what each gives. */
export interface ApplicationSteps {
  project: AttrsOf<Parts["project"]>;
  "api-keys": AttrsOf<Parts["apiKeys"]>;
  schema: AttrsOf<Parts["schema"]>;
  repository: AttrsOf<Parts["repository"]>;
  deployment: AttrsOf<NonNullable<Parts["hosts"]["vercel"]>["deployment"]>;
  backup: AttrsOf<Parts["folder"]>;
}

/** What an application chooses and keeps for each instance. */
interface Chosen extends Record<string, string> {
  projectSuffix: string;
  webhookPath: string;
}
type SecretName = "databasePassword" | "temporaryPassword";

type Options<A, N extends keyof ApplicationSteps, In, Attrs> = Omit<
  StepOptions<A, Chosen, SecretName, Pick<ApplicationSteps, N>, N, In, Attrs>,
  "resource"
> & {
  /** Made of the hub's parts: its `apis` have token, retries and redaction. */
  resource(parts: Parts): Resource<In, Attrs>;
};

// As inside the engine: steps of all types stand in one list.
// biome-ignore lint/suspicious/noExplicitAny: inputs and attributes differ from step to step
type Erased = any;

/** A step of one kind alone, its types erased. */
export interface OwnStep {
  step: string;
  needs: readonly (keyof ApplicationSteps)[];
  options(parts: Parts): Omit<StepOptions<Erased, Erased, Erased, Erased, never, Erased, Erased>, "needs">;
}

/**
 * A step of one kind alone, in a file of its own: its name, what it needs of the application's steps, its resource and
 * what that should be. Called twice, so that the answers are named and everything else is found out:
 * `ownStep<Answers>()("name", { ... })`.
 */
export const ownStep =
  <A>() =>
  <In, Attrs, N extends keyof ApplicationSteps = never>(
    step: string,
    { needs = [], resource, ...options }: Options<A, N, In, Attrs>,
  ): OwnStep => ({
    step,
    needs,
    options: (parts) => ({
      ...(options as object as ReturnType<OwnStep["options"]>),
      resource: resource(parts),
    }), // erased: see Erased
  });
