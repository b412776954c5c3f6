import { z } from "zod";
import { RunView } from "./run-schemas.ts";
import { Instant, Json, MaybeInstant, PageQuery, pageOf } from "./value-schemas.ts";

const DecisionView = z
  .object({
    decision: z.enum(["approved", "rejected", "expired"]).describe("`expired`: nobody decided, and the task failed."),
    by: z.string().nullable().describe("Null where the deadline decided."),
    comment: z.string().nullable(),
    at: Instant,
  })
  .meta({ id: "Decision" });

const ApprovalView = z
  .object({
    run: z.string(),
    flow: z.string(),
    task: z.string().describe("As people write it: `airport[3]/load`."),
    node: z.int(),
    item: z.string(),
    message: z.string().describe("What is to be decided."),
    askedAt: MaybeInstant,
    deadline: MaybeInstant,
    onDeadline: z.enum(["approved", "rejected", "fail"]).describe("What counts when nobody has decided by then."),
    params: Json.describe("Of the run."),
    window: RunView.shape.window,
    slice: RunView.shape.slice,
    upstream: z
      .array(z.object({ task: z.string(), node: z.int(), item: z.string() }))
      .describe("The tasks whose outputs it takes, or that it waited for: `getOutput` reads what they gave."),
    deciders: z
      .array(z.string())
      .nullable()
      .describe("The users who may decide; null where the project has no users, and asks nobody."),
    decision: DecisionView.nullable().describe("Null while it waits."),
  })
  .meta({ id: "Approval" });

export const APPROVAL_SCHEMAS = {
  listApprovals: {
    params: z.strictObject({}),
    query: PageQuery.extend({
      which: z.enum(["waiting", "decided"]).default("waiting").describe("`decided`: by people and by deadlines."),
    }),
    body: null,
    response: pageOf(ApprovalView),
  },
} as const;
