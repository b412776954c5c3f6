-- Processes that lead or may. Each writes its own row, so a new leader can tell which attempts still run elsewhere.
create table server (
  id text collate "C" primary key,
  kind text not null,
  host text not null,
  pid integer not null,
  process text not null,
  role text not null,
  started_at bigint not null,
  beat_at bigint not null,
  -- JSON: the epochs in which it led, as far as attempts of theirs may be with it.
  epochs text not null,
  -- JSON: the attempts it still has. Null: it leads, and only its own memory knows.
  held text
) with (fillfactor = 50, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0);
