import { MAX_AT_ONCE } from "@millrace/core";
import { z } from "zod";
import { RepeatPlanView, RunStateSchema } from "./run-schemas.ts";
import { GivenInstant, Instant, MaybeInstant, Name, Slice, Whole, Window } from "./value-schemas.ts";

export const BackfillStateSchema = z.enum(["running", "paused", "cancelling", "success", "failed", "cancelled"]);

const Selection = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("range"), from: GivenInstant, to: GivenInstant }),
    z.strictObject({ kind: z.literal("keys_between"), from: Name, to: Name }),
    z.strictObject({ kind: z.literal("keys"), keys: z.array(Name).min(1).max(100_000) }),
  ])
  .meta({ id: "BackfillSelection", description: "Windows that start within a range, or keys of partitions." });

export const BackfillAsk = z
  .strictObject({
    flow: Name,
    schedule: Name.nullable().default(null).describe("Whose windows are meant, where a flow has several."),
    selection: Selection,
    reprocess: z.enum(["none", "failed", "completed"]).default("none"),
    order: z.enum(["oldest", "newest"]).default("oldest"),
    maxActiveRuns: z.int().min(1).max(MAX_AT_ONCE).nullable().default(null).describe("Defaults to the flow's own."),
    runPer: z
      .discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("partition") }),
        z.strictObject({ kind: z.literal("count"), count: z.int().min(1) }),
        z.strictObject({ kind: z.literal("range") }),
      ])
      .default({ kind: "partition" }),
    limit: z.int().min(1).nullable().default(null),
    params: z.record(z.string(), z.unknown()).default({}),
    version: Name.nullable().default(null),
  })
  .meta({ id: "BackfillAsk" });

export const BackfillView = z
  .object({
    id: z.string(),
    flow: z.string(),
    state: BackfillStateSchema,
    actor: z.string(),
    createdAt: Instant,
    endedAt: MaybeInstant,
    version: z.string(),
    window: Window,
    runs: Whole.describe("Runs in its plan."),
    atOnce: Whole.describe("Of its runs, so many are under way at once at most."),
    chained: z.boolean().describe("Its runs depend on each other, and are made one by one."),
    made: Whole,
    succeeded: Whole,
    failed: Whole,
    cancelled: Whole,
    reason: z.string().nullable(),
  })
  .meta({ id: "Backfill" });

export const BackfillRunView = z
  .object({
    run: z.string(),
    rootRun: z.string(),
    state: RunStateSchema,
    slice: Slice.nullable(),
    window: Window,
    createdAt: Instant,
    endedAt: MaybeInstant,
  })
  .meta({ id: "BackfillRun" });

export const BackfillPlanView = z
  .object({
    flow: z.string(),
    runs: Whole,
    windows: Whole.describe("Windows or keys that were asked for."),
    window: Window,
    left: z.object({ exists: Whole, inFlight: Whole }).describe("Left out: run before, or under way."),
    pieces: z
      .array(z.object({ from: z.string(), to: z.string(), count: Whole, size: Whole }))
      .describe("The first thousand pieces of keys or windows that follow each other, of which each run takes `size`."),
    existing: z
      .array(
        z.object({
          name: z.string().describe("A key, or the instant of a tick."),
          run: z.string().describe("The newest run of it."),
          state: RunStateSchema,
          again: z.boolean().describe("Whether it is run again, or left out."),
        }),
      )
      .describe("What of it ran before: the newest five hundred."),
    again: Whole.describe("How many that ran before are run again."),
    chained: z
      .boolean()
      .describe("The flow depends on the past: its runs are made one by one, and one that fails pauses the backfill."),
    estimateMs: Whole.nullable().describe("How long it may take, from runs of the past."),
  })
  .meta({ id: "BackfillPlan" });

export const SetBackfill = z
  .strictObject({
    maxActiveRuns: z.int().min(1).max(MAX_AT_ONCE).describe("So many of its runs are under way at once at most."),
  })
  .meta({ id: "SetBackfill" });

export const BackfillRetryPlanView = z
  .object({
    version: z.object({
      id: z.string(),
      isSame: z.boolean().describe("Whether it is the one that the backfill went on with until now."),
    }),
    state: z.enum(["running", "paused"]).describe("`paused`: it stays so, and goes on when it is resumed."),
    atOnce: Whole,
    repeated: Whole.describe("Runs that did not succeed, of which what failed is run again."),
    toCome: Whole.describe("Runs that were never made, and are."),
    tasks: z
      .array(z.object({ task: z.string(), runs: Whole }))
      .describe("Of the runs that are named: what runs again, and in how many of them."),
    runs: z
      .array(
        z.object({
          run: z.string(),
          state: RunStateSchema,
          slice: Slice.nullable(),
          window: Window,
          counts: RepeatPlanView.shape.counts.nullable(),
          refused: z.string().nullable().describe("Why it would stay as it is."),
        }),
      )
      .describe("The first fifty, in the order in which they are repeated."),
  })
  .meta({ id: "BackfillRetryPlan", description: "What retrying a backfill would do." });

export const BackfillRef = z.object({ backfill: z.string() }).meta({ id: "BackfillRef" });
