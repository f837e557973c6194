import type { CheckLine } from "@atoll/contract/schemas/checklist";
import type { Hosts } from "@atoll/contract/schemas/resolve";
import type { VaultChange, VaultEntry } from "@atoll/contract/schemas/vault";
import type { FormWords, PlanItem } from "@atoll/core/blueprint";
import type { FaultReport, StoredEvent } from "@atoll/core/event";
import type { Problem } from "@atoll/core/fault";
import type { InstanceState, OperationKind, RunKind, RunState } from "@atoll/core/states";
import type { Schemas } from "@atoll/hub/schema/schemas";

/** An instance in a list. */
interface InstanceLine {
  slug: string;
  environment: string;
  blueprint: string;
  state: InstanceState;
  url: string | undefined;
}

/** An instance with what was last accepted for it. */
interface InstanceDetails extends InstanceLine {
  /** By name; secrets among them are handles, or absent. */
  answers: unknown;
}

/** A run and how it ended. */
interface RunLine {
  id: string;
  kind: RunKind;
  state: RunState;
  fault: FaultReport | undefined;
  startedAt: string | undefined;
  endedAt: string | undefined;
  owed: { step: string; fault: FaultReport }[];
  environment: string;
  /** It has not ended, and no worker of its environment is there to go on with it. */
  lacksWorker: boolean;
}

/** A kind of instance with the JSON Schema of its questions, and its words for them. */
export interface AskedKind {
  name: string;
  questions: Record<string, unknown>;
  words?: FormWords;
}

/** What things cost a month. */
export interface Cost {
  monthly: number;
  currency: string;
  lines: { label: string; monthly: number }[];
}

/** One thing that was looked at. */
interface DoctorLine {
  environment: string;
  provider: string;
  subject: string;
  ok: boolean;
  what: string;
  next?: string;
  missing?: string[];
  excess?: string[];
}

/** Where commands do their work: the hub's runtime in this process, or a running hub over HTTP. */
export interface Desk {
  journal: {
    list(): Promise<InstanceLine[]>;
    find(slug: string): Promise<InstanceDetails | undefined>;
    verify(slug: string): Promise<{ items: PlanItem[]; problems: { step: string; problem: string }[] }>;
    drift(slug: string): Promise<PlanItem[]>;
    submit(
      kind: RunKind,
      slug: string,
      options: { by: string; answers?: Record<string, unknown>; input?: Record<string, unknown> },
    ): Promise<string>;
    /** What an operation would do. */
    planOperation(kind: OperationKind, slug: string, input?: Record<string, unknown>): Promise<PlanItem[]>;
    cancel(runId: string): Promise<void>;
    retry(runId: string): Promise<void>;
    retryUndo(runId: string): Promise<void>;
    events(runId: string, options: { follow: boolean }): AsyncIterable<StoredEvent>;
    wait(runId: string): Promise<RunLine>;
    resources(slug: string): Promise<{ step: string; kind: string; id: string; brought: boolean }[]>;
    runs(slug: string): Promise<RunLine[]>;
  };
  operator: string;
  cloudUrl: string | undefined;
  mailbox: string | undefined;
  register(blueprint: string, answers: Record<string, unknown>): Promise<string>;
  plan(
    blueprint: string,
    slug: string | undefined,
    answers: Record<string, unknown> | undefined,
  ): Promise<{ slug: string; items: PlanItem[] }>;
  blueprints(): AskedKind[] | Promise<AskedKind[]>;
  /** All that is wrong with answers for a new instance; with `about`, in this field. */
  problemsOf(blueprint: string, answers: Record<string, unknown>, about?: string): Promise<Problem[]>;
  costOf(items: readonly PlanItem[]): Promise<Cost>;
  instance(slug: string): Promise<InstanceLine>;
  urlOf(slug: string): Promise<string | undefined>;
  /** Looks at the accounts of one environment, or of all. */
  doctor(environment?: string): Promise<DoctorLine[]>;
  /** Goes through the checklist of an instance. */
  checklists: { check(slug: string): Promise<{ lines: CheckLine[]; checkedAt?: string | undefined }> };
  /** Hosts that lead to an instance. */
  hosts: {
    list(slug: string): Promise<Hosts>;
    add(slug: string, host: string, by: string): Promise<Hosts>;
    remove(slug: string, host: string, by: string): Promise<Hosts>;
  };
  /** The vault of an instance, as the hub left it and as it stands there. */
  vaults: {
    read(slug: string): Promise<VaultEntry[]>;
    drift(slug: string): Promise<VaultEntry[]>;
    set(slug: string, key: string, change: VaultChange, by: string): Promise<VaultEntry>;
    remove(slug: string, key: string, seen: string | undefined, by: string): Promise<void>;
    settle(
      slug: string,
      key: string,
      wins: { take: "instance" | "hub"; seen: string },
      by: string,
    ): Promise<VaultEntry>;
  };
  /** The fleet's schema: what every database stands at, and rollouts. */
  schemas: Omit<Schemas, "overview">;
  /** Files for doing an instance by hand, by path below a folder. */
  files(slug: string): Promise<Record<string, string>>;
  verifyAudit(): Promise<{ ok: boolean; rows: number; brokenAt?: number | undefined; what: string }>;
  close(): Promise<void>;
}
