import { z } from "zod";
import {
  ErrorInfo,
  GivenWindow,
  Instant,
  Json,
  MaybeInstant,
  Name,
  Seq,
  Slice,
  Whole,
  Window,
} from "./value-schemas.ts";

export const RunStateSchema = z.enum(["queued", "running", "success", "failed", "cancelled"]);

const RunState = RunStateSchema.describe("Final are `success`, `failed` and `cancelled`: a rerun is a run of its own.");

const MarkStateSchema = z.enum(["success", "failed", "skipped"]);

const RunMarkView = z
  .object({
    as: MarkStateSchema,
    tasks: z.array(z.string()),
    reason: z.string().nullable(),
  })
  .meta({ id: "RunMark", description: "What somebody said of tasks of the run before this one." });

const RunTriggerView = z
  .discriminatedUnion("kind", [
    z.object({ kind: z.literal("manual"), actor: z.string() }),
    z.object({
      kind: z.literal("rerun"),
      actor: z.string(),
      mark: RunMarkView.optional().describe("Where a mark made the run."),
    }),
    z.object({ kind: z.literal("flow_run"), run: z.string() }),
    z.object({ kind: z.literal("schedule"), schedule: z.string(), at: Instant }),
    z.object({ kind: z.literal("backfill"), backfill: z.string() }),
    z.object({ kind: z.literal("event"), source: z.string(), trigger: z.string(), key: z.string() }),
  ])
  .meta({ id: "RunTrigger", description: "What made a run." });

export const RunView = z
  .object({
    id: z.string(),
    flow: z.string(),
    version: z.string(),
    state: RunState,
    settled: z
      .boolean()
      .describe(
        "Whether neither the run nor a hook of it has work left. Hooks go on after the state is final: wait for this to see all that the run does.",
      ),
    cancelRequested: z.boolean(),
    class: z.enum(["live", "backfill"]),
    params: Json,
    window: Window,
    scheduledAt: MaybeInstant,
    slice: Slice.nullable(),
    backfill: z.string().nullable(),
    trigger: RunTriggerView,
    selection: z.array(z.string()).nullable().describe("The tasks that take part; null for all."),
    rerunOf: z.string().nullable(),
    rootRun: z.string().describe("Its own id unless it is a rerun."),
    createdAt: Instant,
    startedAt: MaybeInstant,
    endedAt: MaybeInstant,
    error: ErrorInfo.nullable(),
  })
  .meta({ id: "Run" });

export const RunWithSeq = RunView.extend({ seq: Seq }).meta({ id: "RunNow" });

const WaitsFor = z
  .discriminatedUnion("kind", [
    z.object({ kind: z.literal("time"), at: Instant }),
    z.object({ kind: z.literal("run"), flow: z.string() }),
    z.object({
      kind: z.literal("approval"),
      message: z.string(),
      deadline: MaybeInstant,
      onDeadline: z.enum(["approved", "rejected", "fail"]),
    }),
  ])
  .meta({ id: "WaitsFor" });

export const Placed = {
  task: z.string().describe("As people write it: `airport[3]/load`."),
  node: z.int().describe("The place of the task in its flow's graph; -1 for the flow itself."),
  item: z.string().describe("Which item of a map: `3`, `3.1` inside another; empty outside of maps."),
};

const Hook = z.string().describe("Empty, or which hook of the task: `success`, `failure`, `retry:1`.");

export const TaskRunView = z
  .object({
    ...Placed,
    hook: Hook,
    state: z.enum([
      "pending",
      "ready",
      "queued",
      "running",
      "retry_wait",
      "deferred",
      "awaiting_input",
      "success",
      "failed",
      "skipped",
      "upstream_failed",
      "cancelled",
    ]),
    tries: Whole.describe("Attempts that count for retries; resumes after a wait and lost attempts do not."),
    crashes: Whole.describe("Attempts that were lost with their process."),
    readyAt: MaybeInstant,
    startedAt: MaybeInstant,
    endedAt: MaybeInstant,
    resumeAt: MaybeInstant,
    waitsFor: WaitsFor.nullable(),
    childRun: z.string().nullable(),
    cached: z.boolean(),
    reusedFrom: z.string().nullable(),
    marked: z
      .object({ by: z.string(), reason: z.string().nullable() })
      .nullable()
      .describe("It did not run: somebody said that it counts so."),
    itemCount: Whole.nullable().describe("Of a map: how many items."),
    arm: z.string().nullable().describe("Of a branch: the arm taken."),
    error: ErrorInfo.nullable(),
  })
  .meta({ id: "TaskRun" });

export const AttemptView = z
  .object({
    id: Whole,
    ...Placed,
    hook: Hook,
    number: Whole,
    state: z.enum([
      "starting",
      "running",
      "stopping",
      "success",
      "failed",
      "timed_out",
      "cancelled",
      "lost",
      "yielded",
    ]),
    startedAt: Instant,
    endedAt: MaybeInstant,
    error: ErrorInfo.nullable(),
    place: z
      .object({
        worker: z.string().nullable().describe("The name of a worker elsewhere; null where a server ran it itself."),
        host: z.string(),
        pid: Whole.describe("Of the worker or the server."),
      })
      .nullable()
      .describe("Where it ran, or runs. Null where nobody knows, or it waits for a worker."),
  })
  .meta({ id: "Attempt" });

export const ReportView = z
  .object({ ...Placed, attempt: Whole, at: Instant, data: Json })
  .meta({ id: "Report", description: "What a task reported about data." });

export const EventTypeSchema = z.enum([
  "run.queued",
  "run.started",
  "run.cancelling",
  "run.finished",
  "task.started",
  "task.retrying",
  "task.deferred",
  "task.resumed",
  "task.expanded",
  "task.finished",
  "hook.finished",
  "data.reported",
]);

const EVENT_DATA = [
  "By `type`; what would be null, false or 0 is left out, and all of it is null where nothing is left.",
  "`run.cancelling`: `by`, where somebody asked for it.",
  "`run.finished`: `state`, `error`.",
  "`task.started`: `try`, `resumed`, `hook`.",
  "`task.retrying`: `try`, `resumeAtMs`, `error`, `hook`.",
  "`task.deferred`: `resumeAtMs`, `childRun`, `approval`, `hook`.",
  "`task.expanded`: `items`.",
  "`task.finished`: `state`, `ms`, `cached`, `attempts`, `items`, `reusedFrom`, `marked`, `arm`, `error`.",
  "`hook.finished`: `hook`, `state`, `ms`, `error`.",
  "`data.reported`: `kind`, `asset`, `check`, `passed`, `severity`.",
  "Others: null. An `error` has `code`, `name` and the first words of its `message`.",
].join(" ");

export const EventView = z
  .object({
    seq: Whole.describe("Its place among the events of all runs: later ones have larger ones, with gaps."),
    run: z.string(),
    flow: z.string().nullable().describe("Null where the run is forgotten."),
    at: Instant,
    type: EventTypeSchema,
    task: z.string().nullable().describe("Null for events of the run as a whole."),
    node: z
      .int()
      .nullable()
      .describe("The place of the task in its flow's graph; null for events of the run as a whole."),
    item: z.string().describe("Which item of a map, as in a task run; empty outside of maps."),
    attempt: Whole.nullable().describe("The `id` of the attempt, as its log is asked for; null where there is none."),
    data: Json.describe(EVENT_DATA),
    made: RunView.optional().describe(
      "Of `run.queued`, in the stream only: the run as it was made, so that a list can show it without asking. Left out where it is large, and where the run is forgotten.",
    ),
  })
  .meta({ id: "Event" });

export const WaitingView = z
  .object({ task: z.string(), state: z.string(), reason: z.string().describe("One sentence.") })
  .meta({ id: "Waiting" });

export const LogLevelSchema = z.enum(["debug", "info", "warn", "error"]);

export const LogLineView = z
  .object({
    number: Whole.describe("From 0."),
    at: Instant,
    level: LogLevelSchema,
    source: z.enum(["logger", "console", "stdout", "stderr", "system"]),
    text: z.string(),
    data: Json.optional().describe("Fields that were given to the logger."),
    cut: Whole.optional().describe("With `clip`: how many characters of its text and its fields are left out."),
  })
  .meta({ id: "LogLine" });

export const LogWindow = z
  .object({
    from: Whole.describe("The number of the first line; with `level`, how many lines of the level are before it."),
    lines: z.array(LogLineView),
    ended: z
      .boolean()
      .describe(
        "Whether the log is closed and `lines` reach its end. Also true as long as nothing was written at all: `writing` tells whether more may come.",
      ),
    count: Whole.describe("How many lines there are by now; with `level`, of those that are loud enough."),
    total: Whole.describe("How many lines there are by now, of all levels."),
    writing: z.boolean().describe("Whether more may come: the attempt has not ended."),
  })
  .meta({ id: "LogWindow" });

export const LogSummary = z
  .object({
    total: Whole,
    writing: z.boolean().describe("Whether more may come: the attempt has not ended."),
    levels: z.object({ debug: Whole, info: Whole, warn: Whole, error: Whole }).describe("How many lines of each."),
    lastError: Whole.nullable().describe("The number of the last line that is an error."),
  })
  .meta({ id: "LogSummary", description: "What there is in an attempt's log." });

export const StartRun = z
  .strictObject({
    params: z
      .record(z.string(), z.unknown())
      .default({})
      .describe(
        "Checked by the flow's own schema (`params` of getFlow), which also decides about names that it does not know: it may refuse them, keep them or leave them out without a word.",
      ),
    window: GivenWindow.nullable()
      .default(null)
      .describe("Defaults to the newest complete one of the flow's schedule."),
    slice: Slice.optional().describe("Of a partitioned flow. Defaults to the newest complete key."),
    version: Name.nullable().default(null).describe("Defaults to the active version."),
    selection: z
      .strictObject({ kind: z.enum(["only", "from"]), nodes: z.array(Name).min(1).max(10_000) })
      .nullable()
      .default(null)
      .describe("Only these tasks, or these and all after them. Defaults to all."),
    class: z.enum(["live", "backfill"]).optional().describe("Defaults to live."),
  })
  .meta({ id: "StartRun" });

export const Rerun = z
  .strictObject({
    what: z
      .enum(["all", "failed", "tasks"])
      .default("failed")
      .describe(
        "`all`: every task. `failed`: what did not succeed, and what comes after it; the rest is reused. `tasks`: those named in `tasks`; the rest is reused.",
      ),
    tasks: z
      .array(Name)
      .max(10_000)
      .default([])
      .describe(
        "With `tasks`: which. Tasks, groups by their prefix, and items of maps: `airport[3]`, or `airport[3]/load`.",
      ),
    downstream: z.boolean().default(true).describe("With `tasks`: those after them too."),
    version: Name.nullable().default("same").describe("`same`, a version, or null for the active one."),
  })
  .meta({ id: "Rerun" });

export const MarkTasks = z
  .strictObject({
    tasks: z
      .array(Name)
      .min(1)
      .max(10_000)
      .describe("Tasks, groups by their prefix, and items of maps: `airport[3]`, or `airport[3]/load`."),
    as: MarkStateSchema,
    reason: z.string().max(1_000).nullable().default(null),
  })
  .meta({ id: "MarkTasks" });

const PlannedTaskView = z.object({
  task: z.string(),
  kind: z.enum(["task", "map", "branch"]),
  does: z
    .enum(["run", "reuse", "mark", "leave_out"])
    .describe(
      "`run`: it is decided anew, and runs if its trigger rule says so. `reuse`: it stays as it ended. `mark`: it counts as it is marked. `leave_out`: it has no part in the run.",
    ),
  before: TaskRunView.shape.state.nullable().describe("How it ended in the run that is repeated."),
  reusedFrom: z.string().nullable(),
  items: z
    .object({ run: Whole, keep: Whole, mark: Whole })
    .nullable()
    .describe("Of a map of which items are kept: how many run again, how many are kept, how many are marked."),
  lacks: z.array(z.string()).describe("Marked tasks whose output it reads. They gave none: it is given `undefined`."),
});

export const RepeatPlanView = z
  .object({
    flow: z.string(),
    version: z.object({
      id: z.string(),
      isSame: z.boolean().describe("Whether it is that of the run that is repeated."),
      codeChanged: z.boolean().describe("Whether the flow's code is another."),
      added: z.array(z.string()),
      removed: z.array(z.string()),
      changed: z
        .array(z.string())
        .describe("Tasks that wait for something else, are given something else, or have other policies."),
    }),
    counts: z.object({ run: Whole, reuse: Whole, mark: Whole, leave_out: Whole }).describe("Of all tasks."),
    tasks: z
      .array(PlannedTaskView)
      .describe("What is marked, what runs, what is kept and what is left out, in this order; at most 2,000."),
  })
  .meta({ id: "RepeatPlan", description: "What a rerun or a mark would do." });

export const DecideApproval = z
  .strictObject({
    decision: z.enum(["approved", "rejected"]),
    task: Name.optional().describe("Needed where several tasks of the run wait."),
    comment: z.string().max(10_000).nullable().default(null),
  })
  .meta({ id: "DecideApproval" });

export const RunRef = z.object({ run: z.string() }).meta({ id: "RunRef" });
