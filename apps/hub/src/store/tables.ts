import type {
  BackupCheckpoint,
  BackupProblem,
  BackupState,
  BackupWhy,
  RestoreState,
} from "@atoll/contract/schemas/backups";
import type { DriftArea, DriftItem } from "@atoll/contract/schemas/drift";
import type { ExportForm } from "@atoll/contract/schemas/exports";
import type { RestorePoint, RolloutState, TargetState } from "@atoll/contract/schemas/fleet";
import type { FaultReport } from "@atoll/core/event";
import type { InstanceState, RequestState, RunKind, RunState } from "@atoll/core/states";
import type { ColumnType, Generated, JSONColumnType } from "kysely";

type Moment = ColumnType<Date, Date | undefined, Date>;

export interface RequestTable {
  id: string;
  blueprint: string;
  slug: string;
  name: string;
  email: string;
  locale: string;
  answers: JSONColumnType<Record<string, unknown>>;
  state: Generated<RequestState>;
  reason: string | null;
  decided_by: string | null;
  instance_id: string | null;
  environment: string | null;
  run_id: string | null;
  fault: ColumnType<FaultReport | null, string | null, string | null>;
  asker: string | null;
  submitted_at: Moment;
  confirmed_at: Date | null;
  decided_at: Date | null;
  started_at: Date | null;
  completed_at: Date | null;
}

/** Read only: the engine writes it. */
export interface InstanceTable {
  id: string;
  slug: string;
  blueprint: string;
  environment: string;
  state: InstanceState;
  answers: JSONColumnType<Record<string, unknown>>;
  url: string | null;
  created_at: Date;
  updated_at: Date;
}

/** Read only: the engine writes it. */
export interface RunTable {
  id: string;
  instance_id: string;
  number: number;
  kind: RunKind;
  state: RunState;
  asked_by: string;
  attempt: number;
  fault: FaultReport | null;
  input: unknown;
  came_from: InstanceState | null;
  not_before: Date | null;
  created_at: Date;
  started_at: Date | null;
  ended_at: Date | null;
}

interface InvitationTable {
  id: string;
  email: string | null;
  role: string;
  token_hash: string;
  invited_by: string;
  resets: Generated<boolean>;
  created_at: Moment;
  expires_at: Date;
  accepted_at: Date | null;
  revoked_at: Date | null;
}

interface ApiKeyTable {
  id: string;
  name: string;
  role: string;
  start: string;
  key_hash: string;
  created_by: string;
  created_at: Moment;
  last_used_at: Date | null;
  expires_at: Date | null;
  revoked_at: Date | null;
}

interface OutboxTable {
  key: string;
  recipient: string;
  subject: string;
  html: string;
  body_text: string;
  attempts: Generated<number>;
  due_at: Moment;
  sent_at: Date | null;
  problem: string | null;
}

interface AuditTable {
  seq: string;
  at: Date;
  actor: string;
  action: string;
  subject: string;
  details: JSONColumnType<Record<string, unknown>>;
  hash: string;
}

interface InstanceHealthTable {
  instance_id: string;
  problems: JSONColumnType<{ step: string; problem: string }[]>;
  checked_at: Moment;
}

interface VaultTable {
  instance_id: string;
  key: string;
  value_type: string;
  is_secret: boolean;
  value: ColumnType<unknown, string | null, string | null>;
  fingerprint: string | null;
  instance_at: string | null;
  is_gone: Generated<boolean>;
  intent: string | null;
  set_by: string;
  set_at: Moment;
}

/** Read only: rows of instances follow them by triggers. */
interface RegistryTable {
  subdomain: string;
  status: string;
  is_active: boolean;
  environment: string;
  instance_id: string | null;
}

interface SchemaStateTable {
  instance_id: string;
  version: number | null;
  drift: JSONColumnType<string[]>;
  problem: ColumnType<FaultReport | null, string | null, string | null>;
  seen_at: Date | null;
  tried_at: Moment;
  told: string | null;
}

interface RehearsalTable {
  blueprint: string;
  digest: string;
  server_major: number;
  catalogs: JSONColumnType<Record<string, Record<string, string>>>;
  definitions: JSONColumnType<Record<string, string>>;
  rehearsed_at: Moment;
}

export interface RolloutTable {
  id: string;
  blueprint: string;
  environment: string;
  to_version: number;
  digest: string;
  state: RolloutState;
  options: JSONColumnType<RolloutOptions>;
  may_fail: number;
  wave: Generated<number>;
  approved_wave: Generated<number>;
  attempt: Generated<number>;
  by: string;
  why: string | null;
  next: string | null;
  created_at: Moment;
  started_at: Date | null;
  ended_at: Date | null;
}

/** How a rollout goes about it. */
export interface RolloutOptions {
  errorBudget: number;
  approve: boolean;
  concurrency: number;
  perServer: number;
  lockTimeoutMs: number;
  statementTimeoutMs: number;
  attempts: number;
}

export interface RolloutTargetTable {
  rollout_id: string;
  instance_id: string;
  wave: number;
  position: number;
  state: Generated<TargetState>;
  from_version: number | null;
  version: number | null;
  attempts: Generated<number>;
  fault: ColumnType<FaultReport | null, string | null, string | null>;
  restore_point: ColumnType<RestorePoint | null, string | null, string | null>;
  due_at: Moment;
  started_at: Date | null;
  ended_at: Date | null;
  duration_ms: number | null;
}

interface DriftLookTable {
  instance_id: string;
  due_at: Date;
  looked_at: Date | null;
  problems: JSONColumnType<{ where: string; what: string; next: string }[]>;
  besides: JSONColumnType<string[]>;
  decided: Generated<boolean>;
  deciding_until: Date | null;
}

export interface InstanceDriftTable {
  instance_id: string;
  path: string;
  area: DriftArea;
  step: string;
  kind: string;
  act: DriftItem["act"];
  stands: string | null;
  wanted: string | null;
  why: string | null;
  next: string | null;
  after: JSONColumnType<string[]>;
  digest: string;
  first_seen_at: Moment;
  last_seen_at: Moment;
  gone_at: Date | null;
  told: string | null;
  accepted_by: string | null;
  accepted_at: Date | null;
  repairs: Generated<number>;
  stopped_at: Date | null;
}

interface DriftRepairTable {
  id: string;
  instance_id: string;
  run_id: string | null;
  by: string;
  paths: JSONColumnType<string[]>;
  begun_at: Moment;
  told: Generated<boolean>;
}

/** Hosts that lead to instances: by a site's custom domain (`site_id`), or by somebody's word. */
interface DomainTable {
  host: string;
  subdomain: string;
  verified_at: ColumnType<Date | null>;
  created_at: Moment;
  site_kind: string | null;
  site_id: string | null;
  found: Generated<boolean>;
  state: "waiting" | "verifying" | "certificate" | "live" | "broken" | null;
  is_primary: Generated<boolean>;
  records: JSONColumnType<
    { type: string; name: string; value: string; why: string }[],
    string | undefined,
    string
  >;
  certificate: ColumnType<
    { state: "none" | "pending" | "issued" | "failed"; expiresAt?: string } | null,
    string | null | undefined,
    string | null
  >;
  misses: Generated<number>;
  tries: Generated<number>;
  problem: ColumnType<FaultReport | null, string | null | undefined, string | null>;
  due_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  looked_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  live_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  broken_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  told_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
}

/** Bringing a newer version of the template to many instances. */
export interface TemplateUpdateTable {
  id: string;
  environment: string;
  template: string;
  commit: string;
  state: RolloutState;
  options: JSONColumnType<TemplateOptions>;
  may_fail: number;
  wave: Generated<number>;
  approved_wave: Generated<number>;
  attempt: Generated<number>;
  by: string;
  why: string | null;
  next: string | null;
  created_at: Moment;
  started_at: Date | null;
  ended_at: Date | null;
}

/** How an update of the template goes about it. */
export interface TemplateOptions {
  errorBudget: number;
  approve: boolean;
  /** Merge what has no conflict and whose preview is ready. */
  merge: boolean;
  concurrency: number;
  attempts: number;
}

export interface TemplateTargetTable {
  update_id: string;
  instance_id: string;
  wave: number;
  position: number;
  state: Generated<TargetState>;
  repository: string | null;
  base: string | null;
  pull_number: number | null;
  pull_url: string | null;
  conflicts: JSONColumnType<{ path: string; why: string }[], string | undefined, string>;
  merged: string | null;
  said: string | null;
  /** Since when it waits for what `said` says. */
  waiting_since: Date | null;
  attempts: Generated<number>;
  fault: ColumnType<FaultReport | null, string | null, string | null>;
  due_at: Moment;
  started_at: Date | null;
  ended_at: Date | null;
}

interface ExportTable {
  id: string;
  instance_id: string;
  form: ExportForm;
  with_sql: boolean;
  state: Generated<"making" | "ready" | "removed">;
  rows: string | null;
  size_bytes: string | null;
  manifest_sha256: string | null;
  created_at: Moment;
  ready_at: Date | null;
  expires_at: Date | null;
  why: Generated<"asked" | "archived">;
  held_until: Date | null;
  cleared_at: Date | null;
}

interface UploadTable {
  id: string;
  state: Generated<"receiving" | "ready" | "removed">;
  slug: string | null;
  blueprint: string | null;
  kind: string | null;
  schema_version: number | null;
  tables: number | null;
  rows: string | null;
  size_bytes: string | null;
  made_at: Date | null;
  manifest_sha256: string | null;
  by: string;
  created_at: Moment;
  expires_at: Date;
  held_until: Date | null;
  cleared_at: Date | null;
}

/** A backup of an instance; `id` = the run that made it. */
export interface BackupTable {
  id: string;
  instance_id: string;
  slug: string;
  blueprint: string;
  why: BackupWhy;
  state: Generated<BackupState>;
  prefix: string;
  checkpoint: JSONColumnType<BackupCheckpoint, string, string>;
  archive_id: string | null;
  manifest_sha256: string | null;
  schema_version: number | null;
  one_moment: boolean | null;
  tables: number | null;
  rows: string | null;
  size_bytes: string | null;
  began_at: Moment;
  made_at: Date | null;
  checked_at: Date | null;
  drilled_at: Date | null;
  duration_ms: number | null;
  drill_ms: number | null;
  problem: ColumnType<BackupProblem | null, string | null, string | null>;
  told: Generated<boolean>;
  removed_at: Date | null;
  trials: Generated<number>;
  next_trial_at: Date | null;
  cleared_at: Date | null;
}

interface BackupTurnTable {
  instance_id: string;
  due_at: Date;
  since: Moment;
  run_id: string | null;
  skipped: string | null;
}

export interface RestoreTable {
  id: string;
  backup_id: string;
  slug: string;
  answers: JSONColumnType<Record<string, unknown>>;
  environment: string;
  instance_id: string | null;
  state: Generated<RestoreState>;
  provision_run: string | null;
  restore_run: string | null;
  fault: ColumnType<FaultReport | null, string | null, string | null>;
  by: string;
  created_at: Moment;
  ended_at: Date | null;
}

interface HubKeyTable {
  id: string;
  first_held_at: Moment;
  last_held_at: Moment;
}

/** Tables of schema `atoll` that the hub's own code touches. */
export interface Tables {
  instance_registry: RegistryTable;
  domains: DomainTable;
  deployment_pins: {
    site_id: string;
    instance_id: string;
    deployment_id: string;
    run_id: string;
    pinned_at: Moment;
    /** Counts only while this deployment is the site's newest; null = an operator chose it. */
    until_newer_than: string | null;
  };
  template_updates: TemplateUpdateTable;
  template_targets: TemplateTargetTable;
  requests: RequestTable;
  instances: InstanceTable;
  runs: RunTable;
  resources: { instance_id: string; step: string; kind: string; provider_id: string; attrs: unknown };
  instance_health: InstanceHealthTable;
  run_steps: {
    run_id: string;
    step: string;
    position: number;
    state: string;
    did: string | null;
    note: unknown;
  };
  secrets: { instance_id: string; name: string };
  hub_settings: { id: Generated<number>; value: JSONColumnType<object>; version: Generated<number> };
  invitations: InvitationTable;
  api_keys: ApiKeyTable;
  outbox: OutboxTable;
  idempotency: {
    actor: string;
    key: string;
    request: string;
    status: number | null;
    answer: ColumnType<unknown, string | null, string | null>;
    created_at: Moment;
  };
  audit: AuditTable;
  vault: VaultTable;
  schema_states: SchemaStateTable;
  schema_rehearsals: RehearsalTable;
  rollouts: RolloutTable;
  rollout_targets: RolloutTargetTable;
  exports: ExportTable;
  uploads: UploadTable;
  hub_keys: HubKeyTable;
  drift_looks: DriftLookTable;
  instance_drift: InstanceDriftTable;
  drift_repairs: DriftRepairTable;
  backups: BackupTable;
  backup_turns: BackupTurnTable;
  restores: RestoreTable;
}
