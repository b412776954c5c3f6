-- The first schema: what the engine's loop writes, what it reads after a crash, and what people ask about the past. It
-- is applied in a schema of Millrace's own, so tables are named without it.
--
-- Conventions. Instants are milliseconds since the epoch and end in `_at`. States are short text, as the domain names
-- them, so that a person with psql can read the tables. Child tables name their run by its number: eight bytes instead
-- of twenty-six, in the key of every row. Structured values that no query looks into are JSON, as text: nobody pays for
-- parsing them twice. What is compared or ordered is in the "C" collation, which is the order that JavaScript has.
--
-- Indexes. A finished task run, attempt or event is in no index but its own key: the loop never scans history, and
-- history costs the loop nothing. The runs table, with one row where others have thousands, has indexes for lists.
--
-- Rows that change once or twice, soon after they were made, leave room in their pages (fillfactor), so that the new
-- version of a row stands beside the old one and no index learns of it.

-- One row for each cell: who leads, and until when by this database's clock. Every commit of a leader locks this row
-- where the epoch is still its own; a new leader waits for such commits before it takes over.
create table lease (
  cell text collate "C" primary key,
  epoch bigint not null,
  holder text,
  acquired_at bigint,
  -- The lease is over at this instant, whatever its holder thinks. 0: nobody holds it.
  expires_at bigint not null
) with (fillfactor = 10, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0);

insert into lease (cell, epoch, expires_at) values ('default', 0, 0);

-- One row for each commit of a leader, with the counters that only leaders move, as they are after it. A row and not a
-- column of the lease: an update in every commit would leave a chain of old versions that each later commit walks
-- along, for as long as any transaction of the server (a backup, say) keeps them alive. The key lets no commit in
-- twice, and shows afterwards whether one was written whose answer got lost. Leaders delete all but the newest.
create table ledger (
  cell text collate "C" not null,
  epoch bigint not null,
  number bigint not null,
  last_run bigint not null,
  last_attempt bigint not null,
  last_event bigint not null,
  -- When that event was, by its leader's clock.
  last_event_at bigint not null,
  -- False: a place that was taken so that a commit which got lost on its way can never be written.
  written boolean not null,
  primary key (cell, epoch, number)
) with (autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_scale_factor = 0);

insert into ledger (cell, epoch, number, last_run, last_attempt, last_event, last_event_at, written)
values ('default', 0, 0, 0, 0, 0, 0, true);

create table version (
  id text collate "C" primary key,
  created_at bigint not null,
  manifest text not null,
  dependencies text not null
);

create table version_file (
  version text collate "C" not null references version (id) on delete cascade,
  path text collate "C" not null,
  content bytea not null,
  primary key (version, path)
);

-- One row. Which version new runs get.
create table project (
  id integer primary key check (id = 1),
  active_version text collate "C" references version (id),
  activated_at bigint
);

insert into project (id) values (1);

-- `num` is given by the leader in the order in which runs are made, and never twice: reports outlive their runs.
create table run (
  num bigint primary key,
  id text collate "C" not null unique,
  flow text collate "C" not null,
  version text collate "C" not null,
  state text collate "C" not null,
  params text not null,
  window_start_at bigint not null,
  window_end_at bigint not null,
  "trigger" text not null,
  selection text,
  idempotency_key text collate "C",
  concurrency_key text collate "C",
  rerun_of text collate "C",
  -- Null: the run is the root of its family.
  root_run text collate "C",
  created_at bigint not null,
  started_at bigint,
  ended_at bigint,
  error text,
  settled smallint not null,
  cancel_requested smallint not null
) with (fillfactor = 80);

-- All hold the number too: a page of a list is read in order from one place.
create index run_flow on run (flow, num);
create index run_flow_state on run (flow, state, num);
create index run_state on run (state, num);
create index run_unsettled on run (num) where settled = 0;
create index run_family on run (root_run, num) where root_run is not null;
create unique index run_idempotency on run (idempotency_key) where idempotency_key is not null;

-- Flows and states have few values, so the server would rather read all runs from the newest until it has a page: quick for
-- a flow that runs all the time, and a walk through all of history for one that has not run for long. Told that any one of
-- them is rare, it uses their indexes.
alter table run alter column flow set (n_distinct = -0.05), alter column state set (n_distinct = -0.05);

-- A pending task run has no row.
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
  primary key (run, node, item, hook)
) with (fillfactor = 70);

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
  primary key (run, id)
) with (fillfactor = 70);

create table output (
  run bigint not null,
  node integer not null,
  item text collate "C" not null,
  -- The value as encoded text. Null together with `artifact`: the output is `undefined`.
  text text,
  artifact text collate "C",
  bytes bigint,
  primary key (run, node, item)
);

-- The timeline. `seq` is one sequence over all runs: the live stream reads by it. Split by day, so that old days go away
-- whole; leaders make the coming days, and what has no day of its own goes to the rest.
create table event (
  seq bigint not null,
  run bigint not null,
  at bigint not null,
  type text collate "C" not null,
  node integer not null,
  item text collate "C" not null,
  attempt bigint,
  data text,
  primary key (seq, at)
) partition by range (at);

create index event_run on event (run, seq);
create table event_rest partition of event default;

-- What tasks said about data, apart from the timeline because it outlives it.
create table report (
  num bigint generated always as identity primary key,
  run bigint not null,
  node integer not null,
  item text collate "C" not null,
  attempt bigint not null,
  at bigint not null,
  kind text collate "C" not null,
  asset text collate "C",
  -- What of a partitioned asset the report is about. Null: all of it.
  slice text,
  data_version text,
  data text not null
);

create index report_run on report (run, num);

create table cache_entry (
  key text collate "C" primary key,
  run text collate "C" not null,
  text text,
  artifact text collate "C",
  bytes bigint,
  created_at bigint not null
) with (fillfactor = 90);

create table command (
  num bigint generated always as identity primary key,
  id text collate "C" not null unique,
  actor text not null,
  created_at bigint not null,
  command text not null,
  answer text
) with (fillfactor = 80);

create index command_pending on command (num) where answer is null;
