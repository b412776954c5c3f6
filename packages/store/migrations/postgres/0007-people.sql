-- Who may come in: users, what they show for it, and guesses at their passwords. Of passwords, sessions and tokens only
-- hashes are here.

create table account (
  name text collate "C" not null primary key,
  version bigint not null,
  -- The hash with how it was made. Null for a user who cannot log in by password.
  password text,
  -- JSON: roles, each with the pattern of flow names that it is for.
  grants text not null,
  created_at bigint not null,
  disabled_at bigint,
  set_by text not null,
  set_at bigint not null
);

create table credential (
  -- `session`, `api`, `worker` or `setup`.
  kind text collate "C" not null,
  id text collate "C" not null,
  -- SHA-256 of what lets somebody in.
  hash text collate "C" not null unique,
  -- Whose it is. Null for what belongs to the project.
  account text collate "C",
  grants text not null,
  created_by text not null,
  created_at bigint not null,
  expires_at bigint,
  used_at bigint,
  used_from text,
  primary key (kind, id)
);

create index credential_expires on credential (expires_at) where expires_at is not null;

-- One row for each account that somebody guessed at of late, known or not.
create table login_guess (
  -- A hash of the name: it may be anything.
  account text collate "C" not null primary key,
  version bigint not null,
  -- JSON: when, the oldest first.
  at text not null,
  last_at bigint not null
);

create index login_guess_last on login_guess (last_at);
