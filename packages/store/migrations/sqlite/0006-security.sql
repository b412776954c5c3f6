-- Who may do what, and what must not be seen: secrets and variables.

-- One row for each secret and variable. One that was removed stays, empty, so that no version is ever given twice: what
-- is sealed is bound to the entry's name and version.
create table vault_entry (
  kind text not null,
  name text not null,
  version integer not null,
  -- `plain`, `sealed`, `reference` or `removed`.
  holding text not null,
  -- The key that it is sealed with. Null for what is not sealed.
  key_id text,
  -- The text, what was sealed (base64), or where the value is.
  value text,
  description text,
  set_by text not null,
  set_at integer not null,
  primary key (kind, name)
) strict, without rowid;
