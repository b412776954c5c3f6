import { z } from "zod";
import { AttemptView, Placed, TaskRunView } from "./run-schemas.ts";
import { Instant, Json, MaybeInstant, Name, Whole } from "./value-schemas.ts";

const ofTask = {
  params: z.strictObject({ run: Name }),
  query: z.strictObject({ task: Name.describe("As people write it: `airport[3]/load`.") }),
  body: null,
} as const;

const Neighbour = z.object({
  task: z.string(),
  state: TaskRunView.shape.state
    .nullable()
    .describe("Null before it begins. Of a map, the item that needs somebody most."),
  isAround: z
    .boolean()
    .describe("The branch or map that the task stands in: it ends with what it holds, and failed because of that."),
});

const TaskInput = z
  .object({
    path: z.string().describe("Where in the input it stands: `orders`, `items.0`; empty for the input as a whole."),
    source: z.enum(["task", "outcomes", "item", "index", "params", "value"]),
    task: z.string().nullable().describe("Of what comes from another task, or from the list of a map: which."),
    field: z.string().describe("Which field of what it gave, of the parameters or of the item; empty for all of it."),
    state: z
      .enum(["given", "later", "large", "unknown"])
      .describe(
        "`given`: `value` is it. `later`: nothing is there yet. `large`: more than is shown. `unknown`: it cannot be told.",
      ),
    value: Json,
    bytes: Whole.nullable().describe("How much is kept of what it is taken from, where that is known."),
  })
  .meta({ id: "TaskInput" });

const TaskDetails = z
  .object({
    ...Placed,
    taskRun: TaskRunView.nullable().describe("Null before it begins."),
    attempts: z.array(AttemptView).describe("Those of its hooks too, in the order in which they were made."),
    kind: z.enum(["task", "map", "branch"]).nullable().describe("Null where the flow's version is removed."),
    taskKind: z.string().nullable(),
    description: z.string().nullable(),
    place: z.object({ file: z.string(), line: Whole }).nullable().describe("Where it is written."),
    details: z.record(z.string(), z.string()),
    retries: z.object({
      limit: Whole,
      left: Whole.describe("Those that have not begun."),
      nextAt: MaybeInstant,
    }),
    pools: z.array(z.string()).describe("Whose slots it takes."),
    upstream: z.array(Neighbour),
    downstream: z.array(Neighbour),
    inputs: z.array(TaskInput),
  })
  .meta({ id: "TaskDetails", description: "A task of a run, and all that belongs to it." });

const TaskTiming = z
  .object({
    task: z.string(),
    items: z
      .array(
        z.object({
          run: z.string(),
          createdAt: Instant,
          state: TaskRunView.shape.state.nullable().describe("Null where it did not begin."),
          tries: Whole,
          waitedMs: Whole.nullable().describe("From when it was ready until it began."),
          tookMs: Whole.nullable().describe("From its first beginning to its end, waits between retries included."),
          isReused: z.boolean().describe("It did no work: taken from a cache, or kept from an earlier run."),
        }),
      )
      .describe("This run and those of the flow before it, the newest first."),
  })
  .meta({ id: "TaskTiming" });

export const TASK_SCHEMAS = {
  getTask: { ...ofTask, response: TaskDetails },
  getTaskTiming: {
    ...ofTask,
    query: ofTask.query.extend({
      limit: z.coerce.number<number | string>().int().min(1).max(200).default(50).describe("How many runs."),
    }),
    response: TaskTiming,
  },
} as const;
