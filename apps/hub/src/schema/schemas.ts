import type {
  InstanceSchema,
  Rehearsal,
  Rollout,
  RolloutInput,
  RolloutTarget,
  SchemaDrift,
  SchemaFindings,
  SchemaOverview,
  SyncFile,
  TargetState,
} from "@atoll/contract/schemas/fleet";

/** Which instances: all, or those of one blueprint, of one environment, or one alone. */
export interface Which {
  blueprint?: string | undefined;
  environment?: string | undefined;
  slug?: string | undefined;
}

/** A part of a list; `cursor` is what the last part gave as `nextCursor`. */
export interface Part<Item> {
  items: Item[];
  nextCursor?: string;
}

/** The fleet's schema: what the hub's API, the command line and the console do with it. Throws `Fault`s. */
export interface Schemas {
  overview(): Promise<SchemaOverview>;
  /** As last seen; asks no database. */
  list(
    which: Which & {
      version?: number | undefined;
      only?: "behind" | "drifted" | "unknown" | undefined;
      limit: number;
      cursor?: string | undefined;
    },
  ): Promise<Part<InstanceSchema>>;
  /** Looks at each database once, with one question, and writes down what it said. */
  check(which: Which): Promise<InstanceSchema[]>;
  drift(slug: string): Promise<SchemaDrift>;
  /** SQL for plain `psql` that does what an update would do. */
  sync(which: Which): Promise<SyncFile[]>;
  lint(blueprint: string): Promise<SchemaFindings["findings"]>;
  rehearse(blueprint: string, options: { like?: string | undefined }): Promise<Rehearsal>;
  start(input: RolloutInput, by: string): Promise<Rollout>;
  rollouts(part: { limit: number; cursor?: string | undefined }): Promise<Part<Rollout>>;
  rollout(id: string): Promise<Rollout>;
  targets(
    id: string,
    part: { state?: TargetState | undefined; limit: number; cursor?: string | undefined },
  ): Promise<Part<RolloutTarget>>;
  pause(id: string, by: string): Promise<Rollout>;
  resume(id: string, by: string): Promise<Rollout>;
  approve(id: string, by: string): Promise<Rollout>;
  stop(id: string, by: string): Promise<Rollout>;
}
