-- Time and events: schedules and triggers, what became of their ticks and events, backfills, keys of dynamic partitions,
-- and what of time a run stands for.

-- One row for each schedule and trigger of each flow. One that no active version has any more stays, retired.
create table flow_trigger (
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

-- What became of one tick or event, written once. The key is empty for ticks of schedules.
create table tick (
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

-- The memory against replays: it holds events and nothing else.
create index tick_event on tick (flow, "trigger", key, at) where key <> '';
-- For the list over all flows, in the order of the rest of the key.
create index tick_at on tick (at, flow, "trigger", key);
-- Polls that found nothing, which go sooner than the rest.
create index tick_poll on tick (at, flow, "trigger", key) where outcome = 'polled';

create table backfill (
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
) strict, without rowid;

create index backfill_flow on backfill (flow, id);
create index backfill_state on backfill (state, id);
create index backfill_flow_state on backfill (flow, state, id);

-- `num` is given in the order in which keys are added.
create table partition_key (
  num integer primary key,
  name text not null,
  key text not null,
  unique (name, key)
) strict;

create index partition_key_order on partition_key (name, num);

-- The tick that a run was made for, the slice it covers (JSON), and the backfill it belongs to. Null: none.
alter table run add column scheduled_at integer;
alter table run add column slice text;
alter table run add column backfill text;

-- Runs that stand for something in time, and no others, by what they cover.
create index run_window on run (flow, window_end_at, window_start_at)
  where scheduled_at is not null or slice is not null or backfill is not null;
create index run_backfill on run (backfill) where backfill is not null;
