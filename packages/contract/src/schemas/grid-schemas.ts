import { z } from "zod";
import { RunStateSchema, RunView } from "./run-schemas.ts";
import { Instant, MaybeInstant, Seq } from "./value-schemas.ts";

export const FlowRuns = z
  .object({
    flow: z.string(),
    runs: z
      .array(
        z.object({
          id: z.string(),
          state: RunStateSchema,
          createdAt: Instant,
          startedAt: MaybeInstant,
          endedAt: MaybeInstant,
        }),
      )
      .describe("The newest 12, the newest first."),
    succeeded: z
      .number()
      .nullable()
      .describe("Of the newest 30 the share that succeeded, from 0 to 1, without those that were cancelled or go on."),
    medianMs: z
      .number()
      .nullable()
      .describe(
        "How long those of the newest 30 took that succeeded, without reruns and runs of chosen tasks: half of them took less. In milliseconds.",
      ),
  })
  .meta({ id: "FlowRuns" });

export const FlowGrid = z
  .object({
    tasks: z.array(z.string()).describe("The tasks of the active version, in the order of the letters."),
    runs: z
      .array(
        z.object({
          id: z.string(),
          state: RunStateSchema,
          slice: RunView.shape.slice,
          createdAt: Instant,
          startedAt: MaybeInstant,
          endedAt: MaybeInstant,
          cells: z
            .string()
            .describe(
              "A letter for each task: `s` success, `f` failed, `u` upstream failed, `r` running, `w` waits for a retry, `d` deferred, `a` awaits input, `q` queued, `y` ready, `p` pending, `k` skipped, `c` cancelled, `.` not begun. Of a task with many items, the one that needs somebody most.",
            ),
        }),
      )
      .describe("The newest first."),
    seq: Seq,
  })
  .meta({ id: "FlowGrid" });
