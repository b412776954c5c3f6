import type {
  AlertDelivery,
  AttemptState,
  BackfillState,
  CredentialKind,
  EventType,
  RunClass,
  RunState,
  ServerRow,
  TaskRunRow,
  TaskRunState,
  TickOutcome,
  TriggerKind,
  VaultHolding,
  VaultKind,
} from "@millrace/core";
import type { Generated } from "kysely";

/**
 * The tables as queries see them: the face of the newest migration in TypeScript. Columns that hold JSON, ids or
 * truth values stand here as the database keeps them (text, text, 0 or 1); `tables/` turns rows into the domain.
 */
export interface Tables {
  project: ProjectTable;
  lease: LeaseTable;
  version: VersionTable;
  version_file: VersionFileTable;
  source: SourceTable;
  version_source: VersionSourceTable;
  run: RunTable;
  task_run: TaskRunTable;
  attempt: AttemptTable;
  output: OutputTable;
  event: EventTable;
  report: ReportTable;
  cache_entry: CacheEntryTable;
  command: CommandTable;
  pool: PoolTable;
  rate: RateTable;
  server: ServerTable;
  worker: WorkerTable;
  forgotten_run: ForgottenRunTable;
  released_artifact: ReleasedArtifactTable;
  flow_trigger: TriggerTable;
  tick: TickTable;
  backfill: BackfillTable;
  partition_key: PartitionKeyTable;
  vault_entry: VaultEntryTable;
  account: AccountTable;
  credential: CredentialTable;
  login_guess: LoginGuessTable;
  audit_entry: AuditEntryTable;
  audit_head: AuditHeadTable;
  alert_state: AlertStateTable;
  alert_delivery: AlertDeliveryTable;
}

interface ProjectTable {
  id: number;
  active_version: string | null;
  activated_at: number | null;
}

interface LeaseTable {
  cell: string;
  epoch: number;
  holder: string | null;
  acquired_at: number | null;
  last_event: number;
  last_attempt: number;
}

export interface VersionTable {
  id: string;
  created_at: number;
  manifest: string;
  dependencies: string;
}

export interface VersionFileTable {
  version: string;
  path: string;
  content: Uint8Array;
}

interface SourceTable {
  hash: string;
  content: Uint8Array;
}

export interface VersionSourceTable {
  version: string;
  path: string;
  hash: string | null;
  bytes: number;
  left_out: string | null;
  module: string | null;
  imports: string;
}

export interface RunTable {
  num: Generated<number>;
  id: string;
  flow: string;
  version: string;
  state: RunState;
  params: string;
  window_start_at: number;
  window_end_at: number;
  trigger: string;
  selection: string | null;
  idempotency_key: string | null;
  concurrency_key: string | null;
  rerun_of: string | null;
  root_run: string | null;
  created_at: number;
  started_at: number | null;
  ended_at: number | null;
  error: string | null;
  settled: number;
  cancel_requested: number;
  class: RunClass;
  task_keys: string | null;
  scheduled_at: number | null;
  slice: string | null;
  backfill: string | null;
}

export interface TaskRunTable {
  run: number;
  node: number;
  item: string;
  hook: TaskRunRow["hook"];
  state: TaskRunState;
  tries: number;
  crashes: number;
  resumes: number;
  ready_at: number | null;
  started_at: number | null;
  ended_at: number | null;
  resume_at: number | null;
  carry: string | null;
  waits_for: string | null;
  child_run: string | null;
  cached: number;
  reused_from: string | null;
  error: string | null;
  item_count: number | null;
  arm: string | null;
}

export interface AttemptTable {
  run: number;
  id: number;
  node: number;
  item: string;
  hook: TaskRunRow["hook"];
  number: number;
  state: AttemptState;
  epoch: number;
  started_at: number;
  ended_at: number | null;
  error: string | null;
  place: string | null;
}

/** How a table keeps a stored value: text inline, or the name and size of an artifact, or neither for `undefined`. */
export interface ValueColumns {
  text: string | null;
  artifact: string | null;
  bytes: number | null;
}

export interface OutputTable extends ValueColumns {
  run: number;
  node: number;
  item: string;
}

export interface EventTable {
  seq: number;
  run: number;
  at: number;
  type: EventType;
  node: number;
  item: string;
  attempt: number | null;
  data: string | null;
}

export interface ReportTable {
  num: Generated<number>;
  run: number;
  node: number;
  item: string;
  attempt: number;
  at: number;
  kind: string;
  asset: string | null;
  slice: Generated<string | null>;
  data_version: string | null;
  data: string;
}

export interface CacheEntryTable extends ValueColumns {
  key: string;
  run: string;
  created_at: number;
}

export interface PoolTable {
  name: string;
  slots: number | null;
  description: string | null;
  set_by: string;
  set_at: number;
}

export interface RateTable {
  name: string;
  full_at: number;
}

interface CommandTable {
  num: Generated<number>;
  id: string;
  actor: string;
  created_at: number;
  command: string;
  answer: string | null;
}

export interface WorkerTable {
  id: string;
  name: string;
  host: string;
  pid: number;
  version: string;
  /** JSON. */
  labels: string;
  slots: number;
  server: string;
  connected_at: number;
}

export interface ServerTable {
  id: string;
  kind: ServerRow["kind"];
  host: string;
  pid: number;
  process: string;
  role: ServerRow["role"];
  started_at: number;
  beat_at: number;
  epochs: string;
  held: string | null;
}

interface ForgottenRunTable {
  num: number;
  id: string;
  forgotten_at: number;
  emptied: number;
}

interface ReleasedArtifactTable {
  artifact: string;
  released_at: number;
}

export interface TriggerTable {
  flow: string;
  name: string;
  kind: TriggerKind;
  fingerprint: string;
  schedule: string | null;
  since_at: number;
  cursor_at: number | null;
  owed: string;
  sensor_cursor: string | null;
  gathered: string;
  made_at: string;
  paused: string | null;
  failures: number;
  retired: number;
}

export interface TickTable {
  flow: string;
  trigger: string;
  at: number;
  key: string;
  outcome: TickOutcome;
  run: string | null;
  reason: string | null;
  log: string | null;
  decided_at: number;
}

export interface BackfillTable {
  id: string;
  flow: string;
  actor: string;
  created_at: number;
  ended_at: number | null;
  retried_at: number | null;
  state: BackfillState;
  request: string;
  version: string;
  window_start_at: number;
  window_end_at: number;
  plan: string;
  made: number;
  succeeded: number;
  failed: number;
  cancelled: number;
  reason: string | null;
  at_once: number | null;
}

interface PartitionKeyTable {
  num: Generated<number>;
  name: string;
  key: string;
}

export interface VaultEntryTable {
  kind: VaultKind;
  name: string;
  version: number;
  holding: VaultHolding["kind"];
  key_id: string | null;
  value: string | null;
  description: string | null;
  set_by: string;
  set_at: number;
}

export interface AccountTable {
  name: string;
  version: number;
  password: string | null;
  grants: string;
  created_at: number;
  disabled_at: number | null;
  set_by: string;
  set_at: number;
}

export interface CredentialTable {
  kind: CredentialKind;
  id: string;
  hash: string;
  account: string | null;
  grants: string;
  created_by: string;
  created_at: number;
  expires_at: number | null;
  used_at: number | null;
  used_from: string | null;
}

export interface LoginGuessTable {
  account: string;
  version: number;
  at: string;
  last_at: number;
}

export interface AlertStateTable {
  id: number;
  version: number;
  state: string;
}

export interface AlertDeliveryTable {
  id: string;
  rule: string;
  channel: string;
  state: AlertDelivery["state"];
  message: string;
  made_at: number;
  next_at: number;
  ended_at: number | null;
  tries: string;
}

export interface AuditEntryTable {
  seq: number;
  at: number;
  actor: string;
  action: string;
  target: string;
  origin: string;
  old_value: string | null;
  new_value: string | null;
  ref: string | null;
  hash: string;
}

interface AuditHeadTable {
  id: number;
  seq: number;
  hash: string;
}
