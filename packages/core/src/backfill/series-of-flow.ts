import type { Window } from "../attempt/order.ts";
import { MillraceError } from "../errors/millrace-error.ts";
import { type PartitionsAt, partitionsAt } from "../partitions/partitions.ts";
import type { FlowSpec } from "../spec/flow-spec.ts";
import { didYouMean } from "../suggest.ts";
import type { ScheduleSpec } from "../time/schedule-spec.ts";
import { ticksOf } from "../time/schedule-ticks.ts";
import type { BackfillRequest } from "./backfill.ts";
import { type BackfillSeries, partitionSeries, tickSeries } from "./series.ts";

type Asked = Pick<BackfillRequest, "schedule" | "selection">;
type AskedInOrder = Asked & Pick<BackfillRequest, "limit" | "order">;

/**
 * What a backfill of a flow chooses from: its partitions, else the windows of one of its schedules.
 *
 * @throws MillraceError `INVALID_BACKFILL` for a flow that has neither, and for one that does not say which schedule.
 */
export function backfillSeries(flow: FlowSpec, asked: AskedInOrder, at: PartitionsAt): BackfillSeries {
  return { ...seriesOf(flow, asked, at), isChained: flow.policies.dependsOnPast };
}

function seriesOf(flow: FlowSpec, asked: AskedInOrder, at: PartitionsAt): BackfillSeries {
  if (flow.partitions !== null) return partitionSeries(partitionsAt(flow.partitions, at), at.nowMs);
  const schedule = scheduleOf(flow, asked.schedule);
  const ticks = ticksOf(schedule);
  if (ticks === undefined) {
    throw new MillraceError(
      "INVALID_BACKFILL",
      `The schedule "${schedule.name}" of flow "${flow.name}" has no windows.`,
      {
        hint: "The ticks of continuous and custom schedules are not known before they come.",
      },
    );
  }
  const { selection, limit, order } = asked;
  const range = selection.kind === "range" ? selection : { fromMs: 0, toMs: 0 };
  return tickSeries(ticks, { ...range, isCut: limit !== null && order === "oldest" }, at.nowMs);
}

/** The schedule whose windows a backfill of a flow without partitions runs. */
export function scheduleOf(flow: FlowSpec, name: string | null): ScheduleSpec {
  const { schedules } = flow;
  const [only, ...more] = schedules;
  if (only === undefined) {
    throw new MillraceError("INVALID_BACKFILL", `Flow "${flow.name}" has neither partitions nor a schedule.`, {
      hint: "A backfill runs windows: give the flow `partitions` or a `schedule`.",
    });
  }
  if (name === null && more.length === 0) return only;
  const names = schedules.map((each) => each.name);
  const found = schedules.find((each) => each.name === name);
  if (found !== undefined) return found;
  if (name === null) {
    throw new MillraceError("INVALID_BACKFILL", `Flow "${flow.name}" has ${names.length} schedules.`, {
      hint: `Say whose windows are meant: ${names.join(", ")}.`,
    });
  }
  throw new MillraceError("INVALID_BACKFILL", `Flow "${flow.name}" has no schedule "${name}".`, {
    hint: didYouMean(name, names, "schedules"),
  });
}

/** From the first start to the last end of what was asked for; null where keys are no times. */
export function askedWindow(flow: FlowSpec, series: BackfillSeries, { selection }: Asked): Window | null {
  if (flow.partitions !== null && !hasTime(flow.partitions)) return null;
  const windows = series.selected(selection).map((range) => series.runOf(range).window);
  return windows.reduce<Window | null>(
    (all, each) => ({
      startMs: Math.min(all?.startMs ?? each.startMs, each.startMs),
      endMs: Math.max(all?.endMs ?? each.endMs, each.endMs),
    }),
    null,
  );
}

function hasTime(spec: NonNullable<FlowSpec["partitions"]>): boolean {
  if (spec.kind !== "product") return spec.kind === "time";
  return spec.dimensions.some(({ partitions }) => partitions.kind === "time");
}
