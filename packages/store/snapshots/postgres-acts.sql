-- Made by `npm run snapshots`. Do not edit.
-- After each name, the values it takes, in order.

-- activateVersion: id, at, 1
update "project"
set "active_version" = $1, "activated_at" = $2
where "id" = $3;

-- findActiveVersion: 1
select "active_version"
from "project"
where "id" = $1;

-- findVersion: id
select *
from "version"
where "id" = $1;

-- listVersionFiles: version
select "path", "content"
from "version_file"
where "version" = $1
order by "path";

-- saveVersion: id, created_at, manifest, dependencies
insert into "version" ("id", "created_at", "manifest", "dependencies")
values ($1, $2, $3, $4)
on conflict ("id") do nothing;

-- saveVersionFile: version, path, content
insert into "version_file" ("version", "path", "content")
values ($1, $2, $3);

-- countVersionRuns: ids, ids, ids, flow, limit, flow, 1
with recursive "asked"("place", "id") as (select 1 as "place", rtrim(substr(cast($1 as text), 1, 64)) as "id" union all select place + 64 as "place", rtrim(substr(cast($2 as text), place + 64, 64)) as "id"
from "asked"
where place + 64 <= length(cast($3 as text))) select "counted"."id", "counted"."count", "run"."id" as "newest"
from (select "asked"."id", (select count(*) as "count"
from (select "num"
from "run"
where "run"."version" = "asked"."id" and "run"."flow" = $4
order by "num" desc
limit $5) as "own") as "count", (select "num"
from "run"
where "run"."version" = "asked"."id" and "run"."flow" = $6
order by "num" desc
limit $7) as "last"
from "asked") as "counted"
inner join "run" on "run"."num" = "counted"."last";

-- findSource: hash
select "content"
from "source"
where "hash" = $1;

-- listVersionSources: version
select *
from "version_source"
where "version" = $1
order by "path";

-- listVersions: at, id, limit
select "id", "created_at"
from "version"
where ("created_at", "id") < ($1, $2)
order by "created_at" desc, "id" desc
limit $3;

-- removeSource: hash
delete
from "source"
where "hash" = $1 and not exists (select "version_source"."hash"
from "version_source"
where "version_source"."hash" = "source"."hash");

-- saveSource: hash, content
insert into "source" ("hash", "content")
values ($1, $2)
on conflict ("hash") do update
set "hash" = "excluded"."hash";

-- saveVersionSource: version, path, hash, bytes, left_out, module, imports
insert into "version_source" ("version", "path", "hash", "bytes", "left_out", "module", "imports")
values ($1, $2, $3, $4, $5, $6, $7)
on conflict ("version", "path") do nothing;

-- findNewestRerun: root, 1
select *
from "run"
where "root_run" = $1
order by "num" desc
limit $2;

-- findRun: id
select *
from "run"
where "id" = $1;

-- findRunByIdempotencyKey: key
select "id"
from "run"
where "idempotency_key" = $1;

-- findRunNumber: id
select "num"
from "run"
where "id" = $1;

-- findRuns: ids, ids, ids
with recursive "asked"("place", "id") as (select 1 as "place", rtrim(substr(cast($1 as text), 1, 64)) as "id" union all select place + 64 as "place", rtrim(substr(cast($2 as text), place + 64, 64)) as "id"
from "asked"
where place + 64 <= length(cast($3 as text))) select "run".*
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
limit $1) as "newest") as "runs"
from "named";

-- listRuns: before, limit
select *
from "run"
where "num" < $1
order by "num" desc
limit $2;

-- listRunsByPrefix: from, to, limit
select *
from "run"
where "id" >= $1 and "id" < $2
order by "id" desc
limit $3;

-- listRunsBySuffix: pattern, limit
select *
from "run"
where "id" like $1
order by "id" desc
limit $2;

-- listRunsInState: state, before, limit
select *
from "run"
where "state" = $1 and "num" < $2
order by "num" desc
limit $3;

-- listRunsOfFlow: flow, before, limit
select *
from "run"
where "flow" = $1 and "num" < $2
order by "num" desc
limit $3;

-- listRunsOfFlowInState: flow, state, before, limit
select *
from "run"
where "flow" = $1 and "state" = $2 and "num" < $3
order by "num" desc
limit $4;

-- listUnsettledRuns
select "id"
from "run"
where "settled" = 0
order by "num";

-- listAsked: run, node, item, limit
select "task_run".*, "run"."id" as "run_id"
from "task_run"
inner join "run" on "run"."num" = "task_run"."run"
where ("task_run"."run", "task_run"."node", "task_run"."item") < ($1, $2, $3) and "waits_for" like '%"kind":"approval"%' and "waits_for" not like '%"decision":{%' and "task_run"."state" = 'deferred'
order by "task_run"."run" desc, "task_run"."node" desc, "task_run"."item" desc
limit $4;

-- listDecided: run, node, item, limit
select "task_run".*, "run"."id" as "run_id"
from "task_run"
inner join "run" on "run"."num" = "task_run"."run"
where ("task_run"."run", "task_run"."node", "task_run"."item") < ($1, $2, $3) and "waits_for" like '%"decision":{%'
order by "task_run"."run" desc, "task_run"."node" desc, "task_run"."item" desc
limit $4;

-- listNodeStates: ids, ids, ids
with recursive "asked"("place", "id") as (select 1 as "place", rtrim(substr(cast($1 as text), 1, 64)) as "id" union all select place + 64 as "place", rtrim(substr(cast($2 as text), place + 64, 64)) as "id"
from "asked"
where place + 64 <= length(cast($3 as text))) select "run"."id", (select string_agg(node || ':' || urgency, ',') as "states"
from (select "node", min(case "task_run"."state" when 'skipped' then 11 when 'success' then 10 when 'cancelled' then 9 when 'upstream_failed' then 8 when 'pending' then 7 when 'ready' then 6 when 'queued' then 5 when 'deferred' then 4 when 'running' then 3 when 'retry_wait' then 2 when 'awaiting_input' then 1 when 'failed' then 0 end) as "urgency"
from "task_run"
where "task_run"."run" = "run"."num" and "hook" = '' group by "node") as "worst") as "states"
from "asked"
inner join "run" on "run"."id" = "asked"."id";

-- listStatesOf: ids, ids, ids, run
with recursive "asked"("place", "id") as (select 1 as "place", rtrim(substr(cast($1 as text), 1, 64)) as "id" union all select place + 64 as "place", rtrim(substr(cast($2 as text), place + 64, 64)) as "id"
from "asked"
where place + 64 <= length(cast($3 as text))) select cast("asked"."id" as integer) as "node", (select min(case "task_run"."state" when 'skipped' then 11 when 'success' then 10 when 'cancelled' then 9 when 'upstream_failed' then 8 when 'pending' then 7 when 'ready' then 6 when 'queued' then 5 when 'deferred' then 4 when 'running' then 3 when 'retry_wait' then 2 when 'awaiting_input' then 1 when 'failed' then 0 end) as "urgency"
from "task_run"
where "task_run"."run" = $4 and "task_run"."node" = cast("asked"."id" as integer) and "task_run"."hook" = '') as "urgency"
from "asked";

-- listTaskRuns: run
select *
from "task_run"
where "run" = $1;

-- listTaskRunsAfter: run, node, item, hook, limit
select *
from "task_run"
where "run" = $1 and ("node", "item", "hook") > ($2, $3, $4)
order by "node", "item", "hook"
limit $5;

-- listTaskRunsAt: run, node, item
select *
from "task_run"
where "run" = $1 and "node" = $2 and "item" = $3
order by "hook";

-- listTaskRunsInStateAfter: run, node, item, hook, state, limit
select *
from "task_run"
where "run" = $1 and ("node", "item", "hook") > ($2, $3, $4) and "state" = $5
order by "node", "item", "hook"
limit $6;

-- listTaskTimes: flow, run, limit, node, item
select "newest"."id", "newest"."version", "newest"."created_at", "own"."state", "own"."tries", "own"."ready_at", "own"."started_at", "own"."ended_at", "own"."cached", "own"."reused_from"
from (select "num", "id", "version", "created_at"
from "run"
where "flow" = $1 and "num" <= $2
order by "num" desc
limit $3) as "newest" left join "task_run" as "own" on "own"."run" = "newest"."num" and "own"."node" = $4 and "own"."item" = $5 and "own"."hook" = ''
order by "newest"."num" desc;

-- peekTaskRuns: run, 1, offset
select "run"
from "task_run"
where "run" = $1
limit $2 offset $3;

-- findAttempt: run, id
select *
from "attempt"
where "run" = $1 and "id" = $2;

-- listAttemptNumbers: run
select "node", "item", "hook", "number"
from "attempt"
where "run" = $1
order by "id";

-- listAttempts: run
select *
from "attempt"
where "run" = $1
order by "id";

-- listAttemptsAfter: run, after, limit
select *
from "attempt"
where "run" = $1 and "id" > $2
order by "id"
limit $3;

-- listAttemptsAt: run, node, item
select *
from "attempt"
where "run" = $1 and "node" = $2 and "item" = $3
order by "id";

-- listLiveAttempts: run
select *
from "attempt"
where "run" = $1 and "ended_at" is null
order by "id";

-- peekAttempts: run, 1, offset
select "run"
from "attempt"
where "run" = $1
limit $2 offset $3;

-- findOutput: run, node, item
select "text", "artifact", "bytes"
from "output"
where "run" = $1 and "node" = $2 and "item" = $3;

-- listOutputsOfNode: run, node
select "item", "text", "artifact", "bytes"
from "output"
where "run" = $1 and "node" = $2;

-- peekEvents: after, 1, offset
select "seq"
from "event"
where "seq" > $1
order by "seq"
limit $2 offset $3;

-- peekEventsOfRun: run, after, 1, offset
select "seq"
from "event"
where "run" = $1 and "seq" > $2
order by "seq"
limit $3 offset $4;

-- listReports: run
select *
from "report"
where "run" = $1
order by "num";

-- listReportsFrom: run, limit, skip
select *
from "report"
where "run" = $1
order by "num"
limit $2 offset $3;

-- peekReports: run, 1, offset
select "run"
from "report"
where "run" = $1
limit $2 offset $3;

-- findCacheEntry: key
select *
from "cache_entry"
where "key" = $1;

-- findAnswer: id
select "answer"
from "command"
where "id" = $1;

-- listPendingCommands: limit
select "id", "actor", "created_at", "command"
from "command"
where "answer" is null
order by "num"
limit $1;

-- submitCommand: id, actor, created_at, command
insert into "command" ("id", "actor", "created_at", "command")
values ($1, $2, $3, $4)
on conflict ("id") do nothing;

-- listPools
select *
from "pool"
where "slots" is not null
order by "name";

-- recordPool: name, slots, description, set_by, set_at
insert into "pool" ("name", "slots", "description", "set_by", "set_at")
values ($1, $2, $3, $4, $5)
on conflict ("name") do update
set "slots" = "excluded"."slots", "description" = "excluded"."description", "set_by" = "excluded"."set_by", "set_at" = "excluded"."set_at";

-- listRates
select *
from "rate";

-- recordRate: name, full_at
insert into "rate" ("name", "full_at")
values ($1, $2)
on conflict ("name") do update
set "full_at" = "excluded"."full_at";

-- removeFullRates: before
delete
from "rate"
where "full_at" < $1;

-- listServers
select *
from "server";

-- recordServer: id, kind, host, pid, process, role, started_at, beat_at, epochs, held
insert into "server" ("id", "kind", "host", "pid", "process", "role", "started_at", "beat_at", "epochs", "held")
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict ("id") do update
set "role" = "excluded"."role", "beat_at" = "excluded"."beat_at", "epochs" = "excluded"."epochs", "held" = "excluded"."held";

-- removeServer: id
delete
from "server"
where "id" = $1;

-- listWorkers
select *
from "worker";

-- recordWorker: id, name, host, pid, version, labels, slots, server, connected_at
insert into "worker" ("id", "name", "host", "pid", "version", "labels", "slots", "server", "connected_at")
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict ("id") do update
set "slots" = "excluded"."slots", "server" = "excluded"."server", "connected_at" = "excluded"."connected_at";

-- removeWorker: id
delete
from "worker"
where "id" = $1;

-- findNextFlow: after, 1
select "flow"
from "run"
where "flow" > $1
order by "flow"
limit $2;

-- findNextReuser: from, after, 1
select "run"
from "task_run"
where "reused_from" = $1 and "run" > $2
order by "run"
limit $3;

-- findNthRunOfFlow: flow, 1, before
select "num"
from "run"
where "flow" = $1
order by "num" desc
limit $2 offset $3;

-- findRoot: id
select "num", "id", "state", "created_at", "ended_at", "settled"
from "run"
where "id" = $1 and "root_run" is null;

-- forgetRun: num, 1
delete
from "run"
where "num" = $1 and "settled" = $2;

-- listAwaitedRuns
select "task_run"."child_run" as "id"
from "run"
inner join "task_run" on "task_run"."run" = "run"."num"
where "run"."settled" = 0 and "task_run"."child_run" is not null;

-- listReruns: root
select "num", "id", "state", "created_at", "ended_at", "settled"
from "run"
where "root_run" = $1
order by "num";

-- listRootsOfFlow: flow, after, limit
select "num", "id", "state", "created_at", "ended_at", "settled"
from "run"
where "flow" = $1 and "num" > $2 and "root_run" is null
order by "num"
limit $3;

-- crossOffRun: id, 1
delete
from "forgotten_run"
where "id" = $1 and "emptied" = $2;

-- findForgottenRun: 1
select "num", "id"
from "forgotten_run"
where "emptied" = 0
order by "num"
limit $1;

-- listEmptiedRuns: limit
select "id"
from "forgotten_run"
where "emptied" = 1
order by "num"
limit $1;

-- markEmptied: 1, num
update "forgotten_run"
set "emptied" = $1
where "num" = $2;

-- recordForgottenRun: num, id, forgotten_at, 0
insert into "forgotten_run" ("num", "id", "forgotten_at", "emptied")
values ($1, $2, $3, $4);

-- removeAttempts: run, run, limit
delete
from "attempt"
where "run" = $1 and "id" in (select "id"
from "attempt"
where "run" = $2
limit $3);

-- removeCustomReports: run, limit
delete
from "report"
where "num" in (select "num"
from "report"
where "run" = $1 and "asset" is null
limit $2);

-- removeEvents: run, limit
delete
from "event"
where "seq" in (select "seq"
from "event"
where "run" = $1
limit $2);

-- removeOutputs: run, limit
delete
from "output"
where ("run", "node", "item") in (select "run", "node", "item"
from "output"
where "run" = $1
limit $2)
returning "artifact";

-- removeTaskRuns: run, limit
delete
from "task_run"
where ("run", "node", "item", "hook") in (select "run", "node", "item", "hook"
from "task_run"
where "run" = $1
limit $2);

-- crossOffArtifact: artifact
delete
from "released_artifact"
where "artifact" = $1;

-- findCacheEntryOfArtifact: artifact, 1
select "key"
from "cache_entry"
where "artifact" = $1
limit $2;

-- findOutputOfArtifact: artifact, 1
select "run"
from "output"
where "artifact" = $1
limit $2;

-- listReleasedArtifacts: before, limit
select "artifact"
from "released_artifact"
where "released_at" < $1
order by "released_at"
limit $2;

-- releaseArtifact: artifact, released_at
insert into "released_artifact" ("artifact", "released_at")
values ($1, $2)
on conflict ("artifact") do update
set "released_at" = "excluded"."released_at";

-- listOldestCommands: limit
select "num", "created_at" as "at"
from "command"
order by "num"
limit $1;

-- listOldestReports: limit
select "num", "at"
from "report"
order by "num"
limit $1;

-- listUnusedVersions: before, 1, limit
select "id"
from "version"
where "created_at" < $1 and not exists (select "run"."num"
from "run"
where "run"."version" = "version"."id") and not exists (select "project"."id"
from "project"
where "project"."id" = $2 and "project"."active_version" = "version"."id")
limit $3;

-- removeAnsweredCommands: to
delete
from "command"
where "num" <= $1 and "answer" is not null;

-- removeCacheEntries: before, limit
delete
from "cache_entry"
where "key" in (select "key"
from "cache_entry"
where "created_at" < $1
limit $2)
returning "artifact";

-- removeReports: to
delete
from "report"
where "num" <= $1;

-- removeVersion: id, 1
delete
from "version"
where "id" = $1 and not exists (select "run"."num"
from "run"
where "run"."version" = "version"."id") and not exists (select "project"."id"
from "project"
where "project"."id" = $2 and "project"."active_version" = "version"."id");

-- listTriggers
select *
from "flow_trigger"
order by "flow", "name";

-- findTick: flow, trigger, key, 1
select *
from "tick"
where "flow" = $1 and "trigger" = $2 and "key" = $3 and "key" <> ''
order by "at"
limit $4;

-- listNewestTicks
select "tick".*
from "flow_trigger" as "own" cross join "tick"
where "tick"."flow" = "own"."flow" and "tick"."trigger" = "own"."name" and "tick"."at" = (select max("newest"."at") as "at"
from "tick" as "newest"
where "newest"."flow" = "own"."flow" and "newest"."trigger" = "own"."name");

-- listTicks: at, flow, trigger, key, limit
select *
from "tick"
where ("at", "flow", "trigger", "key") < ($1, $2, $3, $4)
order by "at" desc, "flow" desc, "trigger" desc, "key" desc
limit $5;

-- listTicksOfTrigger: flow, trigger, at, key, limit
select *
from "tick"
where "flow" = $1 and "trigger" = $2 and ("at", "key") < ($3, $4)
order by "at" desc, "key" desc
limit $5;

-- removePolls: before, limit
delete
from "tick"
where ("flow", "trigger", "at", "key") in (select "flow", "trigger", "at", "key"
from "tick"
where "at" < $1 and "outcome" = 'polled'
limit $2);

-- removeTicks: flow, trigger, before, before, limit
delete
from "tick"
where ("flow", "trigger", "at", "key") in (select "flow", "trigger", "at", "key"
from "tick"
where "flow" = $1 and "trigger" = $2 and "at" < $3 and "decided_at" < $4
limit $5);

-- listBackfills: before, limit
select *
from "backfill"
where "id" < $1
order by "id" desc
limit $2;

-- listBackfillsByPrefix: from, to, limit
select *
from "backfill"
where "id" >= $1 and "id" < $2
order by "id" desc
limit $3;

-- listBackfillsInState: state, before, limit
select *
from "backfill"
where "state" = $1 and "id" < $2
order by "id" desc
limit $3;

-- listBackfillsOfFlow: flow, before, limit
select *
from "backfill"
where "flow" = $1 and "id" < $2
order by "id" desc
limit $3;

-- listBackfillsOfFlowInState: flow, state, before, limit
select *
from "backfill"
where "flow" = $1 and "state" = $2 and "id" < $3
order by "id" desc
limit $4;

-- listPartitionKeys: name
select "key"
from "partition_key"
where "name" = $1
order by "num";

-- countRuns: num, from, bucket
with "recent" as materialized (select "flow", "state", "created_at", "id"
from "run"
where "num" >= $1 and "created_at" >= $2) select "flow", "state", created_at - created_at % $3 as "start_at", count(*) as "count", max(id) as "newest"
from "recent" group by 1, 2, 3;

-- listBackfillRuns: backfill
select "num", "id", "root_run", "state", "window_start_at", "window_end_at", "slice", "scheduled_at", "backfill", "created_at", "ended_at"
from "run"
where "backfill" = $1
order by "num";

-- listBackfillRunsFrom: backfill, limit, skip
select "num", "id", "root_run", "state", "window_start_at", "window_end_at", "slice", "scheduled_at", "backfill", "created_at", "ended_at"
from "run"
where "backfill" = $1
order by "num"
limit $2 offset $3;

-- listDurations: flow, limit
select "started_at", "ended_at"
from "run"
where "flow" = $1 and "state" = 'success'
order by "num" desc
limit $2;

-- listSliceRuns: flow
select "num", "id", "root_run", "state", "window_start_at", "window_end_at", "slice", "scheduled_at", "backfill", "created_at", "ended_at"
from "run"
where "flow" = $1 and ("scheduled_at" is not null or "slice" is not null or "backfill" is not null);

-- listSliceRunsBetween: flow, from, to
select "num", "id", "root_run", "state", "window_start_at", "window_end_at", "slice", "scheduled_at", "backfill", "created_at", "ended_at"
from "run"
where "flow" = $1 and "window_end_at" >= $2 and "window_start_at" <= $3 and ("scheduled_at" is not null or "slice" is not null or "backfill" is not null);

-- tallyMade: bucket, bucket, flow, from, to
select created_at - created_at % $1 as "start_at", created_at - created_at % $2 as "end_at", case state when 'queued' then 0 when 'running' then 1 when 'success' then 2 when 'failed' then 3 when 'cancelled' then 4 end as "state", count(*) as "count", count(*) as "runs"
from "run"
where "flow" = $3 and "num" >= $4 and "num" < $5 and not exists (select "later"."num"
from "run" as "later"
where "later"."root_run" = coalesce(run.root_run, run.id) and "later"."num" > "run"."num") group by 1, 2, 3;

-- tallyOthers: bucket, bucket, flow, from, to
select created_at - created_at % $1 as "start_at", created_at - created_at % $2 as "end_at", case state when 'queued' then 0 when 'running' then 1 when 'success' then 2 when 'failed' then 3 when 'cancelled' then 4 end as "state", count(*) as "count", count(*) as "runs"
from "run"
where "flow" = $3 and "num" >= $4 and "num" < $5 and not exists (select "later"."num"
from "run" as "later"
where "later"."root_run" = coalesce(run.root_run, run.id) and "later"."num" > "run"."num") and "scheduled_at" is null and "slice" is null and "backfill" is null group by 1, 2, 3;

-- tallyWindows: bucket, bucket, flow, from, to
select window_start_at - window_start_at % $1 as "start_at", window_end_at - window_end_at % $2 as "end_at", newest % 8 as "state", count(*) as "count", cast(sum(runs) as bigint) as "runs"
from (select "window_start_at", "window_end_at", max(num * 8 + case state when 'queued' then 0 when 'running' then 1 when 'success' then 2 when 'failed' then 3 when 'cancelled' then 4 end) as "newest", count(*) as "runs"
from "run"
where "flow" = $3 and "window_end_at" >= $4 and "window_end_at" <= $5 and ("scheduled_at" is not null or "slice" is not null or "backfill" is not null) group by "window_end_at", "window_start_at", "slice") as "newest_run" group by 1, 2, 3;

-- findVaultEntry: kind, name
select *
from "vault_entry"
where "kind" = $1 and "name" = $2;

-- listVaultEntries: "removed"
select *
from "vault_entry"
where "holding" <> $1
order by "kind", "name";

-- putVaultEntry: kind, name, version, holding, key_id, value, description, set_by, set_at
insert into "vault_entry" ("kind", "name", "version", "holding", "key_id", "value", "description", "set_by", "set_at")
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict ("kind", "name") do update
set "version" = "excluded"."version", "holding" = "excluded"."holding", "key_id" = "excluded"."key_id", "value" = "excluded"."value", "description" = "excluded"."description", "set_by" = "excluded"."set_by", "set_at" = "excluded"."set_at"
where "vault_entry"."version" = "excluded"."version" - 1
returning "version";

-- resealVaultEntry: keyId, text, kind, name, version, fromKeyId
update "vault_entry"
set "key_id" = $1, "value" = $2
where "kind" = $3 and "name" = $4 and "version" = $5 and "key_id" = $6
returning "version";

-- findAccount: name
select *
from "account"
where "name" = $1;

-- findAnyAccount: 1
select "name"
from "account"
order by "name"
limit $1;

-- listAccounts
select *
from "account"
order by "name";

-- putAccount: name, version, password, grants, created_at, disabled_at, set_by, set_at
insert into "account" ("name", "version", "password", "grants", "created_at", "disabled_at", "set_by", "set_at")
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict ("name") do update
set "version" = "excluded"."version", "password" = "excluded"."password", "grants" = "excluded"."grants", "disabled_at" = "excluded"."disabled_at", "set_by" = "excluded"."set_by", "set_at" = "excluded"."set_at"
where "account"."version" = "excluded"."version" - 1
returning "version";

-- addCredential: kind, id, hash, account, grants, created_by, created_at, expires_at, used_at, used_from
insert into "credential" ("kind", "id", "hash", "account", "grants", "created_by", "created_at", "expires_at", "used_at", "used_from")
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict ("kind", "id") do nothing
returning "id";

-- findCredential: hash
select *
from "credential"
where "hash" = $1;

-- listCredentials: kind
select *
from "credential"
where "kind" = $1
order by "id";

-- removeCredential: kind, id
delete
from "credential"
where "kind" = $1 and "id" = $2
returning "id";

-- removeCredentials: kind
delete
from "credential"
where "kind" = $1
returning "id";

-- removeCredentialsOfAccount: kind, account
delete
from "credential"
where "kind" = $1 and "account" = $2
returning "id";

-- removeExpiredCredentials: before
delete
from "credential"
where "expires_at" < $1;

-- useCredential: at, from, hash
update "credential"
set "used_at" = $1, "used_from" = $2
where "hash" = $3;

-- findGuesses: account
select *
from "login_guess"
where "account" = $1;

-- putGuesses: account, version, at, last_at
insert into "login_guess" ("account", "version", "at", "last_at")
values ($1, $2, $3, $4)
on conflict ("account") do update
set "version" = "excluded"."version", "at" = "excluded"."at", "last_at" = "excluded"."last_at"
where "login_guess"."version" = "excluded"."version" - 1
returning "version";

-- removeGuesses: before
delete
from "login_guess"
where "last_at" < $1;

-- appendAuditEntry: seq, at, actor, action, target, origin, old_value, new_value, ref, hash
insert into "audit_entry" ("seq", "at", "actor", "action", "target", "origin", "old_value", "new_value", "ref", "hash")
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- findAuditEntryByRef: ref
select *
from "audit_entry"
where "ref" = $1;

-- findAuditHead: 1
select "seq", "hash"
from "audit_head"
where "id" = $1;

-- listAuditEntries: before, limit
select *
from "audit_entry"
where "seq" < $1
order by "seq" desc
limit $2;

-- listAuditEntriesOfActor: actor, before, limit
select *
from "audit_entry"
where "actor" = $1 and "seq" < $2
order by "seq" desc
limit $3;

-- listAuditEntriesOfTarget: target, before, limit
select *
from "audit_entry"
where "target" = $1 and "seq" < $2
order by "seq" desc
limit $3;

-- moveAuditHead: 1, seq, hash, fromSeq, fromHash
insert into "audit_head" ("id", "seq", "hash")
values ($1, $2, $3)
on conflict ("id") do update
set "seq" = "excluded"."seq", "hash" = "excluded"."hash"
where "audit_head"."seq" = $4 and "audit_head"."hash" = $5
returning "seq";

-- readAuditEntries: after, limit
select *
from "audit_entry"
where "seq" > $1
order by "seq"
limit $2;

-- addAlertDelivery: id, rule, channel, state, message, made_at, next_at, ended_at, tries
insert into "alert_delivery" ("id", "rule", "channel", "state", "message", "made_at", "next_at", "ended_at", "tries")
values ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- changeAlertDelivery: state, next_at, ended_at, tries, id, next_before, tries_before
update "alert_delivery"
set "state" = $1, "next_at" = $2, "ended_at" = $3, "tries" = $4
where "id" = $5 and "next_at" = $6 and "tries" = $7
returning "id";

-- findAlertDelivery: id
select *
from "alert_delivery"
where "id" = $1;

-- findNextAlertDelivery: 1
select "next_at"
from "alert_delivery"
where "next_at" > 0
order by "next_at"
limit $1;

-- listAlertDeliveries: before, limit
select *
from "alert_delivery"
where "id" < $1
order by "id" desc
limit $2;

-- listAlertDeliveriesInState: state, before, limit
select *
from "alert_delivery"
where "state" = $1 and "id" < $2
order by "id" desc
limit $3;

-- listAlertDeliveriesOfRule: rule, before, limit
select *
from "alert_delivery"
where "rule" = $1 and "id" < $2
order by "id" desc
limit $3;

-- listAlertDeliveriesOfRuleInState: rule, state, before, limit
select *
from "alert_delivery"
where "rule" = $1 and "state" = $2 and "id" < $3
order by "id" desc
limit $4;

-- listDueAlertDeliveries: until, limit
select *
from "alert_delivery"
where "next_at" > 0 and "next_at" <= $1
order by "next_at", "id"
limit $2;

-- putAlertState: 1, version, state
insert into "alert_state" ("id", "version", "state")
values ($1, $2, $3)
on conflict ("id") do update
set "version" = "excluded"."version", "state" = "excluded"."state"
where "alert_state"."version" = "excluded"."version" - 1
returning "version";

-- readAlertState: 1
select *
from "alert_state"
where "id" = $1;

-- removeEndedAlertDeliveries: before
delete
from "alert_delivery"
where "ended_at" < $1
returning "id";

-- find counters
select number, last_run, last_attempt, last_event, last_event_at from ledger
where cell = 'default' order by epoch desc, number desc limit 1;

-- find lease
select epoch, holder, acquired_at, expires_at - (extract(epoch from clock_timestamp()) * 1000)::bigint as left_ms from lease where cell = 'default';

-- open epoch
insert into ledger (cell, epoch, number, last_run, last_attempt, last_event, last_event_at, written)
select cell, $1, 0, last_run, last_attempt, last_event, last_event_at, true from ledger
where cell = 'default' and epoch < $1 order by epoch desc, number desc limit 1
on conflict do nothing;

-- release lease
update lease set expires_at = 0 where cell = 'default' and epoch = $1 returning epoch;

-- renew lease
update lease set expires_at = (extract(epoch from clock_timestamp()) * 1000)::bigint + $2 where cell = 'default' and epoch = $1 and expires_at > (extract(epoch from clock_timestamp()) * 1000)::bigint
returning epoch;

-- take lease
update lease set epoch = epoch + 1, holder = $1, acquired_at = (extract(epoch from clock_timestamp()) * 1000)::bigint, expires_at = (extract(epoch from clock_timestamp()) * 1000)::bigint + $2
where cell = (
  select cell from lease where cell = 'default' and expires_at <= (extract(epoch from clock_timestamp()) * 1000)::bigint for update skip locked
)
returning epoch;

-- trim ledger
delete from ledger where cell = 'default' and (epoch, number) < ($1::bigint, $2::bigint);

-- notify
select pg_notify($1, $2);

-- find run age
select num, created_at from run where id = $1;

-- list events of run since
select * from event where run = $1 and seq > $2 and at >= $3 order by seq limit $4;

-- list events since
select event.*, run.id as run_id from event join run on run.num = event.run
where event.seq > $1 and event.at >= $2 order by event.seq limit $3;

-- hold lease
select 1 as held from lease where cell = 'default' and epoch = $1 and expires_at > (extract(epoch from clock_timestamp()) * 1000)::bigint for key share;

-- take place
with held as (select from lease where cell = 'default' and epoch = $1 for key share)
insert into ledger (cell, epoch, number, last_run, last_attempt, last_event, last_event_at, written)
select 'default', $1::bigint, $2::bigint, $3::bigint, $4::bigint, $5::bigint, $6::bigint, false from held
on conflict do nothing;

-- find place
select written from ledger where cell = 'default' and epoch = $1 and number = $2;

-- find run numbers
select id, num from run where id = any($1::text[]);

-- commit run tas att out eve rep cac poo rat flo tic bac par com
with held as (
  select from lease where cell = 'default' and epoch = $1 and expires_at > (extract(epoch from clock_timestamp()) * 1000)::bigint for key share
), written as (
  insert into ledger (cell, epoch, number, last_run, last_attempt, last_event, last_event_at, written)
  select 'default', $1::bigint, $2::bigint, $3::bigint, $4::bigint, $5::bigint, $6::bigint, true from held
  returning number
), run_written as (
  insert into run ("num", "id", "flow", "version", "state", "params", "window_start_at", "window_end_at", "trigger", "selection", "idempotency_key", "concurrency_key", "rerun_of", "root_run", "created_at", "started_at", "ended_at", "error", "settled", "cancel_requested", "class", "task_keys", "scheduled_at", "slice", "backfill")
  select given."num", given."id", given."flow", given."version", given."state", given."params", given."window_start_at", given."window_end_at", given."trigger", given."selection", given."idempotency_key", given."concurrency_key", given."rerun_of", given."root_run", given."created_at", given."started_at", given."ended_at", given."error", given."settled", given."cancel_requested", given."class", given."task_keys", given."scheduled_at", given."slice", given."backfill"
  from written, unnest($7::run[]) as given
  on conflict (num) do update
  set "state" = excluded."state", "started_at" = excluded."started_at", "ended_at" = excluded."ended_at", "error" = excluded."error", "settled" = excluded."settled", "cancel_requested" = excluded."cancel_requested"
), task_run_written as (
  insert into task_run ("run", "node", "item", "hook", "state", "tries", "crashes", "resumes", "ready_at", "started_at", "ended_at", "resume_at", "carry", "waits_for", "child_run", "cached", "reused_from", "error", "item_count", "arm")
  select given."run", given."node", given."item", given."hook", given."state", given."tries", given."crashes", given."resumes", given."ready_at", given."started_at", given."ended_at", given."resume_at", given."carry", given."waits_for", given."child_run", given."cached", given."reused_from", given."error", given."item_count", given."arm"
  from written, unnest($8::task_run[]) as given
  on conflict (run, node, item, hook) do update
  set "state" = excluded."state", "tries" = excluded."tries", "crashes" = excluded."crashes", "resumes" = excluded."resumes", "ready_at" = excluded."ready_at", "started_at" = excluded."started_at", "ended_at" = excluded."ended_at", "resume_at" = excluded."resume_at", "carry" = excluded."carry", "waits_for" = excluded."waits_for", "child_run" = excluded."child_run", "cached" = excluded."cached", "reused_from" = excluded."reused_from", "error" = excluded."error", "item_count" = excluded."item_count", "arm" = excluded."arm"
), attempt_written as (
  insert into attempt ("run", "id", "node", "item", "hook", "number", "state", "epoch", "started_at", "ended_at", "error", "place")
  select given."run", given."id", given."node", given."item", given."hook", given."number", given."state", given."epoch", given."started_at", given."ended_at", given."error", given."place"
  from written, unnest($9::attempt[]) as given
  on conflict (run, id) do update
  set "state" = excluded."state", "started_at" = excluded."started_at", "ended_at" = excluded."ended_at", "error" = excluded."error", "place" = excluded."place"
), output_written as (
  insert into output ("run", "node", "item", "text", "artifact", "bytes")
  select given."run", given."node", given."item", given."text", given."artifact", given."bytes"
  from written, unnest($10::output[]) as given
  on conflict (run, node, item) do update
  set "text" = excluded."text", "artifact" = excluded."artifact", "bytes" = excluded."bytes"
), event_written as (
  insert into event ("seq", "run", "at", "type", "node", "item", "attempt", "data")
  select given."seq", given."run", given."at", given."type", given."node", given."item", given."attempt", given."data"
  from written, unnest($11::event[]) as given
), report_written as (
  insert into report ("run", "node", "item", "attempt", "at", "kind", "asset", "slice", "data_version", "data")
  select given."run", given."node", given."item", given."attempt", given."at", given."kind", given."asset", given."slice", given."data_version", given."data"
  from written, unnest($12::report[]) as given
), cache_entry_written as (
  insert into cache_entry ("key", "run", "text", "artifact", "bytes", "created_at")
  select given."key", given."run", given."text", given."artifact", given."bytes", given."created_at"
  from written, unnest($13::cache_entry[]) as given
  on conflict (key) do update
  set "run" = excluded."run", "text" = excluded."text", "artifact" = excluded."artifact", "bytes" = excluded."bytes", "created_at" = excluded."created_at"
), pool_written as (
  insert into pool ("name", "slots", "description", "set_by", "set_at")
  select given."name", given."slots", given."description", given."set_by", given."set_at"
  from written, unnest($14::pool[]) as given
  on conflict (name) do update
  set "slots" = excluded."slots", "description" = excluded."description", "set_by" = excluded."set_by", "set_at" = excluded."set_at"
), rate_written as (
  insert into rate ("name", "full_at")
  select given."name", given."full_at"
  from written, unnest($15::rate[]) as given
  on conflict (name) do update
  set "full_at" = excluded."full_at"
), flow_trigger_written as (
  insert into flow_trigger ("flow", "name", "kind", "fingerprint", "schedule", "since_at", "cursor_at", "owed", "sensor_cursor", "gathered", "made_at", "paused", "failures", "retired")
  select given."flow", given."name", given."kind", given."fingerprint", given."schedule", given."since_at", given."cursor_at", given."owed", given."sensor_cursor", given."gathered", given."made_at", given."paused", given."failures", given."retired"
  from written, unnest($16::flow_trigger[]) as given
  on conflict (flow, name) do update
  set "kind" = excluded."kind", "fingerprint" = excluded."fingerprint", "schedule" = excluded."schedule", "since_at" = excluded."since_at", "cursor_at" = excluded."cursor_at", "owed" = excluded."owed", "sensor_cursor" = excluded."sensor_cursor", "gathered" = excluded."gathered", "made_at" = excluded."made_at", "paused" = excluded."paused", "failures" = excluded."failures", "retired" = excluded."retired"
), tick_written as (
  insert into tick ("flow", "trigger", "at", "key", "outcome", "run", "reason", "log", "decided_at")
  select given."flow", given."trigger", given."at", given."key", given."outcome", given."run", given."reason", given."log", given."decided_at"
  from written, unnest($17::tick[]) as given
  on conflict (flow, trigger, at, key) do nothing
), backfill_written as (
  insert into backfill ("id", "flow", "actor", "created_at", "ended_at", "retried_at", "state", "request", "version", "window_start_at", "window_end_at", "plan", "made", "succeeded", "failed", "cancelled", "reason", "at_once")
  select given."id", given."flow", given."actor", given."created_at", given."ended_at", given."retried_at", given."state", given."request", given."version", given."window_start_at", given."window_end_at", given."plan", given."made", given."succeeded", given."failed", given."cancelled", given."reason", given."at_once"
  from written, unnest($18::backfill[]) as given
  on conflict (id) do update
  set "ended_at" = excluded."ended_at", "retried_at" = excluded."retried_at", "state" = excluded."state", "version" = excluded."version", "at_once" = excluded."at_once", "made" = excluded."made", "succeeded" = excluded."succeeded", "failed" = excluded."failed", "cancelled" = excluded."cancelled", "reason" = excluded."reason"
), partition_key_written as (
  insert into partition_key (name, key)
  select given.name, given.key
  from written, unnest($19::partition_key[]) as given
  where given.num <> 0
  on conflict (name, key) do nothing
), partition_key_removed as (
  delete from partition_key
  using written, unnest($19::partition_key[]) as given
  where partition_key.name = given.name and partition_key.key = given.key and given.num = 0
), command_written as (
  update command set answer = coalesce(command.answer, given.answer)
  from written, unnest($20::command[]) as given
  where command.id = given.id
)
select number from written;
