import type { CheckLine } from "@atoll/contract/schemas/checklist";
import type { InstanceDeployments } from "@atoll/contract/schemas/deployments";
import type { InstanceDomains } from "@atoll/contract/schemas/domains";
import type { Export, Upload } from "@atoll/contract/schemas/exports";
import type { Proof } from "@atoll/contract/schemas/proof";
import type { Hosts } from "@atoll/contract/schemas/resolve";
import type { InstanceTeam } from "@atoll/contract/schemas/team";
import type { VaultChange, VaultEntry } from "@atoll/contract/schemas/vault";
import type { FormWords, PlanItem } from "@atoll/core/blueprint";
import type { FaultReport, StoredEvent } from "@atoll/core/event";
import type { Problem } from "@atoll/core/fault";
import type { InstanceState, OperationKind, RunKind, RunState } from "@atoll/core/states";
import type { Backups } from "@atoll/hub/backups/open";
import type { Templates } from "@atoll/hub/deployments/template-updates";
import type { Drifts } from "@atoll/hub/drift/drifts";
import type { MonitorDesk } from "@atoll/hub/monitor/open";
import type { PoolDesk } from "@atoll/hub/pool/open";
import type { Schemas } from "@atoll/hub/schema/schemas";
import type { Sweeps } from "@atoll/hub/sweep/open";
import type { UsageDesk } from "@atoll/hub/usage/open";

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
  /** Nothing is removed before. */
  notBefore: string | undefined;
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
      options: {
        by: string;
        answers?: Record<string, unknown>;
        input?: Record<string, unknown>;
        /** What a look at an operation refuses is thrown, and no run is begun: a hub always does so. */
        looksFirst?: boolean;
      },
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
  /** Starts a removal, which cools off first unless an owner says `now`; gives the run's id. */
  destroy(slug: string, options: { by: string; now: boolean }): Promise<string>;
  /** What a removal or an archiving saw gone, and what stays. */
  proof(runId: string): Promise<Proof>;
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
  /** Custom domains of an instance's site, as last seen. */
  domains: { list(slug: string): Promise<InstanceDomains> };
  /** What visitors of an instance's site get, and got. */
  deployments: { list(slug: string): Promise<InstanceDeployments> };
  /** Newer versions of the template for instances' repositories. */
  templates: Templates;
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
  /** Who belongs to an instance. */
  team(slug: string): Promise<InstanceTeam>;
  /** The fleet's schema: what every database stands at, and rollouts. */
  schemas: Omit<Schemas, "overview">;
  /** How the instances are, as the hub's own looks found them. */
  monitor: MonitorDesk;
  /** What instances used, as it was counted, and what that costs. */
  usage: Pick<UsageDesk, "report" | "csv" | "measure">;
  /** What differs from what was accepted, over the whole fleet. */
  drifts: Pick<Drifts, "list" | "check" | "accept" | "unaccept">;
  /** Backups of instances; `drive` moves restores as a new instance on, where no hub does. */
  backups: Pick<Backups, "list" | "show" | "check" | "remove" | "restoreAs" | "restores" | "drive">;
  /** What has no owner at the providers; `round` removes what was agreed to, where no hub does. */
  sweeps: Sweeps;
  /** Exports of instances, and archives that were sent in. */
  exports: {
    list(slug: string): Promise<Export[]>;
    /** Its tar, from byte `from` on. */
    download(id: string): Promise<{ content(from: number): AsyncIterable<Uint8Array> }>;
    /** Sends in a tar, to be imported. */
    upload(tar: AsyncIterable<Uint8Array>, by: string): Promise<Upload>;
  };
  /** Projects that are kept ready; `round` makes and removes what is due, where no hub does. */
  pool: PoolDesk;
  /** Files for doing an instance by hand, by path below a folder. */
  files(slug: string): Promise<Record<string, string>>;
  verifyAudit(): Promise<{ ok: boolean; rows: number; brokenAt?: number | undefined; what: string }>;
  close(): Promise<void>;
}
