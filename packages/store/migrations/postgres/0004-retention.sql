-- Growing old: what is written down when runs are forgotten, and what is asked before anything is removed.

-- Runs that were taken out of the lists and of which something is left: a list of work, empty most of the time. The
-- row of the run itself is removed in the transaction that writes this one; everything else goes a slice at a time.
create table forgotten_run (
  num bigint primary key,
  id text collate "C" not null unique,
  forgotten_at bigint not null,
  -- 0: rows are left. 1: only its files are.
  emptied smallint not null
);

create index forgotten_run_full on forgotten_run (num) where emptied = 0;
create index forgotten_run_emptied on forgotten_run (num) where emptied = 1;

-- Artifacts of which a reference was removed. Whether they have others is asked before their file goes.
create table released_artifact (
  artifact text collate "C" primary key,
  released_at bigint not null
);

create index released_artifact_at on released_artifact (released_at);

-- Few outputs are large enough to lie in artifact storage, few task runs are taken over from another run: these indexes
-- hold no others, and cost the others nothing.
create index output_artifact on output (artifact) where artifact is not null;
create index task_run_reused on task_run (reused_from, run) where reused_from is not null;
create index cache_entry_artifact on cache_entry (artifact) where artifact is not null;
create index cache_entry_age on cache_entry (created_at);
create index run_version on run (version);

-- Retention removes rows by the hundred thousand. By default the server cleans up behind that when a fifth of a table is
-- dead, which in a table of ten million rows is two million; these are cleaned when a fiftieth is, and the planner learns
-- of it as soon.
alter table task_run set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_analyze_scale_factor = 0.02);
alter table attempt set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_analyze_scale_factor = 0.02);
alter table output set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_analyze_scale_factor = 0.02);
alter table run set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500, autovacuum_analyze_scale_factor = 0.02);
alter table command set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
