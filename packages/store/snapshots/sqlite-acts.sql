-- Made by `npm run snapshots`. Do not edit.
-- After each name, the values it takes, in order.

-- acquireLease: 1, holder, at, "default"
update "lease"
set "epoch" = "epoch" + ?, "holder" = ?, "acquired_at" = ?
where "cell" = ?
returning "epoch";

-- findCounters: "default"
select "last_attempt", "last_event"
from "lease"
where "cell" = ?;

-- holdLease: events, attempt, attempt, "default", epoch
update "lease"
set "last_event" = "last_event" + ?, "last_attempt" = case when "last_attempt" < ? then ? else "last_attempt" end
where "cell" = ? and "epoch" = ?
returning "last_event";

-- activateVersion: id, at, 1
update "project"
set "active_version" = ?, "activated_at" = ?
where "id" = ?;

-- findActiveVersion: 1
select "active_version"
from "project"
where "id" = ?;

-- findVersion: id
select *
from "version"
where "id" = ?;

-- listVersionFiles: version
select "path", "content"
from "version_file"
where "version" = ?
order by "path";

-- saveVersion: id, created_at, manifest, dependencies
insert into "version" ("id", "created_at", "manifest", "dependencies")
values (?, ?, ?, ?)
on conflict ("id") do nothing;

-- saveVersionFile: version, path, content
insert into "version_file" ("version", "path", "content")
values (?, ?, ?);

-- findNewestRerun: root, 1
select *
from "run"
where "root_run" = ?
order by "num" desc
limit ?;

-- findRun: id
select *
from "run"
where "id" = ?;

-- findRunByIdempotencyKey: key
select "id"
from "run"
where "idempotency_key" = ?;

-- findRunNumber: id
select "num"
from "run"
where "id" = ?;

-- listRuns: before, limit
select *
from "run"
where "num" < ?
order by "num" desc
limit ?;

-- listRunsByPrefix: from, to, limit
select *
from "run"
where "id" >= ? and "id" < ?
order by "id" desc
limit ?;

-- listRunsBySuffix: pattern, limit
select *
from "run"
where "id" like ?
order by "id" desc
limit ?;

-- listRunsInState: state, before, limit
select *
from "run"
where "state" = ? and "num" < ?
order by "num" desc
limit ?;

-- listRunsOfFlow: flow, before, limit
select *
from "run"
where "flow" = ? and "num" < ?
order by "num" desc
limit ?;

-- listRunsOfFlowInState: flow, state, before, limit
select *
from "run"
where "flow" = ? and "state" = ? and "num" < ?
order by "num" desc
limit ?;

-- listUnsettledRuns
select "id"
from "run"
where "settled" = 0
order by "num";

-- recordRun: id, flow, version, state, params, window_start_at, window_end_at, trigger, selection, idempotency_key, concurrency_key, rerun_of, root_run, created_at, started_at, ended_at, error, settled, cancel_requested
insert into "run" ("id", "flow", "version", "state", "params", "window_start_at", "window_end_at", "trigger", "selection", "idempotency_key", "concurrency_key", "rerun_of", "root_run", "created_at", "started_at", "ended_at", "error", "settled", "cancel_requested")
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict ("id") do update
set "state" = "excluded"."state", "started_at" = "excluded"."started_at", "ended_at" = "excluded"."ended_at", "error" = "excluded"."error", "settled" = "excluded"."settled", "cancel_requested" = "excluded"."cancel_requested"
returning "num";

-- listTaskRuns: run
select *
from "task_run"
where "run" = ?;

-- recordTaskRun: run, node, item, hook, state, tries, crashes, resumes, ready_at, started_at, ended_at, resume_at, carry, waits_for, child_run, cached, reused_from, error, item_count, arm
insert into "task_run" ("run", "node", "item", "hook", "state", "tries", "crashes", "resumes", "ready_at", "started_at", "ended_at", "resume_at", "carry", "waits_for", "child_run", "cached", "reused_from", "error", "item_count", "arm")
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict ("run", "node", "item", "hook") do update
set "state" = "excluded"."state", "tries" = "excluded"."tries", "crashes" = "excluded"."crashes", "resumes" = "excluded"."resumes", "ready_at" = "excluded"."ready_at", "started_at" = "excluded"."started_at", "ended_at" = "excluded"."ended_at", "resume_at" = "excluded"."resume_at", "carry" = "excluded"."carry", "waits_for" = "excluded"."waits_for", "child_run" = "excluded"."child_run", "cached" = "excluded"."cached", "reused_from" = "excluded"."reused_from", "error" = "excluded"."error", "item_count" = "excluded"."item_count", "arm" = "excluded"."arm";

-- findAttempt: run, id
select *
from "attempt"
where "run" = ? and "id" = ?;

-- listAttemptNumbers: run
select "node", "item", "hook", "number"
from "attempt"
where "run" = ?
order by "id";

-- listAttempts: run
select *
from "attempt"
where "run" = ?
order by "id";

-- listLiveAttempts: run
select *
from "attempt"
where "run" = ? and "ended_at" is null
order by "id";

-- recordAttempt: run, id, node, item, hook, number, state, epoch, started_at, ended_at, error
insert into "attempt" ("run", "id", "node", "item", "hook", "number", "state", "epoch", "started_at", "ended_at", "error")
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict ("run", "id") do update
set "state" = "excluded"."state", "started_at" = "excluded"."started_at", "ended_at" = "excluded"."ended_at", "error" = "excluded"."error";

-- findOutput: run, node, item
select "text", "artifact", "bytes"
from "output"
where "run" = ? and "node" = ? and "item" = ?;

-- listOutputsOfNode: run, node
select "item", "text", "artifact", "bytes"
from "output"
where "run" = ? and "node" = ?;

-- recordOutput: run, node, item, text, artifact, bytes
insert into "output" ("run", "node", "item", "text", "artifact", "bytes")
values (?, ?, ?, ?, ?, ?)
on conflict ("run", "node", "item") do update
set "text" = "excluded"."text", "artifact" = "excluded"."artifact", "bytes" = "excluded"."bytes";

-- appendEvent: seq, run, at, type, node, item, attempt, data
insert into "event" ("seq", "run", "at", "type", "node", "item", "attempt", "data")
values (?, ?, ?, ?, ?, ?, ?, ?);

-- listEvents: after, limit
select "event".*, "run"."id" as "run_id"
from "event"
inner join "run" on "run"."num" = "event"."run"
where "event"."seq" > ?
order by "event"."seq"
limit ?;

-- listEventsOfRun: run, after, limit
select *
from "event"
where "run" = ? and "seq" > ?
order by "seq"
limit ?;

-- listReports: run
select *
from "report"
where "run" = ?
order by "num";

-- recordReport: run, node, item, attempt, at, kind, asset, data_version, data
insert into "report" ("run", "node", "item", "attempt", "at", "kind", "asset", "data_version", "data")
values (?, ?, ?, ?, ?, ?, ?, ?, ?);

-- findCacheEntry: key
select *
from "cache_entry"
where "key" = ?;

-- recordCacheEntry: key, run, text, artifact, bytes, created_at
insert into "cache_entry" ("key", "run", "text", "artifact", "bytes", "created_at")
values (?, ?, ?, ?, ?, ?)
on conflict ("key") do update
set "run" = "excluded"."run", "text" = "excluded"."text", "artifact" = "excluded"."artifact", "bytes" = "excluded"."bytes", "created_at" = "excluded"."created_at";

-- answerCommand: answer, id
update "command"
set "answer" = ?
where "id" = ? and "answer" is null;

-- findAnswer: id
select "answer"
from "command"
where "id" = ?;

-- listPendingCommands: limit
select "id", "actor", "created_at", "command"
from "command"
where "answer" is null
order by "num"
limit ?;

-- submitCommand: id, actor, created_at, command
insert into "command" ("id", "actor", "created_at", "command")
values (?, ?, ?, ?)
on conflict ("id") do nothing;
