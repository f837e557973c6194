import type { AnyBlueprint } from "@atoll/core/blueprint";
import type { Journal } from "@atoll/engine/journal";
import type { RunRecord } from "@atoll/engine/records";
import type { Control } from "./control.ts";
import type { Moment } from "./orders.ts";
import type { Fared, Law } from "./report.ts";
import type { Trace } from "./trace.ts";

/** What happened to steps under one law, and to the law as a whole. */
export interface Outcome {
  steps: Record<string, Fared>;
  what: string[];
  /** How many things were tried. 0 = the law says nothing. */
  tried: number;
}

/** Orders for steps in this process, by step and instance; each is taken once. */
export interface Orders {
  failing: Set<string>;
  repeating: Set<string>;
  removingTwice: { on: boolean; problems: Map<string, string | undefined> };
}

export const orderOf = (step: string, instance: string) => `${step} ${instance}`;

/** What is tried in samples. */
export type Sampled = "twice" | "lost" | "fails" | "killed" | "killed-undoing";

/** Everything that laws are tried with. */
export interface Stage {
  blueprint: AnyBlueprint;
  journal: Journal;
  cloud: Control;
  orders: Orders;
  trace: Trace;
  /** Moments that runs passed, by the run's id. */
  moments: Map<string, Moment[]>;
  /** What one instance counts, by kind of thing. */
  one: Record<string, number>;
  /** Steps that the imagined client has not. */
  off: readonly string[];
  /** Steps under trial. */
  steps: readonly string[];
  /** The last step that the imagined client has: where it fails, everything else is undone. */
  last: string;
  /** Draws some of a list, as many as this rehearsal tries of it. */
  some<T>(list: readonly T[], what: Sampled): T[];
  /** Registers an imagined client. */
  register(slug: string): Promise<{ id: string; slug: string }>;
  /** Does a run to its end. */
  run(kind: "provision" | "update" | "destroy", slug: string): Promise<RunRecord>;
  /** Told of each law that begins. */
  onLaw?(law: Law): void;
}

/** How a run ended, in words, where it should have ended otherwise; undefined = as it should. */
export function otherThan(run: RunRecord, state: RunRecord["state"]): string | undefined {
  const owed = run.owed.map(({ step, fault }) => `${step}: ${fault.what}`);
  if (run.state === state && owed.length === 0) return undefined;
  const failing = run.steps.find((each) => each.state === "failed");
  return [
    `the run ended as ${run.state} instead of ${state}`,
    ...(failing ? [`at ${failing.step}`] : []),
    ...(run.fault ? [run.fault.what] : []),
    ...(owed.length > 0 ? [`owed: ${owed.join("; ")}`] : []),
  ].join(": ");
}

export const okay = (what?: string): Fared => ({ result: "ok", ...(what !== undefined && { what }) });
export const bad = (what: string): Fared => ({ result: "failed", what });
export const fared = (problem: string | undefined): Fared => (problem === undefined ? okay() : bad(problem));
