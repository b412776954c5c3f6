import { z } from "zod";
import { Instant, Json, MaybeInstant, Whole, Window } from "./value-schemas.ts";

export const FlowSummary = z
  .object({
    name: z.string(),
    description: z.string().nullable(),
    owner: z.string().nullable(),
    tags: z.array(z.string()),
    tasks: Whole,
    schedules: z.array(z.object({ name: z.string(), text: z.string().describe("In words.") })),
    triggers: z.array(z.object({ name: z.string(), kind: z.string() })),
    partitioned: z.boolean(),
    timeZone: z
      .string()
      .nullable()
      .describe(
        "The zone that it reckons in: of its partitions, else of its first schedule; null where it has neither.",
      ),
  })
  .meta({ id: "FlowSummary" });

const Node = z
  .object({
    id: z.string(),
    kind: z.enum(["task", "map", "branch"]),
    taskKind: z.string().nullable().describe("Of a task: `function`, `shell`, `sql` …"),
    upstream: z.array(z.string()).describe("What it waits for."),
    map: z.string().nullable().describe("The map in whose body it stands."),
    arm: z.object({ branch: z.string(), name: z.string() }).nullable(),
    triggerRule: z.string(),
    description: z.string().nullable(),
    details: z.record(z.string(), z.string()),
  })
  .meta({ id: "Node" });

export const FlowView = FlowSummary.extend({
  version: z.string(),
  docs: z.string().nullable(),
  place: z.object({ file: z.string(), line: Whole }).nullable(),
  params: Json.describe("JSON Schema of the parameters; null where the flow takes none."),
  partitions: Json.describe("How its data is cut; null where each run covers all of its window."),
  nodes: z.array(Node),
  connections: z.array(z.string()),
}).meta({ id: "Flow" });

export const PartitionView = z
  .object({ key: z.string(), window: Window.nullable().describe("Null for keys that are no times.") })
  .meta({ id: "Partition" });

export const TriggerView = z
  .object({
    flow: z.string(),
    name: z.string(),
    kind: z.enum(["schedule", "webhook", "sensor", "file", "flow_finished"]),
    text: z.string().describe("What it waits for, in words."),
    isFollowed: z.boolean().describe("Whether a server has taken it up."),
    paused: z.object({ at: Instant, by: z.string(), reason: z.string().nullable() }).nullable(),
    nextTick: MaybeInstant.describe("Of a schedule whose ticks are known before they come."),
    waiting: Whole.describe("Events that wait for more of them."),
    failures: Whole.describe("Failed polls in a row; of a schedule that its failures pause, failed runs."),
    last: z
      .lazy(() => TickView)
      .nullable()
      .describe("What became of the last tick or event."),
  })
  .meta({ id: "Trigger" });

export const TickView = z
  .object({
    flow: z.string(),
    trigger: z.string(),
    at: Instant,
    key: z.string(),
    outcome: z.enum(["run", "known", "linked", "gathered", "skipped", "failed", "polled"]),
    run: z.string().nullable(),
    reason: z.string().nullable(),
    log: z.string().nullable(),
    decidedAt: Instant,
  })
  .meta({ id: "Tick" });

export const Pause = z.strictObject({ reason: z.string().max(1_000).nullable().default(null) }).meta({ id: "Pause" });

export const Fire = z
  .strictObject({
    payload: Json.default({}),
    key: z
      .string()
      .min(1)
      .max(256)
      .optional()
      .describe("What makes the event unique. Defaults to the Idempotency-Key."),
  })
  .meta({ id: "Fire" });

export const Fired = z
  .object({ run: z.string().nullable(), outcome: TickView.shape.outcome, reason: z.string().nullable() })
  .meta({ id: "Fired" });

export const Done = z.object({ ok: z.literal(true) }).meta({ id: "Done" });
