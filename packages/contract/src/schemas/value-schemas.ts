import type { ErrorInfo as CoreErrorInfo } from "@millrace/core";
import { z } from "zod";

/** An instant as text: `2026-01-31T06:00:00.000Z`. */
export const Instant = z.iso.datetime().describe("An instant, ISO 8601 in UTC.");
export const MaybeInstant = Instant.nullable();
/** What somebody sends may have another offset than ours. */
export const GivenInstant = z.iso.datetime({ offset: true }).describe("An instant, ISO 8601 with its offset.");

export const Window = z
  .object({ start: Instant, end: Instant })
  .describe("The data interval that a run covers: from `start` on, and before `end`.");

export const GivenWindow = z.strictObject({ start: GivenInstant, end: GivenInstant });

/** Names, ids and keys: text that is no document. */
export const Name = z.string().min(1).max(512);

export const Json = z.unknown().describe("Any JSON value.");

export const ErrorInfo: z.ZodType<CoreErrorInfo> = z
  .object({
    code: z.string().nullable().describe("A code of Millrace; null for an error of a task's own code."),
    name: z.string(),
    message: z.string(),
    stack: z.string().nullable(),
    frame: z.string().nullable().describe("The source line that it came from, ready to print."),
    cause: z.lazy(() => ErrorInfo.nullable()),
    hint: z.string().nullable().describe("What to try."),
  })
  .meta({ id: "ErrorInfo" });

export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().describe("What is refused, as a code that stays."),
    detail: z.string().describe("What is wrong, and where."),
    hint: z.string().optional().describe("What to do."),
    errors: z
      .array(z.object({ path: z.array(z.union([z.string(), z.number()])), message: z.string() }))
      .optional()
      .describe(
        "Each place that does not fit, from the outside in. Of `INVALID_REQUEST` it begins with `path`, `query` or `body`; of `INVALID_PARAMS` with the name of a parameter, and no part at all is all of them.",
      ),
  })
  .meta({ id: "Problem", description: "What is wrong with a request (RFC 9457)." });

/** A count, a place or a duration of an answer. */
export const Whole = z.int().min(0);

/** The largest `seq` when an answer was made: who follows the events after it misses nothing. */
export const Seq = Whole.describe("Follow events after this one, and nothing is missed since this answer was made.");

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 1_000;

/** What each list takes. */
export const PageQuery = z.strictObject({
  limit: z.coerce.number<number | string>().int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT),
  cursor: z.string().max(512).optional().describe("`next` of the page before."),
});

/** A page of a list. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next: z
      .string()
      .nullable()
      .describe(
        "The cursor of the next page, or null at the end. Always null where the route takes no `cursor`: then this is all.",
      ),
  });
}

/** A value of a query that may be given several times. */
export function several<Value extends z.ZodType>(value: Value) {
  return z.union([z.array(value), value.transform((one) => [one])]) as z.ZodType<
    z.output<Value>[],
    z.input<Value> | z.input<Value>[]
  >;
}

/** A whole number in a query. */
export const Count = z.coerce.number<number | string>().int().min(0).max(Number.MAX_SAFE_INTEGER);

export const Slice = z
  .discriminatedUnion("kind", [
    z.object({ kind: z.literal("key"), key: z.string() }),
    z.object({ kind: z.literal("keys"), keys: z.array(z.string()) }),
    z.object({ kind: z.literal("range"), from: z.string(), to: z.string() }),
  ])
  .meta({ id: "Slice", description: "What a run covers of a partitioned flow. A range has both its ends." });
