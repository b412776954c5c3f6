import type { Act } from "../src/act.ts";
import * as attempt from "../src/tables/attempt.ts";
import * as cacheEntry from "../src/tables/cache-entry.ts";
import * as command from "../src/tables/command.ts";
import * as event from "../src/tables/event.ts";
import * as expiry from "../src/tables/expiry.ts";
import * as forgottenRun from "../src/tables/forgotten-run.ts";
import * as lease from "../src/tables/lease.ts";
import * as output from "../src/tables/output.ts";
import * as releasedArtifact from "../src/tables/released-artifact.ts";
import * as report from "../src/tables/report.ts";
import * as run from "../src/tables/run.ts";
import * as runFamily from "../src/tables/run-family.ts";
import * as server from "../src/tables/server.ts";
import * as taskRun from "../src/tables/task-run.ts";
import * as version from "../src/tables/version.ts";

/** By table, in the order of the schema. A new file in `tables/` is added here; a test counts them. */
const TABLES = {
  lease,
  version,
  run,
  taskRun,
  attempt,
  output,
  event,
  report,
  cacheEntry,
  command,
  server,
  runFamily,
  forgottenRun,
  releasedArtifact,
  expiry,
};

function isAct(value: unknown): value is Act<object, unknown> {
  return typeof value === "object" && value !== null && "build" in value;
}

/** Every act of the store. */
export function everyAct(): readonly Act<object, unknown>[] {
  return Object.values(TABLES).flatMap((table) => (Object.values(table) as unknown[]).filter(isAct));
}
