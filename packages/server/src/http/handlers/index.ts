import type { Handlers, JsonRoute } from "../call.ts";
import { ACCOUNT } from "./account.ts";
import { ALERTS } from "./alerts.ts";
import { APPROVAL_READING } from "./approval-reading.ts";
import { BACKFILL_READING } from "./backfill-reading.ts";
import { BACKFILL_WRITING } from "./backfill-writing.ts";
import { CALENDAR_READING } from "./calendar-reading.ts";
import { CODE_READING } from "./code-reading.ts";
import { FLOW_READING } from "./flow-reading.ts";
import { GRID_READING } from "./grid-reading.ts";
import { LOG_READING } from "./log-reading.ts";
import { OVERVIEW_READING } from "./overview-reading.ts";
import { PEOPLE } from "./people.ts";
import { PROJECT_READING } from "./project-reading.ts";
import { PROJECT_WRITING } from "./project-writing.ts";
import { readableOf, readablePages } from "./readable.ts";
import { RECORD } from "./record.ts";
import { RUN_READING } from "./run-reading.ts";
import { RUN_WRITING } from "./run-writing.ts";
import { TASK_READING } from "./task-reading.ts";
import { TRIGGER_FORECAST } from "./trigger-forecast.ts";
import { TRIGGER_READING } from "./trigger-reading.ts";
import { TRIGGER_WRITING } from "./trigger-writing.ts";
import { VAULT } from "./vault.ts";

/** A handler for each route that answers with a document: one that has none does not compile. */
export const JSON_HANDLERS: Handlers<JsonRoute> = {
  ...PROJECT_READING,
  ...PROJECT_WRITING,
  ...FLOW_READING,
  ...CODE_READING,
  ...CALENDAR_READING,
  ...GRID_READING,
  ...OVERVIEW_READING,
  ...TRIGGER_READING,
  ...TRIGGER_FORECAST,
  ...TRIGGER_WRITING,
  ...RUN_READING,
  ...LOG_READING,
  ...TASK_READING,
  ...RUN_WRITING,
  ...APPROVAL_READING,
  ...BACKFILL_READING,
  ...BACKFILL_WRITING,
  ...ACCOUNT,
  ...PEOPLE,
  ...VAULT,
  ...RECORD,
  ...ALERTS,

  // Lists over several flows show no more than the caller may read.
  listFlows: readableOf("flow.read", FLOW_READING.listFlows),
  listFlowRuns: readableOf("run.read", GRID_READING.listFlowRuns),
  listTriggers: readableOf("trigger.read", TRIGGER_READING.listTriggers),
  listTicks: readablePages("trigger.read", TRIGGER_READING.listTicks),
  listRuns: readablePages("run.read", RUN_READING.listRuns),
  listApprovals: readablePages("run.read", APPROVAL_READING.listApprovals),
  listBackfills: readablePages("backfill.read", BACKFILL_READING.listBackfills),
};
