-- Made by `npm run snapshots`. Do not edit.

CREATE TABLE migration (
  number integer primary key,
  name text not null,
  checksum text not null,
  applied_at integer not null
) strict;

CREATE TABLE lease (
  cell text primary key,
  epoch integer not null,
  holder text,
  acquired_at integer,
  last_event integer not null,
  last_attempt integer not null
) strict, without rowid;

CREATE TABLE version (
  id text primary key,
  created_at integer not null,
  manifest text not null,
  dependencies text not null
) strict;

CREATE TABLE version_file (
  version text not null references version (id) on delete cascade,
  path text not null,
  content blob not null,
  unique (version, path)
) strict;

CREATE TABLE project (
  id integer primary key check (id = 1),
  active_version text references version (id),
  activated_at integer
) strict;

CREATE TABLE run (
  num integer primary key autoincrement,
  id text not null unique,
  flow text not null,
  version text not null,
  state text not null,
  params text not null,
  window_start_at integer not null,
  window_end_at integer not null,
  "trigger" text not null,
  selection text,
  idempotency_key text,
  concurrency_key text,
  rerun_of text,
  -- Null: the run is the root of its family.
  root_run text,
  created_at integer not null,
  started_at integer,
  ended_at integer,
  error text,
  settled integer not null,
  cancel_requested integer not null
, class text not null default 'live', task_keys text, scheduled_at integer, slice text, backfill text) strict;

CREATE TABLE sqlite_sequence(name,seq);

CREATE INDEX run_flow on run (flow);

CREATE INDEX run_flow_state on run (flow, state);

CREATE INDEX run_state on run (state);

CREATE INDEX run_unsettled on run (num) where settled = 0;

CREATE INDEX run_family on run (root_run) where root_run is not null;

CREATE UNIQUE INDEX run_idempotency on run (idempotency_key) where idempotency_key is not null;

CREATE TABLE task_run (
  run integer not null,
  node integer not null,
  item text not null,
  hook text not null,
  state text not null,
  tries integer not null,
  crashes integer not null,
  resumes integer not null,
  ready_at integer,
  started_at integer,
  ended_at integer,
  resume_at integer,
  carry text,
  waits_for text,
  child_run text,
  cached integer not null,
  reused_from text,
  error text,
  item_count integer,
  arm text,
  primary key (run, node, item, hook)
) strict, without rowid;

CREATE TABLE attempt (
  run integer not null,
  id integer not null,
  node integer not null,
  item text not null,
  hook text not null,
  number integer not null,
  state text not null,
  epoch integer not null,
  started_at integer not null,
  ended_at integer,
  error text, place text,
  primary key (run, id)
) strict, without rowid;

CREATE TABLE output (
  run integer not null,
  node integer not null,
  item text not null,
  -- The value as encoded text. Null together with `artifact`: the output is `undefined`.
  text text,
  artifact text,
  bytes integer,
  unique (run, node, item)
) strict;

CREATE TABLE event (
  seq integer primary key,
  run integer not null,
  at integer not null,
  type text not null,
  node integer not null,
  item text not null,
  attempt integer,
  data text
) strict;

CREATE INDEX event_run on event (run);

CREATE TABLE report (
  num integer primary key,
  run integer not null,
  node integer not null,
  item text not null,
  attempt integer not null,
  at integer not null,
  kind text not null,
  asset text,
  -- What of a partitioned asset the report is about. Null: all of it.
  slice text,
  data_version text,
  data text not null
) strict;

CREATE INDEX report_run on report (run);

CREATE TABLE cache_entry (
  key text primary key,
  run text not null,
  text text,
  artifact text,
  bytes integer,
  created_at integer not null
) strict;

CREATE TABLE command (
  num integer primary key,
  id text not null unique,
  actor text not null,
  created_at integer not null,
  command text not null,
  answer text
) strict;

CREATE INDEX command_pending on command (num) where answer is null;

CREATE TABLE pool (
  name text primary key,
  -- Null: the size was taken back, and is what the configuration says.
  slots integer,
  description text,
  set_by text not null,
  set_at integer not null
) strict, without rowid;

CREATE TABLE rate (
  name text primary key,
  -- When its token bucket is full again.
  full_at integer not null
) strict, without rowid;

CREATE TABLE server (
  id text primary key,
  kind text not null,
  host text not null,
  pid integer not null,
  process text not null,
  role text not null,
  started_at integer not null,
  beat_at integer not null,
  -- JSON: the epochs in which it led, as far as attempts of theirs may be with it.
  epochs text not null,
  -- JSON: the attempts it still has. Null: it leads, and only its own memory knows.
  held text
) strict;

CREATE TABLE forgotten_run (
  num integer primary key,
  id text not null unique,
  forgotten_at integer not null,
  -- 0: rows are left. 1: only its files are.
  emptied integer not null
) strict;

CREATE INDEX forgotten_run_full on forgotten_run (num) where emptied = 0;

CREATE INDEX forgotten_run_emptied on forgotten_run (num) where emptied = 1;

CREATE TABLE released_artifact (
  artifact text primary key,
  released_at integer not null
) strict, without rowid;

CREATE INDEX released_artifact_at on released_artifact (released_at);

CREATE INDEX output_artifact on output (artifact) where artifact is not null;

CREATE INDEX task_run_reused on task_run (reused_from) where reused_from is not null;

CREATE INDEX cache_entry_artifact on cache_entry (artifact) where artifact is not null;

CREATE INDEX cache_entry_age on cache_entry (created_at);

CREATE INDEX run_version on run (version);

CREATE TABLE flow_trigger (
  flow text not null,
  name text not null,
  kind text not null,
  -- Of what the definition says about when.
  fingerprint text not null,
  -- JSON. Null for what is no schedule.
  schedule text,
  since_at integer not null,
  -- Every tick up to here is decided or owed; of a sensor, its last poll.
  cursor_at integer,
  -- JSON, as are `gathered` and `made_at`.
  owed text not null,
  sensor_cursor text,
  gathered text not null,
  made_at text not null,
  -- JSON: when, by whom and why. Null: it is not paused.
  paused text,
  failures integer not null,
  retired integer not null,
  primary key (flow, name)
) strict, without rowid;

CREATE TABLE tick (
  flow text not null,
  "trigger" text not null,
  at integer not null,
  key text not null,
  outcome text not null,
  run text,
  reason text,
  log text,
  decided_at integer not null,
  primary key (flow, "trigger", at, key)
) strict, without rowid;

CREATE INDEX tick_event on tick (flow, "trigger", key, at) where key <> '';

CREATE INDEX tick_at on tick (at, flow, "trigger", key);

CREATE INDEX tick_poll on tick (at, flow, "trigger", key) where outcome = 'polled';

CREATE TABLE backfill (
  id text primary key,
  flow text not null,
  actor text not null,
  created_at integer not null,
  ended_at integer,
  -- When what failed was last tried again. Null: it never was.
  retried_at integer,
  state text not null,
  -- JSON, as is the plan.
  request text not null,
  version text not null,
  window_start_at integer not null,
  window_end_at integer not null,
  plan text not null,
  made integer not null,
  succeeded integer not null,
  failed integer not null,
  cancelled integer not null,
  reason text
, at_once integer) strict, without rowid;

CREATE INDEX backfill_flow on backfill (flow, id);

CREATE INDEX backfill_state on backfill (state, id);

CREATE INDEX backfill_flow_state on backfill (flow, state, id);

CREATE TABLE partition_key (
  num integer primary key,
  name text not null,
  key text not null,
  unique (name, key)
) strict;

CREATE INDEX partition_key_order on partition_key (name, num);

CREATE INDEX run_window on run (flow, window_end_at, window_start_at)
  where scheduled_at is not null or slice is not null or backfill is not null;

CREATE INDEX run_backfill on run (backfill) where backfill is not null;

CREATE TABLE vault_entry (
  kind text not null,
  name text not null,
  version integer not null,
  -- `plain`, `sealed`, `reference` or `removed`.
  holding text not null,
  -- The key that it is sealed with. Null for what is not sealed.
  key_id text,
  -- The text, what was sealed (base64), or where the value is.
  value text,
  description text,
  set_by text not null,
  set_at integer not null,
  primary key (kind, name)
) strict, without rowid;

CREATE TABLE account (
  name text not null primary key,
  version integer not null,
  -- The hash with how it was made. Null for a user who cannot log in by password.
  password text,
  -- JSON: roles, each with the pattern of flow names that it is for.
  grants text not null,
  created_at integer not null,
  disabled_at integer,
  set_by text not null,
  set_at integer not null
) strict, without rowid;

CREATE TABLE credential (
  -- `session`, `api`, `worker` or `setup`.
  kind text not null,
  id text not null,
  -- SHA-256 of what lets somebody in.
  hash text not null unique,
  -- Whose it is. Null for what belongs to the project.
  account text,
  grants text not null,
  created_by text not null,
  created_at integer not null,
  expires_at integer,
  used_at integer,
  used_from text,
  primary key (kind, id)
) strict, without rowid;

CREATE INDEX credential_expires on credential (expires_at) where expires_at is not null;

CREATE TABLE login_guess (
  -- A hash of the name: it may be anything.
  account text not null primary key,
  version integer not null,
  -- JSON: when, the oldest first.
  at text not null,
  last_at integer not null
) strict, without rowid;

CREATE INDEX login_guess_last on login_guess (last_at);

CREATE TABLE audit_entry (
  seq integer primary key,
  at integer not null,
  actor text not null,
  action text not null,
  target text not null,
  origin text not null,
  -- JSON, as it was hashed.
  old_value text,
  new_value text,
  -- What was recorded once is not recorded again.
  ref text,
  hash text not null
) strict;

CREATE INDEX audit_entry_actor on audit_entry (actor, seq);

CREATE INDEX audit_entry_target on audit_entry (target, seq);

CREATE UNIQUE INDEX audit_entry_ref on audit_entry (ref) where ref is not null;

CREATE TABLE audit_head (
  id integer primary key check (id = 1),
  seq integer not null,
  hash text not null
) strict;

CREATE TABLE alert_state (
  id integer not null primary key check (id = 1),
  -- Who writes the next one may; so two who watch at once tell nothing twice.
  version integer not null,
  -- JSON: the last event that was looked at, flows that fail, what was told, and alerts that wait for others.
  state text not null
) strict;

CREATE TABLE alert_delivery (
  -- In the order in which they were made.
  id text not null primary key,
  rule text not null,
  channel text not null,
  -- `waiting`, `sent`, or `failed`: given up.
  state text not null,
  -- JSON: what is said, the same at each try.
  message text not null,
  made_at integer not null,
  -- When it is tried next; 0 for what is not tried any more.
  next_at integer not null,
  ended_at integer,
  -- JSON: what came of each try.
  tries text not null
) strict, without rowid;

CREATE INDEX alert_delivery_due on alert_delivery (next_at, id) where next_at > 0;

CREATE INDEX alert_delivery_ended on alert_delivery (ended_at);

CREATE INDEX alert_delivery_rule on alert_delivery (rule, id);

CREATE INDEX alert_delivery_state on alert_delivery (state, id);

CREATE INDEX alert_delivery_rule_state on alert_delivery (rule, state, id);

CREATE TABLE worker (
  id text primary key,
  name text not null,
  host text not null,
  pid integer not null,
  -- Of Millrace, there.
  version text not null,
  -- JSON.
  labels text not null,
  slots integer not null,
  -- The server that it was connected to.
  server text not null,
  connected_at integer not null
) strict;

CREATE TABLE source (
  hash text primary key,
  content blob not null
) strict;

CREATE TABLE version_source (
  version text not null references version (id) on delete cascade,
  -- Relative to the project's folder.
  path text not null,
  -- Null: the text was left out, and `left_out` says why.
  hash text references source (hash),
  bytes integer not null,
  left_out text,
  -- The module of the bundle that this file is the beginning of, if any.
  module text,
  -- JSON: the paths of the files that it imports.
  imports text not null,
  primary key (version, path)
) strict, without rowid;

CREATE INDEX version_source_hash on version_source (hash);

CREATE INDEX version_created on version (created_at, id);

CREATE INDEX task_run_asked on task_run (run, node, item)
  where waits_for like '%"kind":"approval"%' and waits_for not like '%"decision":{%';

CREATE INDEX task_run_decided on task_run (run, node, item) where waits_for like '%"decision":{%';

CREATE INDEX run_flow_version on run (flow, version);

CREATE INDEX run_by_hand on run (flow) where scheduled_at is null and slice is null and backfill is null;
