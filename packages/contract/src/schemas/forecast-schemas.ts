import { z } from "zod";
import { GivenInstant, Instant, Json, MaybeInstant, Name, Whole, Window } from "./value-schemas.ts";

const TickNote = z
  .discriminatedUnion("kind", [
    z.object({ kind: z.literal("shown_twice"), which: z.enum(["first", "second"]) }),
    z.object({ kind: z.literal("never_shown"), meant: z.string().describe("The time of day that is meant: `02:30`.") }),
    z.object({ kind: z.literal("clock_set"), byMs: z.int().describe("Forward where it is more than 0.") }),
    z.object({ kind: z.literal("left_out"), roll: z.enum(["skip", "next", "previous"]) }),
  ])
  .meta({
    id: "TickNote",
    description: "What one would wonder about: the clock is set, or the calendar leaves a day out.",
  });

const Forecast = z
  .object({
    text: z.string().describe("In words."),
    timeZone: z.string().nullable(),
    place: z.object({ file: z.string(), line: Whole }).nullable().describe("Where it stands in the code."),
    params: Json.describe("What its runs are given; null for nothing of its own."),
    catchup: z.string().nullable().describe("What is done about missed ticks, in words."),
    ticks: z
      .array(
        z.object({
          at: Instant,
          window: Window.nullable().describe(
            "What its run would cover. Null: its day is left out, and there is no tick.",
          ),
          notes: z.array(TickNote),
        }),
      )
      .nullable()
      .describe("Null where the calendar does not tell them: of `continuous` schedules, and of what is no schedule."),
    why: z.string().nullable().describe("Why it makes no runs now; null where it does."),
    missed: z
      .object({
        count: Whole.describe("Ticks since it was paused, no more than 1,000."),
        makes: Whole.describe("How many of them resuming it would make runs of, no more than 1,000."),
        first: MaybeInstant.describe("Of those, the earliest."),
        last: MaybeInstant,
      })
      .nullable()
      .describe("Of a schedule that is paused; null for any other."),
  })
  .meta({ id: "Forecast" });

const Tried = z
  .object({
    outcome: z.enum(["events", "nothing", "failed"]),
    message: z.string().nullable().describe("Why there is nothing, or what went wrong."),
    log: z.string().nullable(),
    cursor: Json.describe("What the poll would hand over for the next one."),
    events: z.array(
      z.object({
        key: z.string().nullable().describe("What makes it unique; null where that is up to whoever sends it."),
        payload: Json,
        params: Json.describe("What the flow would be run with; null where it would not be."),
        problem: z.string().nullable().describe("Why it would make no run."),
        isKnown: z.boolean().describe("Whether there is a run of its key already."),
      }),
    ),
  })
  .meta({ id: "Tried" });

const ofTrigger = z.strictObject({ flow: Name, trigger: Name });

export const FORECAST_SCHEMAS = {
  forecastTrigger: {
    params: ofTrigger,
    query: z.strictObject({
      from: GivenInstant.optional().describe("Defaults to now."),
      count: z.coerce.number<number | string>().int().min(1).max(200).default(10).describe("How many ticks."),
      timeZone: z
        .string()
        .min(1)
        .max(64)
        .optional()
        .describe("As if the schedule were of this zone. Defaults to its own."),
    }),
    body: null,
    response: Forecast,
  },
  tryTrigger: {
    params: ofTrigger,
    query: z.strictObject({}),
    body: z.strictObject({ payload: Json.default({}).describe("Of a sensor there is none: it is polled.") }),
    response: Tried,
  },
} as const;
