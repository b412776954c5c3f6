-- Made by `npm run snapshots`. Do not edit.

create table migration (
  number integer not null,
  name text not null,
  checksum text not null,
  applied_at bigint not null,
  PRIMARY KEY (number)
);

create table lease (
  cell text collate "C" not null,
  epoch bigint not null,
  holder text,
  acquired_at bigint,
  expires_at bigint not null,
  PRIMARY KEY (cell)
) with (fillfactor=10, autovacuum_vacuum_threshold=200, autovacuum_vacuum_scale_factor=0);

create table ledger (
  cell text collate "C" not null,
  epoch bigint not null,
  number bigint not null,
  last_run bigint not null,
  last_attempt bigint not null,
  last_event bigint not null,
  last_event_at bigint not null,
  written boolean not null,
  PRIMARY KEY (cell, epoch, number)
) with (autovacuum_vacuum_threshold=5000, autovacuum_vacuum_scale_factor=0);

create table version (
  id text collate "C" not null,
  created_at bigint not null,
  manifest text not null,
  dependencies text not null,
  PRIMARY KEY (id)
);
CREATE INDEX version_created on version USING btree (created_at, id);

create table version_file (
  version text collate "C" not null,
  path text collate "C" not null,
  content bytea not null,
  FOREIGN KEY (version) REFERENCES version(id) ON DELETE CASCADE,
  PRIMARY KEY (version, path)
);

create table project (
  id integer not null,
  active_version text collate "C",
  activated_at bigint,
  CHECK ((id = 1)),
  FOREIGN KEY (active_version) REFERENCES version(id),
  PRIMARY KEY (id)
);

create table run (
  num bigint not null,
  id text collate "C" not null,
  flow text collate "C" not null,
  version text collate "C" not null,
  state text collate "C" not null,
  params text not null,
  window_start_at bigint not null,
  window_end_at bigint not null,
  trigger text not null,
  selection text,
  idempotency_key text collate "C",
  concurrency_key text collate "C",
  rerun_of text collate "C",
  root_run text collate "C",
  created_at bigint not null,
  started_at bigint,
  ended_at bigint,
  error text,
  settled smallint not null,
  cancel_requested smallint not null,
  class text collate "C" not null,
  task_keys text,
  scheduled_at bigint,
  slice text,
  backfill text collate "C",
  PRIMARY KEY (num),
  UNIQUE (id)
) with (fillfactor=80, autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=500, autovacuum_analyze_scale_factor=0.02);
alter table run alter column flow set (n_distinct=-0.05);
alter table run alter column state set (n_distinct=-0.05);
CREATE INDEX run_flow on run USING btree (flow, num);
CREATE INDEX run_flow_state on run USING btree (flow, state, num);
CREATE INDEX run_state on run USING btree (state, num);
CREATE INDEX run_unsettled on run USING btree (num) WHERE (settled = 0);
CREATE INDEX run_family on run USING btree (root_run, num) WHERE (root_run IS NOT NULL);
CREATE UNIQUE INDEX run_idempotency on run USING btree (idempotency_key) WHERE (idempotency_key IS NOT NULL);
CREATE INDEX run_version on run USING btree (version);
CREATE INDEX run_window on run USING btree (flow, window_end_at, window_start_at) WHERE ((scheduled_at IS NOT NULL) OR (slice IS NOT NULL) OR (backfill IS NOT NULL));
CREATE INDEX run_backfill on run USING btree (backfill, num) WHERE (backfill IS NOT NULL);
CREATE INDEX run_flow_version on run USING btree (flow, version, num);
CREATE INDEX run_by_hand on run USING btree (flow, num) WHERE ((scheduled_at IS NULL) AND (slice IS NULL) AND (backfill IS NULL));

create table task_run (
  run bigint not null,
  node integer not null,
  item text collate "C" not null,
  hook text collate "C" not null,
  state text collate "C" not null,
  tries integer not null,
  crashes integer not null,
  resumes integer not null,
  ready_at bigint,
  started_at bigint,
  ended_at bigint,
  resume_at bigint,
  carry text,
  waits_for text,
  child_run text collate "C",
  cached smallint not null,
  reused_from text collate "C",
  error text,
  item_count integer,
  arm text,
  PRIMARY KEY (run, node, item, hook)
) with (fillfactor=70, autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=5000, autovacuum_analyze_scale_factor=0.02);
CREATE INDEX task_run_reused on task_run USING btree (reused_from, run) WHERE (reused_from IS NOT NULL);
CREATE INDEX task_run_asked on task_run USING btree (run, node, item) WHERE ((waits_for ~~ '%"kind":"approval"%'::text) AND (waits_for !~~ '%"decision":{%'::text));
CREATE INDEX task_run_decided on task_run USING btree (run, node, item) WHERE (waits_for ~~ '%"decision":{%'::text);

create table attempt (
  run bigint not null,
  id bigint not null,
  node integer not null,
  item text collate "C" not null,
  hook text collate "C" not null,
  number integer not null,
  state text collate "C" not null,
  epoch bigint not null,
  started_at bigint not null,
  ended_at bigint,
  error text,
  place text,
  PRIMARY KEY (run, id)
) with (fillfactor=70, autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=5000, autovacuum_analyze_scale_factor=0.02);

create table output (
  run bigint not null,
  node integer not null,
  item text collate "C" not null,
  text text,
  artifact text collate "C",
  bytes bigint,
  PRIMARY KEY (run, node, item)
) with (autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=5000, autovacuum_analyze_scale_factor=0.02);
CREATE INDEX output_artifact on output USING btree (artifact) WHERE (artifact IS NOT NULL);

create table event (
  seq bigint not null,
  run bigint not null,
  at bigint not null,
  type text collate "C" not null,
  node integer not null,
  item text collate "C" not null,
  attempt bigint,
  data text,
  PRIMARY KEY (seq, at)
) partition by RANGE (at);
CREATE INDEX event_run on event USING btree (run, seq);

create table report (
  num bigint not null generated always as identity,
  run bigint not null,
  node integer not null,
  item text collate "C" not null,
  attempt bigint not null,
  at bigint not null,
  kind text collate "C" not null,
  asset text collate "C",
  slice text,
  data_version text,
  data text not null,
  PRIMARY KEY (num)
);
CREATE INDEX report_run on report USING btree (run, num);

create table cache_entry (
  key text collate "C" not null,
  run text collate "C" not null,
  text text,
  artifact text collate "C",
  bytes bigint,
  created_at bigint not null,
  PRIMARY KEY (key)
) with (fillfactor=90);
CREATE INDEX cache_entry_artifact on cache_entry USING btree (artifact) WHERE (artifact IS NOT NULL);
CREATE INDEX cache_entry_age on cache_entry USING btree (created_at);

create table command (
  num bigint not null generated always as identity,
  id text collate "C" not null,
  actor text not null,
  created_at bigint not null,
  command text not null,
  answer text,
  PRIMARY KEY (num),
  UNIQUE (id)
) with (fillfactor=80, autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=500);
CREATE INDEX command_pending on command USING btree (num) WHERE (answer IS NULL);

create table pool (
  name text collate "C" not null,
  slots bigint,
  description text,
  set_by text not null,
  set_at bigint not null,
  PRIMARY KEY (name)
);

create table rate (
  name text collate "C" not null,
  full_at bigint not null,
  PRIMARY KEY (name)
) with (fillfactor=50);

create table server (
  id text collate "C" not null,
  kind text not null,
  host text not null,
  pid integer not null,
  process text not null,
  role text not null,
  started_at bigint not null,
  beat_at bigint not null,
  epochs text not null,
  held text,
  PRIMARY KEY (id)
) with (fillfactor=50, autovacuum_vacuum_threshold=200, autovacuum_vacuum_scale_factor=0);

create table forgotten_run (
  num bigint not null,
  id text collate "C" not null,
  forgotten_at bigint not null,
  emptied smallint not null,
  PRIMARY KEY (num),
  UNIQUE (id)
);
CREATE INDEX forgotten_run_full on forgotten_run USING btree (num) WHERE (emptied = 0);
CREATE INDEX forgotten_run_emptied on forgotten_run USING btree (num) WHERE (emptied = 1);

create table released_artifact (
  artifact text collate "C" not null,
  released_at bigint not null,
  PRIMARY KEY (artifact)
);
CREATE INDEX released_artifact_at on released_artifact USING btree (released_at);

create table flow_trigger (
  flow text collate "C" not null,
  name text collate "C" not null,
  kind text collate "C" not null,
  fingerprint text collate "C" not null,
  schedule text,
  since_at bigint not null,
  cursor_at bigint,
  owed text not null,
  sensor_cursor text,
  gathered text not null,
  made_at text not null,
  paused text,
  failures integer not null,
  retired smallint not null,
  PRIMARY KEY (flow, name)
) with (fillfactor=50);

create table tick (
  flow text collate "C" not null,
  trigger text collate "C" not null,
  at bigint not null,
  key text collate "C" not null,
  outcome text collate "C" not null,
  run text collate "C",
  reason text,
  log text,
  decided_at bigint not null,
  PRIMARY KEY (flow, trigger, at, key)
);
CREATE INDEX tick_event on tick USING btree (flow, trigger, key, at) WHERE (key <> ''::text);
CREATE INDEX tick_at on tick USING btree (at, flow, trigger, key);
CREATE INDEX tick_poll on tick USING btree (at, flow, trigger, key) WHERE (outcome = 'polled'::text);

create table backfill (
  id text collate "C" not null,
  flow text collate "C" not null,
  actor text collate "C" not null,
  created_at bigint not null,
  ended_at bigint,
  retried_at bigint,
  state text collate "C" not null,
  request text not null,
  version text collate "C" not null,
  window_start_at bigint not null,
  window_end_at bigint not null,
  plan text not null,
  made bigint not null,
  succeeded bigint not null,
  failed bigint not null,
  cancelled bigint not null,
  reason text,
  at_once integer,
  PRIMARY KEY (id)
) with (fillfactor=50);
CREATE INDEX backfill_flow on backfill USING btree (flow, id);
CREATE INDEX backfill_state on backfill USING btree (state, id);
CREATE INDEX backfill_flow_state on backfill USING btree (flow, state, id);

create table partition_key (
  num bigint not null generated always as identity,
  name text collate "C" not null,
  key text collate "C" not null,
  PRIMARY KEY (num),
  UNIQUE (name, key)
);
CREATE INDEX partition_key_order on partition_key USING btree (name, num);

create table vault_entry (
  kind text collate "C" not null,
  name text collate "C" not null,
  version bigint not null,
  holding text not null,
  key_id text,
  value text,
  description text,
  set_by text not null,
  set_at bigint not null,
  PRIMARY KEY (kind, name)
);

create table account (
  name text collate "C" not null,
  version bigint not null,
  password text,
  grants text not null,
  created_at bigint not null,
  disabled_at bigint,
  set_by text not null,
  set_at bigint not null,
  PRIMARY KEY (name)
);

create table credential (
  kind text collate "C" not null,
  id text collate "C" not null,
  hash text collate "C" not null,
  account text collate "C",
  grants text not null,
  created_by text not null,
  created_at bigint not null,
  expires_at bigint,
  used_at bigint,
  used_from text,
  PRIMARY KEY (kind, id),
  UNIQUE (hash)
);
CREATE INDEX credential_expires on credential USING btree (expires_at) WHERE (expires_at IS NOT NULL);

create table login_guess (
  account text collate "C" not null,
  version bigint not null,
  at text not null,
  last_at bigint not null,
  PRIMARY KEY (account)
);
CREATE INDEX login_guess_last on login_guess USING btree (last_at);

create table audit_entry (
  seq bigint not null,
  at bigint not null,
  actor text collate "C" not null,
  action text not null,
  target text collate "C" not null,
  origin text not null,
  old_value text,
  new_value text,
  ref text collate "C",
  hash text not null,
  PRIMARY KEY (seq)
);
CREATE INDEX audit_entry_actor on audit_entry USING btree (actor, seq);
CREATE INDEX audit_entry_target on audit_entry USING btree (target, seq);
CREATE UNIQUE INDEX audit_entry_ref on audit_entry USING btree (ref) WHERE (ref IS NOT NULL);

create table audit_head (
  id smallint not null,
  seq bigint not null,
  hash text not null,
  CHECK ((id = 1)),
  PRIMARY KEY (id)
);

create table alert_state (
  id bigint not null,
  version bigint not null,
  state text not null,
  CHECK ((id = 1)),
  PRIMARY KEY (id)
);

create table alert_delivery (
  id text collate "C" not null,
  rule text collate "C" not null,
  channel text collate "C" not null,
  state text not null,
  message text not null,
  made_at bigint not null,
  next_at bigint not null,
  ended_at bigint,
  tries text not null,
  PRIMARY KEY (id)
);
CREATE INDEX alert_delivery_due on alert_delivery USING btree (next_at, id) WHERE (next_at > 0);
CREATE INDEX alert_delivery_ended on alert_delivery USING btree (ended_at);
CREATE INDEX alert_delivery_rule on alert_delivery USING btree (rule, id);
CREATE INDEX alert_delivery_state on alert_delivery USING btree (state, id);
CREATE INDEX alert_delivery_rule_state on alert_delivery USING btree (rule, state, id);

create table worker (
  id text collate "C" not null,
  name text not null,
  host text not null,
  pid integer not null,
  version text not null,
  labels text not null,
  slots integer not null,
  server text not null,
  connected_at bigint not null,
  PRIMARY KEY (id)
) with (fillfactor=50, autovacuum_vacuum_threshold=200, autovacuum_vacuum_scale_factor=0);

create table source (
  hash text collate "C" not null,
  content bytea not null,
  PRIMARY KEY (hash)
);

create table version_source (
  version text collate "C" not null,
  path text collate "C" not null,
  hash text collate "C",
  bytes integer not null,
  left_out text,
  module text,
  imports text not null,
  FOREIGN KEY (hash) REFERENCES source(hash),
  FOREIGN KEY (version) REFERENCES version(id) ON DELETE CASCADE,
  PRIMARY KEY (version, path)
);
CREATE INDEX version_source_hash on version_source USING btree (hash);
