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

/** Tables of schema `atoll` that the hub's own code touches. */
export interface Tables {
  instance_registry: RegistryTable;
  domains: { host: string; subdomain: string; verified_at: ColumnType<Date | null> };
  requests: RequestTable;
  instances: InstanceTable;
  runs: RunTable;
  resources: { instance_id: string; step: string; kind: string; provider_id: string; attrs: unknown };
  instance_health: InstanceHealthTable;
  run_steps: { run_id: string; step: string; position: number; state: string; note: unknown };
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
}
