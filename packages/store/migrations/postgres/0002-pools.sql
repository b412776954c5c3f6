-- Limits: pools whose size people set, rates that were used, and what of a run decides which limits it comes under.

-- A pool that only the configuration knows has no row.
create table pool (
  name text collate "C" primary key,
  -- Null: the size was taken back, and is what the configuration says.
  slots bigint,
  description text,
  set_by text not null,
  set_at bigint not null
);

-- How far a rate is used up. A row of which the instant is past says nothing any more. Rows change with each commit that
-- starts an attempt under the rate, so their pages have room for new versions.
create table rate (
  name text collate "C" primary key,
  -- When its token bucket is full again.
  full_at bigint not null
) with (fillfactor = 50);

-- `live` or `backfill`.
alter table run add column class text collate "C" not null default 'live';
-- JSON: what the key functions of its tasks' limits gave. Null: there are none.
alter table run add column task_keys text;
