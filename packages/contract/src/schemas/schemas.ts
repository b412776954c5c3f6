import { z } from "zod";
import type { RouteName } from "../routes/index.ts";
import { ACCOUNT_SCHEMAS } from "./account-schemas.ts";
import { ALERT_SCHEMAS } from "./alert-schemas.ts";
import { APPROVAL_SCHEMAS } from "./approval-schemas.ts";
import {
  BackfillAsk,
  BackfillPlanView,
  BackfillRef,
  BackfillRetryPlanView,
  BackfillRunView,
  BackfillStateSchema,
  BackfillView,
  SetBackfill,
} from "./backfill-schemas.ts";
import { CODE_SCHEMAS } from "./code-schemas.ts";
import {
  Done,
  Fire,
  Fired,
  FlowSummary,
  FlowView,
  PartitionView,
  Pause,
  TickView,
  TriggerView,
} from "./flow-schemas.ts";
import { FORECAST_SCHEMAS } from "./forecast-schemas.ts";
import { FlowGrid, FlowRuns } from "./grid-schemas.ts";
import { RunCountsView, RunProgress } from "./overview-schemas.ts";
import {
  DrainWorker,
  PoolView,
  ProjectView,
  Prune,
  Pruned,
  ServerView,
  SetPool,
  Well,
  WorkerView,
} from "./project-schemas.ts";
import { RECORD_SCHEMAS } from "./record-schemas.ts";
import {
  AttemptView,
  DecideApproval,
  EventTypeSchema,
  EventView,
  LogLevelSchema,
  LogLineView,
  LogSummary,
  LogWindow,
  MarkTasks,
  RepeatPlanView,
  ReportView,
  Rerun,
  RunRef,
  RunStateSchema,
  RunView,
  RunWithSeq,
  StartRun,
  TaskRunView,
  WaitingView,
} from "./run-schemas.ts";
import { TASK_SCHEMAS } from "./task-schemas.ts";
import { Count, Name, PageQuery, pageOf, Seq, several, Whole } from "./value-schemas.ts";
import { VAULT_SCHEMAS } from "./vault-schemas.ts";

/** What one route takes and gives. A part that is not there is not taken. */
export interface RouteSchemas {
  readonly params: z.ZodType;
  readonly query: z.ZodType;
  readonly body: z.ZodType | null;
  /** Of a stream: what each event's data is. Null for what has no schema of ours. */
  readonly response: z.ZodType | null;
}

const none = z.strictObject({});
const nothing = { params: none, query: none, body: null } as const;
const ofFlow = { ...nothing, params: z.strictObject({ flow: Name }) } as const;
const ofTrigger = { ...nothing, params: z.strictObject({ flow: Name, trigger: Name }) } as const;
const Run = Name.describe("A run's id, or at least 4 characters of its beginning or its end that no other run has.");
const ofRun = { ...nothing, params: z.strictObject({ run: Run }) } as const;
const pagedRun = { ...ofRun, query: PageQuery } as const;
const ofBackfill = { ...nothing, params: z.strictObject({ backfill: Name }) } as const;
const ofAttempt = {
  ...nothing,
  params: z.strictObject({ run: Run, attempt: Count.describe("The `id` of an attempt, not its `number`.") }),
} as const;
const clip = Count.min(1)
  .optional()
  .describe("Longer texts and fields are cut to so many characters. Defaults to what was written.");
const ofPool = { ...nothing, params: z.strictObject({ pool: Name }) } as const;
const versioned = z.strictObject({ version: Name.optional().describe("Defaults to the active version.") });
const changed = { ...ofBackfill, response: BackfillRef } as const;

export const SCHEMAS = {
  getHealth: { ...nothing, response: Well },
  getReady: { ...nothing, response: Well },
  getProject: { ...nothing, response: ProjectView },
  listServers: { ...nothing, response: pageOf(ServerView) },
  listWorkers: { ...nothing, response: pageOf(WorkerView) },
  getOpenApi: { ...nothing, response: null },
  getReference: { ...nothing, response: null },
  listPools: {
    ...nothing,
    query: z.strictObject({ waiters: Count.max(1_000).default(20).describe("How many of each line to name.") }),
    response: pageOf(PoolView),
  },
  drainWorker: { ...nothing, params: z.strictObject({ worker: Name }), body: DrainWorker, response: Done },
  setPool: { ...ofPool, body: SetPool, response: Done },
  deletePool: { ...ofPool, response: Done },
  prune: { ...nothing, body: Prune, response: Pruned },

  listFlows: { ...nothing, query: versioned, response: pageOf(FlowSummary) },
  getFlow: { ...ofFlow, query: versioned, response: FlowView },
  listPartitions: {
    ...ofFlow,
    query: PageQuery,
    response: pageOf(PartitionView).extend({ count: Whole, last: PartitionView.nullable().describe("Of all.") }),
  },
  listFlowRuns: { ...nothing, response: pageOf(FlowRuns).extend({ seq: Seq }) },
  getFlowGrid: {
    ...ofFlow,
    query: z.strictObject({ limit: Count.min(1).max(200).default(50).describe("How many runs.") }),
    response: FlowGrid,
  },
  startRun: { ...ofFlow, body: StartRun, response: RunRef },
  listTriggers: { ...nothing, query: z.strictObject({ flow: Name.optional() }), response: pageOf(TriggerView) },
  listTicks: {
    ...nothing,
    query: PageQuery.extend({ flow: Name.optional(), trigger: Name.optional() }),
    response: pageOf(TickView),
  },
  pauseTriggers: { ...ofFlow, body: Pause, response: Done },
  resumeTriggers: { ...ofFlow, response: Done },
  pauseTrigger: { ...ofTrigger, body: Pause, response: Done },
  resumeTrigger: { ...ofTrigger, response: Done },
  fireTrigger: { ...ofTrigger, body: Fire, response: Fired },

  listRuns: {
    ...nothing,
    query: PageQuery.extend({ flow: Name.optional(), state: several(RunStateSchema).optional() }),
    response: pageOf(RunView).extend({ seq: Seq }),
  },
  countRuns: {
    ...nothing,
    query: z.strictObject({
      hours: Count.min(1).max(168).default(24).describe("How far back."),
      minutes: Count.min(1).max(1_440).default(15).describe("How long a stretch is; UTC midnight begins one."),
      limit: Count.min(1).max(1_000).default(12).describe("How many flows are listed."),
    }),
    response: RunCountsView,
  },
  listProgress: {
    ...nothing,
    query: z.strictObject({ limit: Count.min(1).max(50).default(8).describe("How many runs.") }),
    response: pageOf(RunProgress).extend({ seq: Seq }),
  },
  getRun: { ...ofRun, response: RunWithSeq },
  listTaskRuns: {
    ...ofRun,
    query: PageQuery.extend({
      state: several(TaskRunView.shape.state).optional(),
      task: z.string().min(1).optional().describe("Only of this task of the flow: itself, and its items."),
    }),
    response: pageOf(TaskRunView).extend({ seq: Seq }),
  },
  listAttempts: { ...pagedRun, response: pageOf(AttemptView).extend({ seq: Seq }) },
  listReports: { ...pagedRun, response: pageOf(ReportView) },
  listRunEvents: { ...pagedRun, response: pageOf(EventView) },
  explainRun: { ...ofRun, response: pageOf(WaitingView) },
  cancelRun: { ...ofRun, response: RunRef },
  rerun: { ...ofRun, body: Rerun, response: RunRef },
  planRerun: { ...ofRun, body: Rerun, response: RepeatPlanView },
  markTasks: { ...ofRun, body: MarkTasks, response: RunRef },
  planMark: { ...ofRun, body: MarkTasks, response: RepeatPlanView },
  decideApproval: { ...ofRun, body: DecideApproval, response: RunRef },
  readLog: {
    ...ofAttempt,
    query: z.strictObject({
      from: Count.default(0).describe("The first line, from 0; with `level`, by its place among those of the level."),
      limit: Count.min(1).max(10_000).default(1_000),
      level: LogLevelSchema.optional().describe("Only lines that are at least so loud. Defaults to all."),
      line: Count.optional().describe("In place of `from`: the first line of the window has this number, or the next."),
      clip,
    }),
    response: LogWindow,
  },
  searchLog: {
    ...ofAttempt,
    query: z.strictObject({
      text: z.string().min(1).max(1_000).optional().describe("Found anywhere in a line, whatever its case."),
      level: LogLevelSchema.optional().describe("Only lines that are at least so loud."),
      from: Count.optional().describe("The first line to look at. Defaults to the first, and backward to the last."),
      direction: z.enum(["forward", "backward"]).default("forward").describe("Also the order of what is found."),
      limit: Count.min(1).max(1_000).default(100),
      clip,
    }),
    response: z.object({ items: z.array(LogLineView) }),
  },
  summariseLog: { ...ofAttempt, response: LogSummary },
  downloadLog: {
    ...ofAttempt,
    query: z.strictObject({
      from: Count.default(0),
      to: Count.optional().describe("The first line that is not given."),
    }),
    response: null,
  },
  followLog: {
    ...ofAttempt,
    query: z.strictObject({ from: Count.default(0).describe("The first line to give."), clip }),
    response: LogLineView,
  },
  followEvents: {
    ...nothing,
    query: z.strictObject({
      after: Count.optional().describe("Events after this `seq`. Defaults to now. Last-Event-ID goes before it."),
      flow: Name.optional(),
      run: Run.optional(),
      type: several(EventTypeSchema).optional(),
    }),
    response: EventView,
  },

  ...APPROVAL_SCHEMAS,
  ...FORECAST_SCHEMAS,

  listBackfills: {
    ...nothing,
    query: PageQuery.extend({ flow: Name.optional(), state: several(BackfillStateSchema).optional() }),
    response: pageOf(BackfillView),
  },
  getBackfill: { ...ofBackfill, response: BackfillView },
  listBackfillRuns: { ...ofBackfill, query: PageQuery, response: pageOf(BackfillRunView) },
  planBackfill: { ...nothing, body: BackfillAsk, response: BackfillPlanView },
  createBackfill: { ...nothing, body: BackfillAsk, response: BackfillRef },
  pauseBackfill: changed,
  resumeBackfill: changed,
  cancelBackfill: changed,
  setBackfill: { ...changed, body: SetBackfill },
  planBackfillRetry: { ...ofBackfill, response: BackfillRetryPlanView },
  retryBackfill: changed,

  ...CODE_SCHEMAS,
  ...ACCOUNT_SCHEMAS,
  ...VAULT_SCHEMAS,
  ...RECORD_SCHEMAS,
  ...TASK_SCHEMAS,
  ...ALERT_SCHEMAS,
} as const satisfies Readonly<Record<RouteName, RouteSchemas>>;

/** A route's schemas as what all routes have in common. */
export function schemasOf(name: RouteName): RouteSchemas {
  return SCHEMAS[name];
}
