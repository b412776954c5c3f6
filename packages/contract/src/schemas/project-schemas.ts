import { z } from "zod";
import { Instant, Name, Whole } from "./value-schemas.ts";

export const Well = z.object({ ok: z.boolean() });

export const ProjectView = z
  .object({
    millrace: z.string().describe("The version of Millrace that answers."),
    activeVersion: z.string().nullable().describe("The version that new runs are pinned to."),
    flows: Whole.describe("How many flows the active version has."),
    leader: z
      .object({ holder: z.string(), since: Instant, epoch: Whole })
      .nullable()
      .describe("Who does the work; null while nobody does."),
    seq: Whole.describe("The `seq` of the newest event."),
  })
  .meta({ id: "Project" });

const RunningView = z
  .object({ run: z.string(), flow: z.string(), task: z.string(), since: Instant })
  .meta({ id: "Running", description: "An attempt that runs now." });

export const ServerView = z
  .object({
    id: z.string(),
    kind: z.enum(["server", "command"]),
    host: z.string(),
    pid: Whole,
    role: z.enum(["leading", "standing_by", "handing_over"]),
    startedAt: Instant,
    silentMs: Whole.describe(
      "Since its last sign of life, in milliseconds. One that has nothing to do may give none for minutes: `isThere` says whether it lives.",
    ),
    isThere: z.boolean().describe("Whether the process is there, as far as can be seen from here."),
    running: z.array(RunningView).nullable().describe("What it runs itself; null where the server does not lead."),
  })
  .meta({ id: "Server" });

export const WorkerView = z
  .object({
    id: z.string(),
    name: z.string().describe("For people; several may have the same."),
    host: z.string(),
    pid: Whole,
    version: z.string().describe("Of Millrace, there."),
    labels: z.record(z.string(), z.string()),
    slots: Whole.describe("Attempts that it takes at once; 0 while it drains, or is about to leave."),
    server: z.string().describe("The server that it is connected to."),
    connectedAt: Instant,
    isAway: z.boolean().describe("Its connection is gone, and it is waited for."),
    silentMs: Whole.nullable().describe("Since it was heard last; null where the server that is asked does not lead."),
    running: z.array(RunningView).nullable().describe("What it runs now; null where the server does not lead."),
  })
  .meta({ id: "Worker" });

export const DrainWorker = z
  .strictObject({ drain: z.boolean().describe("False: it takes as much as before again.") })
  .meta({ id: "DrainWorker" });

const SlotUse = z
  .object({
    run: z.string(),
    flow: z.string(),
    task: z.string().describe("As people write it: `airport[3]/load`."),
    slots: Whole,
    class: z.enum(["live", "backfill"]),
    priority: z.int(),
    since: Instant,
    reason: z.string().nullable().describe("Why it waits, in a sentence; null of one that holds slots."),
  })
  .meta({ id: "SlotUse" });

export const PoolView = z
  .object({
    name: z.string(),
    slots: Whole,
    used: Whole,
    description: z.string().nullable(),
    source: z.enum(["set", "config", "claimed"]),
    rate: z
      .object({ limit: z.number(), perMs: z.number(), burst: z.number() })
      .nullable()
      .describe("So many starts within so many milliseconds, and so many at once after a pause."),
    usedBy: z
      .array(z.object({ flow: z.string(), tasks: z.array(z.string()) }))
      .describe("The flows of the active version whose tasks take its slots, and which tasks."),
    holders: z.array(SlotUse),
    waiting: Whole.describe("How many wait in all."),
    waiters: z.array(SlotUse).describe("The first in line first."),
  })
  .meta({ id: "Pool" });

export const SetPool = z
  .strictObject({
    slots: z.int().min(0).max(1_000_000_000).describe("0: nothing that needs the pool starts."),
    description: z.string().max(1_000).nullable().default(null),
  })
  .meta({ id: "SetPool" });

const Ms = z.int().min(0).nullable();

export const Prune = z
  .strictObject({
    flow: Name.nullable().default(null).describe("Only runs of this flow. Defaults to all."),
    rule: z
      .strictObject({
        maxAgeMs: Ms.default(null).describe("Runs that ended longer ago may go."),
        maxRuns: Ms.default(null).describe("The newest so many runs of a flow stay."),
        keepFailedMs: Ms.default(null).describe("What failed or was cancelled stays at least so long."),
      })
      .nullable()
      .default(null)
      .describe("Defaults to the project's own retention."),
  })
  .meta({ id: "Prune" });

export const Pruned = z.object({ families: Whole, runs: Whole }).meta({ id: "Pruned" });
