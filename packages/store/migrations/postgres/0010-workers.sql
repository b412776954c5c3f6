-- Workers in processes of their own that were connected to a leader when it last said so. The next leader waits for them:
-- they bring attempts along.
create table worker (
  id text collate "C" primary key,
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
  connected_at bigint not null
) with (fillfactor = 50, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0);
