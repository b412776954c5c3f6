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

-- findLease: "default"
select "epoch", "holder", "acquired_at"
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

-- countVersionRuns: ids, ids, ids, flow, limit, flow, 1
with recursive "asked"("place", "id") as (select 1 as "place", rtrim(substr(cast(? as text), 1, 64)) as "id" union all select place + 64 as "place", rtrim(substr(cast(? as text), place + 64, 64)) as "id"
from "asked"
where place + 64 <= length(cast(? as text))) select "counted"."id", "counted"."count", "run"."id" as "newest"
from (select "asked"."id", (select count(*) as "count"
from (select "num"
from "run"
where "run"."version" = "asked"."id" and "run"."flow" = ?
order by "num" desc
limit ?) as "own") as "count", (select "num"
from "run"
where "run"."version" = "asked"."id" and "run"."flow" = ?
order by "num" desc
limit ?) as "last"
from "asked") as "counted"
inner join "run" on "run"."num" = "counted"."last";

-- findSource: hash
select "content"
from "source"
where "hash" = ?;

-- listVersionSources: version
select *
from "version_source"
where "version" = ?
order by "path";

-- listVersions: at, id, limit
select "id", "created_at"
from "version"
where ("created_at", "id") < (?, ?)
order by "created_at" desc, "id" desc
limit ?;

-- removeSource: hash
delete
from "source"
where "hash" = ? and not exists (select "version_source"."hash"
from "version_source"
where "version_source"."hash" = "source"."hash");

-- saveSource: hash, content
insert into "source" ("hash", "content")
values (?, ?)
on conflict ("hash") do update
set "hash" = "excluded"."hash";

-- saveVersionSource: version, path, hash, bytes, left_out, module, imports
insert into "version_source" ("version", "path", "hash", "bytes", "left_out", "module", "imports")
values (?, ?, ?, ?, ?, ?, ?)
on conflict ("version", "path") do nothing;

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

-- findRuns: ids, ids, ids
with recursive "asked"("place", "id") as (select 1 as "place", rtrim(substr(cast(? as text), 1, 64)) as "id" union all select place + 64 as "place", rtrim(substr(cast(? as text), place + 64, 64)) as "id"
from "asked"
where place + 64 <= length(cast(? as text))) select "run".*
from "asked"
inner join "run" on "run"."id" = "asked"."id";

-- listNewestRuns: each
with recursive "named"("flow") as (select min("flow") as "flow"
from "run"
where "flow" > '' union select (select min("run"."flow") as "flow"
from "run"
where "run"."flow" > "named"."flow") as "flow"
from "named") select "named"."flow", (select string_agg(num || ' ' || id || ' ' || state || ' ' || created_at || ' '
            || coalesce(cast(started_at as text), '') || ' ' || coalesce(cast(ended_at as text), '')
            || ' ' || case when rerun_of is null and selection is null then '' else 'part' end, ',') as "runs"
from (select "num", "id", "state", "created_at", "started_at", "ended_at", "rerun_of", "selection"
from "run"
where "run"."flow" = "named"."flow"
order by "num" desc
limit ?) as "newest") as "runs"
from "named";

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

-- recordRun: id, flow, version, state, params, window_start_at, window_end_at, trigger, selection, idempotency_key, concurrency_key, task_keys, class, rerun_of, root_run, created_at, started_at, ended_at, error, settled, cancel_requested, scheduled_at, slice, backfill
insert into "run" ("id", "flow", "version", "state", "params", "window_start_at", "window_end_at", "trigger", "selection", "idempotency_key", "concurrency_key", "task_keys", "class", "rerun_of", "root_run", "created_at", "started_at", "ended_at", "error", "settled", "cancel_requested", "scheduled_at", "slice", "backfill")
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict ("id") do update
set "state" = "excluded"."state", "started_at" = "excluded"."started_at", "ended_at" = "excluded"."ended_at", "error" = "excluded"."error", "settled" = "excluded"."settled", "cancel_requested" = "excluded"."cancel_requested"
returning "num";

-- listAsked: run, node, item, limit
select "task_run".*, "run"."id" as "run_id"
from "task_run"
inner join "run" on "run"."num" = "task_run"."run"
where ("task_run"."run", "task_run"."node", "task_run"."item") < (?, ?, ?) and "waits_for" like '%"kind":"approval"%' and "waits_for" not like '%"decision":{%' and "task_run"."state" = 'deferred'
order by "task_run"."run" desc, "task_run"."node" desc, "task_run"."item" desc
limit ?;

-- listDecided: run, node, item, limit
select "task_run".*, "run"."id" as "run_id"
from "task_run"
inner join "run" on "run"."num" = "task_run"."run"
where ("task_run"."run", "task_run"."node", "task_run"."item") < (?, ?, ?) and "waits_for" like '%"decision":{%'
order by "task_run"."run" desc, "task_run"."node" desc, "task_run"."item" desc
limit ?;

-- listNodeStates: ids, ids, ids
with recursive "asked"("place", "id") as (select 1 as "place", rtrim(substr(cast(? as text), 1, 64)) as "id" union all select place + 64 as "place", rtrim(substr(cast(? as text), place + 64, 64)) as "id"
from "asked"
where place + 64 <= length(cast(? as text))) select "run"."id", (select string_agg(node || ':' || urgency, ',') as "states"
from (select "node", min(case "task_run"."state" when 'skipped' then 11 when 'success' then 10 when 'cancelled' then 9 when 'upstream_failed' then 8 when 'pending' then 7 when 'ready' then 6 when 'queued' then 5 when 'deferred' then 4 when 'running' then 3 when 'retry_wait' then 2 when 'awaiting_input' then 1 when 'failed' then 0 end) as "urgency"
from "task_run"
where "task_run"."run" = "run"."num" and "hook" = '' group by "node") as "worst") as "states"
from "asked"
inner join "run" on "run"."id" = "asked"."id";

-- listStatesOf: ids, ids, ids, run
with recursive "asked"("place", "id") as (select 1 as "place", rtrim(substr(cast(? as text), 1, 64)) as "id" union all select place + 64 as "place", rtrim(substr(cast(? as text), place + 64, 64)) as "id"
from "asked"
where place + 64 <= length(cast(? as text))) select cast("asked"."id" as integer) as "node", (select min(case "task_run"."state" when 'skipped' then 11 when 'success' then 10 when 'cancelled' then 9 when 'upstream_failed' then 8 when 'pending' then 7 when 'ready' then 6 when 'queued' then 5 when 'deferred' then 4 when 'running' then 3 when 'retry_wait' then 2 when 'awaiting_input' then 1 when 'failed' then 0 end) as "urgency"
from "task_run"
where "task_run"."run" = ? and "task_run"."node" = cast("asked"."id" as integer) and "task_run"."hook" = '') as "urgency"
from "asked";

-- listTaskRuns: run
select *
from "task_run"
where "run" = ?;

-- listTaskRunsAfter: run, node, item, hook, limit
select *
from "task_run"
where "run" = ? and ("node", "item", "hook") > (?, ?, ?)
order by "node", "item", "hook"
limit ?;

-- listTaskRunsAt: run, node, item
select *
from "task_run"
where "run" = ? and "node" = ? and "item" = ?
order by "hook";

-- listTaskRunsInStateAfter: run, node, item, hook, state, limit
select *
from "task_run"
where "run" = ? and ("node", "item", "hook") > (?, ?, ?) and "state" = ?
order by "node", "item", "hook"
limit ?;

-- listTaskTimes: flow, run, limit, node, item
select "newest"."id", "newest"."version", "newest"."created_at", "own"."state", "own"."tries", "own"."ready_at", "own"."started_at", "own"."ended_at", "own"."cached", "own"."reused_from"
from (select "num", "id", "version", "created_at"
from "run"
where "flow" = ? and "num" <= ?
order by "num" desc
limit ?) as "newest" left join "task_run" as "own" on "own"."run" = "newest"."num" and "own"."node" = ? and "own"."item" = ? and "own"."hook" = ''
order by "newest"."num" desc;

-- peekTaskRuns: run, 1, offset
select "run"
from "task_run"
where "run" = ?
limit ? offset ?;

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

-- listAttemptsAfter: run, after, limit
select *
from "attempt"
where "run" = ? and "id" > ?
order by "id"
limit ?;

-- listAttemptsAt: run, node, item
select *
from "attempt"
where "run" = ? and "node" = ? and "item" = ?
order by "id";

-- listLiveAttempts: run
select *
from "attempt"
where "run" = ? and "ended_at" is null
order by "id";

-- peekAttempts: run, 1, offset
select "run"
from "attempt"
where "run" = ?
limit ? offset ?;

-- recordAttempt: run, id, node, item, hook, number, state, epoch, started_at, ended_at, error, place
insert into "attempt" ("run", "id", "node", "item", "hook", "number", "state", "epoch", "started_at", "ended_at", "error", "place")
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict ("run", "id") do update
set "state" = "excluded"."state", "started_at" = "excluded"."started_at", "ended_at" = "excluded"."ended_at", "error" = "excluded"."error", "place" = "excluded"."place";

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

-- peekEvents: after, 1, offset
select "seq"
from "event"
where "seq" > ?
order by "seq"
limit ? offset ?;

-- peekEventsOfRun: run, after, 1, offset
select "seq"
from "event"
where "run" = ? and "seq" > ?
order by "seq"
limit ? offset ?;

-- listReports: run
select *
from "report"
where "run" = ?
order by "num";

-- listReportsFrom: run, limit, skip
select *
from "report"
where "run" = ?
order by "num"
limit ? offset ?;

-- peekReports: run, 1, offset
select "run"
from "report"
where "run" = ?
limit ? offset ?;

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

-- listPools
select *
from "pool"
where "slots" is not null
order by "name";

-- recordPool: name, slots, description, set_by, set_at
insert into "pool" ("name", "slots", "description", "set_by", "set_at")
values (?, ?, ?, ?, ?)
on conflict ("name") do update
set "slots" = "excluded"."slots", "description" = "excluded"."description", "set_by" = "excluded"."set_by", "set_at" = "excluded"."set_at";

-- listRates
select *
from "rate";

-- recordRate: name, full_at
insert into "rate" ("name", "full_at")
values (?, ?)
on conflict ("name") do update
set "full_at" = "excluded"."full_at";

-- removeFullRates: before
delete
from "rate"
where "full_at" < ?;

-- listServers
select *
from "server";

-- recordServer: id, kind, host, pid, process, role, started_at, beat_at, epochs, held
insert into "server" ("id", "kind", "host", "pid", "process", "role", "started_at", "beat_at", "epochs", "held")
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict ("id") do update
set "role" = "excluded"."role", "beat_at" = "excluded"."beat_at", "epochs" = "excluded"."epochs", "held" = "excluded"."held";

-- removeServer: id
delete
from "server"
where "id" = ?;

-- listWorkers
select *
from "worker";

-- recordWorker: id, name, host, pid, version, labels, slots, server, connected_at
insert into "worker" ("id", "name", "host", "pid", "version", "labels", "slots", "server", "connected_at")
values (?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict ("id") do update
set "slots" = "excluded"."slots", "server" = "excluded"."server", "connected_at" = "excluded"."connected_at";

-- removeWorker: id
delete
from "worker"
where "id" = ?;

-- findNextFlow: after, 1
select "flow"
from "run"
where "flow" > ?
order by "flow"
limit ?;

-- findNextReuser: from, after, 1
select "run"
from "task_run"
where "reused_from" = ? and "run" > ?
order by "run"
limit ?;

-- findNthRunOfFlow: flow, 1, before
select "num"
from "run"
where "flow" = ?
order by "num" desc
limit ? offset ?;

-- findRoot: id
select "num", "id", "state", "created_at", "ended_at", "settled"
from "run"
where "id" = ? and "root_run" is null;

-- forgetRun: num, 1
delete
from "run"
where "num" = ? and "settled" = ?;

-- listAwaitedRuns
select "task_run"."child_run" as "id"
from "run"
inner join "task_run" on "task_run"."run" = "run"."num"
where "run"."settled" = 0 and "task_run"."child_run" is not null;

-- listReruns: root
select "num", "id", "state", "created_at", "ended_at", "settled"
from "run"
where "root_run" = ?
order by "num";

-- listRootsOfFlow: flow, after, limit
select "num", "id", "state", "created_at", "ended_at", "settled"
from "run"
where "flow" = ? and "num" > ? and "root_run" is null
order by "num"
limit ?;

-- crossOffRun: id, 1
delete
from "forgotten_run"
where "id" = ? and "emptied" = ?;

-- findForgottenRun: 1
select "num", "id"
from "forgotten_run"
where "emptied" = 0
order by "num"
limit ?;

-- listEmptiedRuns: limit
select "id"
from "forgotten_run"
where "emptied" = 1
order by "num"
limit ?;

-- markEmptied: 1, num
update "forgotten_run"
set "emptied" = ?
where "num" = ?;

-- recordForgottenRun: num, id, forgotten_at, 0
insert into "forgotten_run" ("num", "id", "forgotten_at", "emptied")
values (?, ?, ?, ?);

-- removeAttempts: run, run, limit
delete
from "attempt"
where "run" = ? and "id" in (select "id"
from "attempt"
where "run" = ?
limit ?);

-- removeCustomReports: run, limit
delete
from "report"
where "num" in (select "num"
from "report"
where "run" = ? and "asset" is null
limit ?);

-- removeEvents: run, limit
delete
from "event"
where "seq" in (select "seq"
from "event"
where "run" = ?
limit ?);

-- removeOutputs: run, limit
delete
from "output"
where ("run", "node", "item") in (select "run", "node", "item"
from "output"
where "run" = ?
limit ?)
returning "artifact";

-- removeTaskRuns: run, limit
delete
from "task_run"
where ("run", "node", "item", "hook") in (select "run", "node", "item", "hook"
from "task_run"
where "run" = ?
limit ?);

-- crossOffArtifact: artifact
delete
from "released_artifact"
where "artifact" = ?;

-- findCacheEntryOfArtifact: artifact, 1
select "key"
from "cache_entry"
where "artifact" = ?
limit ?;

-- findOutputOfArtifact: artifact, 1
select "run"
from "output"
where "artifact" = ?
limit ?;

-- listReleasedArtifacts: before, limit
select "artifact"
from "released_artifact"
where "released_at" < ?
order by "released_at"
limit ?;

-- releaseArtifact: artifact, released_at
insert into "released_artifact" ("artifact", "released_at")
values (?, ?)
on conflict ("artifact") do update
set "released_at" = "excluded"."released_at";

-- listOldestCommands: limit
select "num", "created_at" as "at"
from "command"
order by "num"
limit ?;

-- listOldestReports: limit
select "num", "at"
from "report"
order by "num"
limit ?;

-- listUnusedVersions: before, 1, limit
select "id"
from "version"
where "created_at" < ? and not exists (select "run"."num"
from "run"
where "run"."version" = "version"."id") and not exists (select "project"."id"
from "project"
where "project"."id" = ? and "project"."active_version" = "version"."id")
limit ?;

-- removeAnsweredCommands: to
delete
from "command"
where "num" <= ? and "answer" is not null;

-- removeCacheEntries: before, limit
delete
from "cache_entry"
where "key" in (select "key"
from "cache_entry"
where "created_at" < ?
limit ?)
returning "artifact";

-- removeReports: to
delete
from "report"
where "num" <= ?;

-- removeVersion: id, 1
delete
from "version"
where "id" = ? and not exists (select "run"."num"
from "run"
where "run"."version" = "version"."id") and not exists (select "project"."id"
from "project"
where "project"."id" = ? and "project"."active_version" = "version"."id");

-- listTriggers
select *
from "flow_trigger"
order by "flow", "name";

-- recordTrigger: flow, name, kind, fingerprint, schedule, since_at, cursor_at, owed, sensor_cursor, gathered, made_at, paused, failures, retired
insert into "flow_trigger" ("flow", "name", "kind", "fingerprint", "schedule", "since_at", "cursor_at", "owed", "sensor_cursor", "gathered", "made_at", "paused", "failures", "retired")
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict ("flow", "name") do update
set "kind" = "excluded"."kind", "fingerprint" = "excluded"."fingerprint", "schedule" = "excluded"."schedule", "since_at" = "excluded"."since_at", "cursor_at" = "excluded"."cursor_at", "owed" = "excluded"."owed", "sensor_cursor" = "excluded"."sensor_cursor", "gathered" = "excluded"."gathered", "made_at" = "excluded"."made_at", "paused" = "excluded"."paused", "failures" = "excluded"."failures", "retired" = "excluded"."retired";

-- findTick: flow, trigger, key, 1
select *
from "tick"
where "flow" = ? and "trigger" = ? and "key" = ? and "key" <> ''
order by "at"
limit ?;

-- listNewestTicks
select "tick".*
from "flow_trigger" as "own" cross join "tick"
where "tick"."flow" = "own"."flow" and "tick"."trigger" = "own"."name" and "tick"."at" = (select max("newest"."at") as "at"
from "tick" as "newest"
where "newest"."flow" = "own"."flow" and "newest"."trigger" = "own"."name");

-- listTicks: at, flow, trigger, key, limit
select *
from "tick"
where ("at", "flow", "trigger", "key") < (?, ?, ?, ?)
order by "at" desc, "flow" desc, "trigger" desc, "key" desc
limit ?;

-- listTicksOfTrigger: flow, trigger, at, key, limit
select *
from "tick"
where "flow" = ? and "trigger" = ? and ("at", "key") < (?, ?)
order by "at" desc, "key" desc
limit ?;

-- recordTick: flow, trigger, at, key, outcome, run, reason, log, decided_at
insert into "tick" ("flow", "trigger", "at", "key", "outcome", "run", "reason", "log", "decided_at")
values (?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict ("flow", "trigger", "at", "key") do nothing;

-- removePolls: before, limit
delete
from "tick"
where ("flow", "trigger", "at", "key") in (select "flow", "trigger", "at", "key"
from "tick"
where "at" < ? and "outcome" = 'polled'
limit ?);

-- removeTicks: flow, trigger, before, before, limit
delete
from "tick"
where ("flow", "trigger", "at", "key") in (select "flow", "trigger", "at", "key"
from "tick"
where "flow" = ? and "trigger" = ? and "at" < ? and "decided_at" < ?
limit ?);

-- listBackfills: before, limit
select *
from "backfill"
where "id" < ?
order by "id" desc
limit ?;

-- listBackfillsByPrefix: from, to, limit
select *
from "backfill"
where "id" >= ? and "id" < ?
order by "id" desc
limit ?;

-- listBackfillsInState: state, before, limit
select *
from "backfill"
where "state" = ? and "id" < ?
order by "id" desc
limit ?;

-- listBackfillsOfFlow: flow, before, limit
select *
from "backfill"
where "flow" = ? and "id" < ?
order by "id" desc
limit ?;

-- listBackfillsOfFlowInState: flow, state, before, limit
select *
from "backfill"
where "flow" = ? and "state" = ? and "id" < ?
order by "id" desc
limit ?;

-- recordBackfill: id, flow, actor, created_at, ended_at, retried_at, state, request, version, window_start_at, window_end_at, plan, made, succeeded, failed, cancelled, reason, at_once
insert into "backfill" ("id", "flow", "actor", "created_at", "ended_at", "retried_at", "state", "request", "version", "window_start_at", "window_end_at", "plan", "made", "succeeded", "failed", "cancelled", "reason", "at_once")
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict ("id") do update
set "ended_at" = "excluded"."ended_at", "retried_at" = "excluded"."retried_at", "state" = "excluded"."state", "version" = "excluded"."version", "at_once" = "excluded"."at_once", "made" = "excluded"."made", "succeeded" = "excluded"."succeeded", "failed" = "excluded"."failed", "cancelled" = "excluded"."cancelled", "reason" = "excluded"."reason";

-- addPartitionKey: name, key
insert into "partition_key" ("name", "key")
values (?, ?)
on conflict ("name", "key") do nothing;

-- listPartitionKeys: name
select "key"
from "partition_key"
where "name" = ?
order by "num";

-- removePartitionKey: name, key
delete
from "partition_key"
where "name" = ? and "key" = ?;

-- countRuns: num, from, bucket
with "recent" as materialized (select "flow", "state", "created_at", "id"
from "run"
where "num" >= ? and "created_at" >= ?) select "flow", "state", created_at - created_at % ? as "start_at", count(*) as "count", max(id) as "newest"
from "recent" group by 1, 2, 3;

-- listBackfillRuns: backfill
select "num", "id", "root_run", "state", "window_start_at", "window_end_at", "slice", "scheduled_at", "backfill", "created_at", "ended_at"
from "run"
where "backfill" = ?
order by "num";

-- listBackfillRunsFrom: backfill, limit, skip
select "num", "id", "root_run", "state", "window_start_at", "window_end_at", "slice", "scheduled_at", "backfill", "created_at", "ended_at"
from "run"
where "backfill" = ?
order by "num"
limit ? offset ?;

-- listDurations: flow, limit
select "started_at", "ended_at"
from "run"
where "flow" = ? and "state" = 'success'
order by "num" desc
limit ?;

-- listSliceRuns: flow
select "num", "id", "root_run", "state", "window_start_at", "window_end_at", "slice", "scheduled_at", "backfill", "created_at", "ended_at"
from "run"
where "flow" = ? and ("scheduled_at" is not null or "slice" is not null or "backfill" is not null);

-- listSliceRunsBetween: flow, from, to
select "num", "id", "root_run", "state", "window_start_at", "window_end_at", "slice", "scheduled_at", "backfill", "created_at", "ended_at"
from "run"
where "flow" = ? and "window_end_at" >= ? and "window_start_at" <= ? and ("scheduled_at" is not null or "slice" is not null or "backfill" is not null);

-- tallyMade: bucket, bucket, flow, from, to
select created_at - created_at % ? as "start_at", created_at - created_at % ? as "end_at", case state when 'queued' then 0 when 'running' then 1 when 'success' then 2 when 'failed' then 3 when 'cancelled' then 4 end as "state", count(*) as "count", count(*) as "runs"
from "run"
where "flow" = ? and "num" >= ? and "num" < ? and not exists (select "later"."num"
from "run" as "later"
where "later"."root_run" = coalesce(run.root_run, run.id) and "later"."num" > "run"."num") group by 1, 2, 3;

-- tallyOthers: bucket, bucket, flow, from, to
select created_at - created_at % ? as "start_at", created_at - created_at % ? as "end_at", case state when 'queued' then 0 when 'running' then 1 when 'success' then 2 when 'failed' then 3 when 'cancelled' then 4 end as "state", count(*) as "count", count(*) as "runs"
from "run"
where "flow" = ? and "num" >= ? and "num" < ? and not exists (select "later"."num"
from "run" as "later"
where "later"."root_run" = coalesce(run.root_run, run.id) and "later"."num" > "run"."num") and "scheduled_at" is null and "slice" is null and "backfill" is null group by 1, 2, 3;

-- tallyWindows: bucket, bucket, flow, from, to
select window_start_at - window_start_at % ? as "start_at", window_end_at - window_end_at % ? as "end_at", newest % 8 as "state", count(*) as "count", cast(sum(runs) as bigint) as "runs"
from (select "window_start_at", "window_end_at", max(num * 8 + case state when 'queued' then 0 when 'running' then 1 when 'success' then 2 when 'failed' then 3 when 'cancelled' then 4 end) as "newest", count(*) as "runs"
from "run"
where "flow" = ? and "window_end_at" >= ? and "window_end_at" <= ? and ("scheduled_at" is not null or "slice" is not null or "backfill" is not null) group by "window_end_at", "window_start_at", "slice") as "newest_run" group by 1, 2, 3;

-- findVaultEntry: kind, name
select *
from "vault_entry"
where "kind" = ? and "name" = ?;

-- listVaultEntries: "removed"
select *
from "vault_entry"
where "holding" <> ?
order by "kind", "name";

-- putVaultEntry: kind, name, version, holding, key_id, value, description, set_by, set_at
insert into "vault_entry" ("kind", "name", "version", "holding", "key_id", "value", "description", "set_by", "set_at")
values (?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict ("kind", "name") do update
set "version" = "excluded"."version", "holding" = "excluded"."holding", "key_id" = "excluded"."key_id", "value" = "excluded"."value", "description" = "excluded"."description", "set_by" = "excluded"."set_by", "set_at" = "excluded"."set_at"
where "vault_entry"."version" = "excluded"."version" - 1
returning "version";

-- resealVaultEntry: keyId, text, kind, name, version, fromKeyId
update "vault_entry"
set "key_id" = ?, "value" = ?
where "kind" = ? and "name" = ? and "version" = ? and "key_id" = ?
returning "version";

-- findAccount: name
select *
from "account"
where "name" = ?;

-- findAnyAccount: 1
select "name"
from "account"
order by "name"
limit ?;

-- listAccounts
select *
from "account"
order by "name";

-- putAccount: name, version, password, grants, created_at, disabled_at, set_by, set_at
insert into "account" ("name", "version", "password", "grants", "created_at", "disabled_at", "set_by", "set_at")
values (?, ?, ?, ?, ?, ?, ?, ?)
on conflict ("name") do update
set "version" = "excluded"."version", "password" = "excluded"."password", "grants" = "excluded"."grants", "disabled_at" = "excluded"."disabled_at", "set_by" = "excluded"."set_by", "set_at" = "excluded"."set_at"
where "account"."version" = "excluded"."version" - 1
returning "version";

-- addCredential: kind, id, hash, account, grants, created_by, created_at, expires_at, used_at, used_from
insert into "credential" ("kind", "id", "hash", "account", "grants", "created_by", "created_at", "expires_at", "used_at", "used_from")
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict ("kind", "id") do nothing
returning "id";

-- findCredential: hash
select *
from "credential"
where "hash" = ?;

-- listCredentials: kind
select *
from "credential"
where "kind" = ?
order by "id";

-- removeCredential: kind, id
delete
from "credential"
where "kind" = ? and "id" = ?
returning "id";

-- removeCredentials: kind
delete
from "credential"
where "kind" = ?
returning "id";

-- removeCredentialsOfAccount: kind, account
delete
from "credential"
where "kind" = ? and "account" = ?
returning "id";

-- removeExpiredCredentials: before
delete
from "credential"
where "expires_at" < ?;

-- useCredential: at, from, hash
update "credential"
set "used_at" = ?, "used_from" = ?
where "hash" = ?;

-- findGuesses: account
select *
from "login_guess"
where "account" = ?;

-- putGuesses: account, version, at, last_at
insert into "login_guess" ("account", "version", "at", "last_at")
values (?, ?, ?, ?)
on conflict ("account") do update
set "version" = "excluded"."version", "at" = "excluded"."at", "last_at" = "excluded"."last_at"
where "login_guess"."version" = "excluded"."version" - 1
returning "version";

-- removeGuesses: before
delete
from "login_guess"
where "last_at" < ?;

-- appendAuditEntry: seq, at, actor, action, target, origin, old_value, new_value, ref, hash
insert into "audit_entry" ("seq", "at", "actor", "action", "target", "origin", "old_value", "new_value", "ref", "hash")
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- findAuditEntryByRef: ref
select *
from "audit_entry"
where "ref" = ?;

-- findAuditHead: 1
select "seq", "hash"
from "audit_head"
where "id" = ?;

-- listAuditEntries: before, limit
select *
from "audit_entry"
where "seq" < ?
order by "seq" desc
limit ?;

-- listAuditEntriesOfActor: actor, before, limit
select *
from "audit_entry"
where "actor" = ? and "seq" < ?
order by "seq" desc
limit ?;

-- listAuditEntriesOfTarget: target, before, limit
select *
from "audit_entry"
where "target" = ? and "seq" < ?
order by "seq" desc
limit ?;

-- moveAuditHead: 1, seq, hash, fromSeq, fromHash
insert into "audit_head" ("id", "seq", "hash")
values (?, ?, ?)
on conflict ("id") do update
set "seq" = "excluded"."seq", "hash" = "excluded"."hash"
where "audit_head"."seq" = ? and "audit_head"."hash" = ?
returning "seq";

-- readAuditEntries: after, limit
select *
from "audit_entry"
where "seq" > ?
order by "seq"
limit ?;

-- addAlertDelivery: id, rule, channel, state, message, made_at, next_at, ended_at, tries
insert into "alert_delivery" ("id", "rule", "channel", "state", "message", "made_at", "next_at", "ended_at", "tries")
values (?, ?, ?, ?, ?, ?, ?, ?, ?);

-- changeAlertDelivery: state, next_at, ended_at, tries, id, next_before, tries_before
update "alert_delivery"
set "state" = ?, "next_at" = ?, "ended_at" = ?, "tries" = ?
where "id" = ? and "next_at" = ? and "tries" = ?
returning "id";

-- findAlertDelivery: id
select *
from "alert_delivery"
where "id" = ?;

-- findNextAlertDelivery: 1
select "next_at"
from "alert_delivery"
where "next_at" > 0
order by "next_at"
limit ?;

-- listAlertDeliveries: before, limit
select *
from "alert_delivery"
where "id" < ?
order by "id" desc
limit ?;

-- listAlertDeliveriesInState: state, before, limit
select *
from "alert_delivery"
where "state" = ? and "id" < ?
order by "id" desc
limit ?;

-- listAlertDeliveriesOfRule: rule, before, limit
select *
from "alert_delivery"
where "rule" = ? and "id" < ?
order by "id" desc
limit ?;

-- listAlertDeliveriesOfRuleInState: rule, state, before, limit
select *
from "alert_delivery"
where "rule" = ? and "state" = ? and "id" < ?
order by "id" desc
limit ?;

-- listDueAlertDeliveries: until, limit
select *
from "alert_delivery"
where "next_at" > 0 and "next_at" <= ?
order by "next_at", "id"
limit ?;

-- putAlertState: 1, version, state
insert into "alert_state" ("id", "version", "state")
values (?, ?, ?)
on conflict ("id") do update
set "version" = "excluded"."version", "state" = "excluded"."state"
where "alert_state"."version" = "excluded"."version" - 1
returning "version";

-- readAlertState: 1
select *
from "alert_state"
where "id" = ?;

-- removeEndedAlertDeliveries: before
delete
from "alert_delivery"
where "ended_at" < ?
returning "id";
