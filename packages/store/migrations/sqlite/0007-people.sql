-- Who may come in: users, what they show for it, and guesses at their passwords. Of passwords, sessions and tokens only
-- hashes are here.

create table account (
  name text not null primary key,
  version integer not null,
  -- The hash with how it was made. Null for a user who cannot log in by password.
  password text,
  -- JSON: roles, each with the pattern of flow names that it is for.
  grants text not null,
  created_at integer not null,
  disabled_at integer,
  set_by text not null,
  set_at integer not null
) strict, without rowid;

create table credential (
  -- `session`, `api`, `worker` or `setup`.
  kind text not null,
  id text not null,
  -- SHA-256 of what lets somebody in.
  hash text not null unique,
  -- Whose it is. Null for what belongs to the project.
  account text,
  grants text not null,
  created_by text not null,
  created_at integer not null,
  expires_at integer,
  used_at integer,
  used_from text,
  primary key (kind, id)
) strict, without rowid;

create index credential_expires on credential (expires_at) where expires_at is not null;

-- One row for each account that somebody guessed at of late, known or not.
create table login_guess (
  -- A hash of the name: it may be anything.
  account text not null primary key,
  version integer not null,
  -- JSON: when, the oldest first.
  at text not null,
  last_at integer not null
) strict, without rowid;

create index login_guess_last on login_guess (last_at);
