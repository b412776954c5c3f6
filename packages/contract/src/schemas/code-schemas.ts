import { z } from "zod";
import { RunStateSchema } from "./run-schemas.ts";
import { Instant, MaybeInstant, Name, PageQuery, pageOf, Slice, Whole, Window } from "./value-schemas.ts";

const Place = z.object({ file: z.string(), line: Whole.describe("From 1.") });
const Day = z.iso.date().describe("A day on the clock of the flow's zone.");

const FlowVersion = z
  .object({
    version: z.string(),
    createdAt: Instant,
    isActive: z.boolean(),
    changed: z.boolean().describe("Whether the flow's code, or a file that it imports, is another than before it."),
    runs: z
      .object({
        count: Whole.describe("Counted up to 1000."),
        newest: z.string().nullable().describe("The id of the newest run."),
      })
      .describe("Of this flow with this version."),
  })
  .meta({ id: "FlowVersion" });

const FlowCode = z
  .object({
    version: z.string(),
    createdAt: Instant,
    isActive: z.boolean(),
    isKept: z.boolean().describe("False where the version was made before sources were kept."),
    files: z
      .array(
        z.object({
          path: z.string(),
          bytes: Whole,
          role: z.enum(["flow", "import", "named"]).describe("`named`: a task or schedule names it."),
          leftOut: z
            .enum(["too_large", "too_many", "binary", "secret"])
            .nullable()
            .describe("Why its text is not kept; null where it is."),
        }),
      )
      .describe("The flow's own file first."),
    flow: Place.nullable(),
    tasks: z.array(
      z.object({
        id: z.string(),
        kind: z.string(),
        declared: Place.nullable().describe("Where the task is written, as far as can be told from its name."),
        placed: Place.nullable().describe("Where it is called in the flow."),
      }),
    ),
    schedules: z.array(z.object({ name: z.string(), text: z.string(), place: Place.nullable() })),
  })
  .meta({ id: "FlowCode" });

const Names = z.object({ added: z.array(z.string()), removed: z.array(z.string()), changed: z.array(z.string()) });

const FlowChanges = z
  .object({
    version: z.string(),
    against: z.string(),
    isKept: z.boolean().describe("Whether the files of both versions are known."),
    files: z.array(z.object({ path: z.string(), change: z.enum(["added", "removed", "changed"]) })),
    tasks: Names,
    schedules: Names.omit({ changed: true }).extend({
      changed: z.array(z.object({ name: z.string(), from: z.string(), to: z.string() })).describe("In words."),
    }),
    triggers: Names,
    parts: z.array(z.string()).describe("Parts of the flow itself: `params`, `policies` …"),
  })
  .meta({ id: "FlowChanges" });

const CalendarDay = z
  .object({
    day: Day,
    success: Whole,
    failed: Whole,
    cancelled: Whole,
    unfinished: Whole.describe("Queued or running."),
    missing: Whole.describe("Windows or keys that are over and that no run covers."),
    planned: Whole.describe("Runs that schedules will make for this day."),
    runs: Whole.describe("All that were made, with those that a later one took the place of."),
    keys: z
      .object({ first: z.string(), last: z.string() })
      .nullable()
      .describe("Of a flow whose partitions are times: those that start on this day."),
  })
  .meta({ id: "CalendarDay" });

const FlowCalendar = z
  .object({
    by: z.enum(["window", "made"]).describe("Days are those on which windows start, or on which runs were made."),
    timeZone: z.string(),
    from: Day,
    to: Day.describe("The last day."),
    today: Day,
    knowsMissing: z.boolean().describe("Whether it is known what there should be."),
    isPaused: z.boolean().describe("Whether a schedule is paused: it plans nothing."),
    days: z.array(CalendarDay).describe("Those on which there is something, in order."),
  })
  .meta({ id: "FlowCalendar" });

const DayRun = z.object({
  id: z.string(),
  state: RunStateSchema,
  window: Window,
  slice: Slice.nullable(),
  createdAt: Instant,
  endedAt: MaybeInstant,
});

const FlowDay = z
  .object({
    day: Day,
    runs: z.array(DayRun).describe("The newest first, at most 500."),
    missing: z.array(z.object({ key: z.string(), window: Window })).describe("At most 500."),
    planned: z.array(Instant).describe("When schedules will make the runs of this day, at most 500."),
  })
  .meta({ id: "FlowDay" });

const BuildError = z
  .object({
    severity: z.enum(["error", "warning"]),
    code: z.string(),
    message: z.string(),
    file: z.string().nullable(),
    line: Whole.nullable(),
    column: Whole.nullable(),
    frame: z.string().nullable().describe("The line with those around it, ready to print."),
    hint: z.string().nullable(),
    flows: z.array(z.string()).describe("Flows of the active version that are made of this file."),
  })
  .meta({ id: "BuildError" });

const MaybeMs = Whole.nullable().describe("In milliseconds; null where there is no limit.");

const FlowPolicies = z
  .object({
    flow: z.object({
      concurrency: Whole.nullable().describe("How many runs at once; null for any number."),
      concurrencyKeyed: z.boolean().describe("Whether the limit holds for each key that the parameters give."),
      maxActiveRuns: Whole.describe("How many runs of its schedules may be unfinished."),
      overlap: z.enum(["queue", "skip", "cancel_running"]).describe("What becomes of a tick when there are as many."),
      dependsOnPast: z.boolean(),
      timeoutMs: MaybeMs,
      deadline: z
        .object({ startMs: MaybeMs, endMs: MaybeMs })
        .nullable()
        .describe("By when a run should have begun and ended, from its tick on."),
      pauseAfterFailures: Whole.nullable().describe("So many failed runs in a row pause its schedule."),
      priority: z.int(),
      hooks: z.array(z.string()),
      secrets: z.array(z.string()),
    }),
    tasks: z.array(
      z.object({
        id: z.string(),
        retries: Whole,
        retryMs: Whole.describe("Before the first retry."),
        timeoutMs: MaybeMs,
        totalTimeoutMs: MaybeMs,
        pools: z.array(z.object({ pool: z.string(), slots: Whole })),
        concurrency: Whole.nullable(),
        rate: z.object({ limit: Whole, perMs: Whole }).nullable(),
        isCached: z.boolean(),
        priority: z.int(),
        workers: z.record(z.string(), z.string()).nullable().describe("Labels that a worker must have."),
      }),
    ),
  })
  .meta({ id: "FlowPolicies" });

const ofFlow = { params: z.strictObject({ flow: Name }), query: z.strictObject({}), body: null } as const;
const version = Name.optional().describe("Defaults to the active version.");

export const CODE_SCHEMAS = {
  listFlowVersions: { ...ofFlow, query: PageQuery, response: pageOf(FlowVersion) },
  getFlowCode: { ...ofFlow, query: z.strictObject({ version }), response: FlowCode },
  readFlowFile: {
    ...ofFlow,
    query: z.strictObject({ version, path: z.string().min(1).max(4_096).describe("As getFlowCode names it.") }),
    response: z.object({ path: z.string(), text: z.string() }),
  },
  diffFlowCode: {
    ...ofFlow,
    query: z.strictObject({ version, against: Name.describe("The earlier version.") }),
    response: FlowChanges,
  },
  getFlowPolicies: { ...ofFlow, query: z.strictObject({ version }), response: FlowPolicies },
  getFlowCalendar: {
    ...ofFlow,
    query: z.strictObject({
      from: Day.optional().describe("Defaults to eleven months before the month of today."),
      to: Day.optional().describe("The last day. Defaults to the end of next month. At most 800 days."),
    }),
    response: FlowCalendar,
  },
  getFlowDay: { ...ofFlow, params: z.strictObject({ flow: Name, day: Day }), response: FlowDay },
  listBuildErrors: {
    params: z.strictObject({}),
    query: z.strictObject({}),
    body: null,
    response: pageOf(BuildError),
  },
} as const;
