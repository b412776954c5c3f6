-- Limits: pools whose size people set, rates that were used, and what of a run decides which limits it comes under.

-- A pool that only the configuration knows has no row.
create table pool (
  name text primary key,
  -- Null: the size was taken back, and is what the configuration says.
  slots integer,
  description text,
  set_by text not null,
  set_at integer not null
) strict, without rowid;

-- How far a rate is used up. A row of which the instant is past says nothing any more.
create table rate (
  name text primary key,
  -- When its token bucket is full again.
  full_at integer not null
) strict, without rowid;

-- `live` or `backfill`.
alter table run add column class text not null default 'live';
-- JSON: what the key functions of its tasks' limits gave. Null: there are none.
alter table run add column task_keys text;
