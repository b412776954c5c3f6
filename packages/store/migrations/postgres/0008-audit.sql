-- Who changed what. Rows are appended and never changed: each carries a hash of itself and of the row before.

create table audit_entry (
  seq bigint primary key,
  at bigint not null,
  actor text collate "C" not null,
  action text not null,
  target text collate "C" not null,
  origin text not null,
  -- JSON, as it was hashed.
  old_value text,
  new_value text,
  -- What was recorded once is not recorded again.
  ref text collate "C",
  hash text not null
);

create index audit_entry_actor on audit_entry (actor, seq);
create index audit_entry_target on audit_entry (target, seq);
create unique index audit_entry_ref on audit_entry (ref) where ref is not null;

-- The last row, apart from the rows: it is noticed when the last ones are gone. No row before the first one.
create table audit_head (
  id smallint primary key check (id = 1),
  seq bigint not null,
  hash text not null
);
