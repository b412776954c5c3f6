import type { Act } from "../src/act.ts";
import * as commits from "../src/postgres/commit-statement.ts";
import * as hints from "../src/postgres/hints.ts";
import * as history from "../src/postgres/history.ts";
import * as leaseStatements from "../src/postgres/lease-statements.ts";
import { FIND_NUMBERS } from "../src/postgres/run-numbers.ts";
import type { Statement } from "../src/postgres/statement.ts";
import * as account from "../src/tables/account.ts";
import * as alert from "../src/tables/alert.ts";
import * as attempt from "../src/tables/attempt.ts";
import * as auditEntry from "../src/tables/audit-entry.ts";
import * as backfill from "../src/tables/backfill.ts";
import * as cacheEntry from "../src/tables/cache-entry.ts";
import * as command from "../src/tables/command.ts";
import * as credential from "../src/tables/credential.ts";
import * as event from "../src/tables/event.ts";
import * as expiry from "../src/tables/expiry.ts";
import * as forgottenRun from "../src/tables/forgotten-run.ts";
import * as lease from "../src/tables/lease.ts";
import * as loginGuess from "../src/tables/login-guess.ts";
import * as output from "../src/tables/output.ts";
import * as partitionKey from "../src/tables/partition-key.ts";
import * as pool from "../src/tables/pool.ts";
import * as rate from "../src/tables/rate.ts";
import * as releasedArtifact from "../src/tables/released-artifact.ts";
import * as report from "../src/tables/report.ts";
import * as run from "../src/tables/run.ts";
import * as runFamily from "../src/tables/run-family.ts";
import * as server from "../src/tables/server.ts";
import * as sliceRun from "../src/tables/slice-run.ts";
import * as source from "../src/tables/source.ts";
import * as taskRun from "../src/tables/task-run.ts";
import * as tick from "../src/tables/tick.ts";
import * as trigger from "../src/tables/trigger.ts";
import * as vaultEntry from "../src/tables/vault-entry.ts";
import * as version from "../src/tables/version.ts";
import * as worker from "../src/tables/worker.ts";

/** By table, in the order of the schema. A new file in `tables/` is added here; a test counts them. */
const TABLES = {
  lease,
  version,
  source,
  run,
  taskRun,
  attempt,
  output,
  event,
  report,
  cacheEntry,
  command,
  pool,
  rate,
  server,
  worker,
  runFamily,
  forgottenRun,
  releasedArtifact,
  expiry,
  trigger,
  tick,
  backfill,
  partitionKey,
  sliceRun,
  vaultEntry,
  account,
  credential,
  loginGuess,
  auditEntry,
  alert,
};

function isAct(value: unknown): value is Act<object, unknown> {
  return typeof value === "object" && value !== null && "build" in value;
}

/** Every act of the store. */
export function everyAct(): readonly Act<object, unknown>[] {
  return Object.values(TABLES).flatMap((table) => (Object.values(table) as unknown[]).filter(isAct));
}

/** What on PostgreSQL is part of the one statement of a commit, or is said of a lease that has an end. */
const ONLY_SQLITE: readonly Act<never, unknown>[] = [
  lease.acquireLease,
  lease.holdLease,
  lease.findCounters,
  lease.findLease,
  run.recordRun,
  taskRun.recordTaskRun,
  attempt.recordAttempt,
  output.recordOutput,
  event.appendEvent,
  event.listEvents,
  event.listEventsOfRun,
  report.recordReport,
  cacheEntry.recordCacheEntry,
  command.answerCommand,
  trigger.recordTrigger,
  tick.recordTick,
  backfill.recordBackfill,
  partitionKey.addPartitionKey,
  partitionKey.removePartitionKey,
];

/** Every act that runs on PostgreSQL. */
export function everyPostgresAct(): readonly Act<object, unknown>[] {
  return everyAct().filter((act) => !ONLY_SQLITE.some(({ name }) => name === act.name));
}

/** Every statement of PostgreSQL alone; of the commits, the one that writes all there is to write. */
export function everyPostgresStatement(): readonly Statement[] {
  const statements = [leaseStatements, hints, history].flatMap((module) =>
    (Object.values(module) as unknown[]).filter(isStatement),
  );
  const { holdLease, takePlace, findPlace, WRITTEN } = commits;
  const names = Object.keys(WRITTEN) as commits.WrittenName[];
  return [...statements, holdLease, takePlace, findPlace, FIND_NUMBERS, commits.commitStatement(names)];
}

function isStatement(value: unknown): value is Statement {
  return typeof value === "object" && value !== null && "text" in value;
}
