-- The project's own source files that versions were made of, for people to read and compare. Attempts use the bundle and
-- never these.

-- A text once, however many versions have it.
create table source (
  hash text collate "C" primary key,
  content bytea not null
);

create table version_source (
  version text collate "C" not null references version (id) on delete cascade,
  -- Relative to the project's folder.
  path text collate "C" not null,
  -- Null: the text was left out, and `left_out` says why.
  hash text collate "C" references source (hash),
  bytes integer not null,
  left_out text,
  -- The module of the bundle that this file is the beginning of, if any.
  module text,
  -- JSON: the paths of the files that it imports.
  imports text not null,
  primary key (version, path)
);

create index version_source_hash on version_source (hash);
-- Versions by when they were made.
create index version_created on version (created_at, id);
