import type { Window } from "../attempt/order.ts";
import { MillraceError } from "../errors/millrace-error.ts";
import { hasKeyForm } from "../partitions/check-partitions.ts";
import { readInstantText } from "../partitions/instant-text.ts";
import { type PartitionsAt, partitionsAt } from "../partitions/partitions.ts";
import type { FlowSpec } from "../spec/flow-spec.ts";
import { DAY_MS, parseDay } from "../time/civil.ts";
import type { TimePartitionsSpec } from "../time/partitions-spec.ts";
import { zoneOf } from "../time/zone.ts";
import type { BackfillSelection } from "./backfill.ts";
import { scheduleOf } from "./series-of-flow.ts";

/** The ends of a range as people write them: keys, days, or instants. */
export interface WrittenRange {
  readonly from: string;
  /** Belongs to the range. Null: up to the newest. */
  readonly to: string | null;
  /** Whose windows are meant, where the flow has no partitions and several schedules. */
  readonly schedule: string | null;
}

/**
 * What a range means for a flow: keys where it has such keys, else windows that start from the beginning of one day to the
 * end of another, in the zone of the partitions or the schedule, or from one instant to another with both.
 *
 * @throws MillraceError `UNKNOWN_PARTITION` for a key that is not there, `INVALID_BACKFILL` for what is neither.
 */
export function readSelection(
  flow: FlowSpec,
  { from, to, schedule }: WrittenRange,
  at: PartitionsAt,
): BackfillSelection {
  const { partitions: spec } = flow;
  if (spec === null) return readTimes({ from, to }, scheduleOf(flow, schedule).timeZone, at.nowMs);
  const time = timeIn(spec);
  const isWhole = spec.kind !== "product" || [from, to ?? from].some((text) => text.includes("|"));
  if (time === undefined || isWhole) {
    const isKey = spec.kind !== "time" || hasKeyForm(spec, from) || hasKeyForm(spec, to ?? from);
    if (!isKey) return readTimes({ from, to }, spec.timeZone, at.nowMs);
    const keys = partitionsAt(spec, at);
    return { kind: "keys_between", from, to: to ?? keys.keyAt(Math.max(0, keys.count - 1)) };
  }
  // Of a product, the dimension of time alone, with all that goes with it.
  if (!hasKeyForm(time, from)) return readTimes({ from, to }, time.timeZone, at.nowMs);
  const keys = partitionsAt(time, at);
  const startOf = (key: string): number => (keys.windowAt(keys.placeOf(key)) as Window).startMs;
  return { kind: "range", fromMs: startOf(from), toMs: to === null ? at.nowMs : startOf(to) + 1 };
}

function timeIn(spec: NonNullable<FlowSpec["partitions"]>): TimePartitionsSpec | undefined {
  if (spec.kind === "time") return spec;
  if (spec.kind !== "product") return undefined;
  return spec.dimensions.map(({ partitions }) => partitions).find((each) => each.kind === "time");
}

function readTimes(
  { from, to }: Pick<WrittenRange, "from" | "to">,
  timeZone: string,
  nowMs: number,
): BackfillSelection {
  const fromMs = readTime(from, timeZone).firstMs;
  const toMs = to === null ? nowMs : readTime(to, timeZone).endMs;
  if (fromMs < toMs) return { kind: "range", fromMs, toMs };
  throw new MillraceError("INVALID_BACKFILL", `The range ends before it begins: ${from}, ${to ?? "now"}.`, {
    hint: "The earlier end comes first.",
  });
}

function readTime(text: string, timeZone: string): { readonly firstMs: number; readonly endMs: number } {
  const instant = readInstantText(text);
  if (instant !== undefined) return { firstMs: instant, endMs: instant + 1 };
  const day = parseDay(text);
  if (day === undefined) {
    throw new MillraceError("INVALID_BACKFILL", `"${text}" is no key, no day and no instant.`, {
      hint: "Write a key of the flow's partitions, a day such as 2026-01-31, or an instant such as 2026-01-31T06:00:00Z.",
    });
  }
  const zone = zoneOf(timeZone);
  return { firstMs: zone.toInstant(day * DAY_MS), endMs: zone.toInstant((day + 1) * DAY_MS) };
}
