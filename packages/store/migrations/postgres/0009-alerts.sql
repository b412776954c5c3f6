-- Who is told of what: how far the events were looked at, and messages on their way.

-- One row: what whoever watches for alerts has to remember, written whole.
create table alert_state (
  id bigint not null primary key check (id = 1),
  -- Who writes the next one may; so two who watch at once tell nothing twice.
  version bigint not null,
  -- JSON: the last event that was looked at, flows that fail, what was told, and alerts that wait for others.
  state text not null
);

-- One row for each message and channel. Those that ended are removed after a while.
create table alert_delivery (
  -- In the order in which they were made.
  id text collate "C" not null primary key,
  rule text collate "C" not null,
  channel text collate "C" not null,
  -- `waiting`, `sent`, or `failed`: given up.
  state text not null,
  -- JSON: what is said, the same at each try.
  message text not null,
  made_at bigint not null,
  -- When it is tried next; 0 for what is not tried any more.
  next_at bigint not null,
  ended_at bigint,
  -- JSON: what came of each try.
  tries text not null
);

create index alert_delivery_due on alert_delivery (next_at, id) where next_at > 0;
create index alert_delivery_ended on alert_delivery (ended_at);
create index alert_delivery_rule on alert_delivery (rule, id);
create index alert_delivery_state on alert_delivery (state, id);
create index alert_delivery_rule_state on alert_delivery (rule, state, id);
