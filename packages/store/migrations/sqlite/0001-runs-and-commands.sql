-- The first schema: what the engine's loop writes, what it reads after a crash, and what people ask about the past.
--
-- Conventions. Instants are milliseconds since the epoch and end in `_at`. States are short text, as the domain names
-- them, so that a person with a SQLite shell can read the tables. Child tables name their run by its number: four
-- bytes instead of twenty-six, in the key of every row. Structured values that no query looks into are JSON.
--
-- Indexes. A finished task run, attempt or event is in no index but its own key: the loop never scans history, and
-- history costs the loop nothing. The runs table, with one row where others have thousands, has indexes for lists.

-- One row for each cell: who leads, and the counters that only the leader moves. Every commit of a leader updates this
-- row where the epoch is still its own, so a leader that lost its place writes nothing.
create table lease (
  cell text primary key,
  epoch integer not null,
  holder text,
  acquired_at integer,
  last_event integer not null,
  last_attempt integer not null
) strict, without rowid;

insert into lease (cell, epoch, last_event, last_attempt) values ('default', 0, 0, 0);

create table version (
  id text primary key,
  created_at integer not null,
  manifest text not null,
  dependencies text not null
) strict;

create table version_file (
  version text not null references version (id) on delete cascade,
  path text not null,
  content blob not null,
  unique (version, path)
) strict;

-- One row. Which version new runs get.
create table project (
  id integer primary key check (id = 1),
  active_version text references version (id),
  activated_at integer
) strict;

insert into project (id) values (1);

-- `num` is given in the order in which runs are made, and never twice: reports outlive their runs.
create table run (
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
) strict;

-- Both hold the number too, as every index does: a page of a list is read in order from one place.
create index run_flow on run (flow);
create index run_flow_state on run (flow, state);
create index run_state on run (state);
create index run_unsettled on run (num) where settled = 0;
create index run_family on run (root_run) where root_run is not null;
create unique index run_idempotency on run (idempotency_key) where idempotency_key is not null;

-- A pending task run has no row.
create table task_run (
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

create table attempt (
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
  error text,
  primary key (run, id)
) strict, without rowid;

-- Inline values are up to 64 KiB, so this table keeps its rowid: wide rows make poor keys.
create table output (
  run integer not null,
  node integer not null,
  item text not null,
  -- The value as encoded text. Null together with `artifact`: the output is `undefined`.
  text text,
  artifact text,
  bytes integer,
  unique (run, node, item)
) strict;

-- The timeline. `seq` is one sequence over all runs: the live stream reads by it.
create table event (
  seq integer primary key,
  run integer not null,
  at integer not null,
  type text not null,
  node integer not null,
  item text not null,
  attempt integer,
  data text
) strict;

create index event_run on event (run);

-- What tasks said about data, apart from the timeline because it outlives it.
create table report (
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

create index report_run on report (run);

create table cache_entry (
  key text primary key,
  run text not null,
  text text,
  artifact text,
  bytes integer,
  created_at integer not null
) strict;

create table command (
  num integer primary key,
  id text not null unique,
  actor text not null,
  created_at integer not null,
  command text not null,
  answer text
) strict;

create index command_pending on command (num) where answer is null;
