-- Workers in processes of their own that were connected to a leader when it last said so. The next leader waits for them:
-- they bring attempts along.
create table worker (
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
