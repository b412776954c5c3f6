import { z } from "zod";
import { Instant, Seq, Whole } from "./value-schemas.ts";

const Counts = z
  .object({
    success: Whole,
    failed: Whole,
    cancelled: Whole,
    active: Whole.describe("Queued or running."),
  })
  .meta({ id: "RunCounts" });

export const RunCountsView = z
  .object({
    from: Instant.describe("Runs made from here on are counted: the beginning of a stretch."),
    stretchMs: Whole.describe("How long a stretch is, in milliseconds."),
    total: Counts,
    flows: Whole.describe("How many flows had runs, also those that are not listed."),
    items: z
      .array(
        z.object({
          flow: z.string(),
          total: Counts,
          stretches: z
            .array(
              Counts.extend({
                at: Instant.describe("Where the stretch begins."),
                run: z.string().describe("The newest of them that failed; else that goes on; else the newest."),
              }),
            )
            .describe("Those in which runs were made, the oldest first."),
        }),
      )
      .describe("Flows with failures first, then those with most runs."),
    seq: Seq,
  })
  .meta({ id: "RunCountsOfFlows" });

export const RunProgress = z
  .object({
    run: z.string(),
    flow: z.string(),
    done: Whole.describe("How many of its tasks are over, however they ended. A mapped task is one."),
    tasks: Whole.describe("How many tasks take part."),
  })
  .meta({ id: "RunProgress" });
