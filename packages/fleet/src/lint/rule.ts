import type { Node } from "libpg-query";
import type { Migration } from "../migrations.ts";
import type { Statement } from "../statements.ts";
import type { Schema } from "./schema.ts";

/** One thing that a migration does: a statement of its own, or one that a DO block runs. */
export interface Step {
  migration: Migration;
  /** The statement as it stands in the file; for what a DO block runs, the whole block. */
  statement: Statement;
  node: Node;
  /** Line (from 1) of a `location` in the node; without one, where the step begins. */
  lineAt(location?: number): number;
}

/** One place that a rule objects to. */
export interface Hit {
  line: number;
  /** What the sentence is about: "Table public.orders". */
  about: string;
}

/** What a person is told when a rule objects; `what` begins with what the hit is about. */
export interface RuleWords {
  name: string;
  severity: "error" | "warning";
  what(about: string): string;
  next: string;
}

/** One rule of ours: looks at a single step, knowing the schema that all migrations make together. */
export interface Rule extends RuleWords {
  find(step: Step, schema: Schema, earlier: readonly Step[]): Iterable<Hit>;
}
