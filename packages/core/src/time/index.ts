/** The front door of schedule and partition arithmetic: what needs the rules of time zones. */

export { type LeftReason, type PlannedBackfill, planBackfill } from "../backfill/plan-backfill.ts";
export { PlanPlaces } from "../backfill/plan-places.ts";
export { readSelection, type WrittenRange } from "../backfill/read-selection.ts";
export { type BackfillSeries, overlaps, partitionSeries, tickSeries } from "../backfill/series.ts";
export { askedWindow, backfillSeries } from "../backfill/series-of-flow.ts";
export type { NextTick } from "../partitions/boundaries.ts";
export { instantText } from "../partitions/instant-text.ts";
export type { KeySeries, PlaceRange } from "../partitions/key-series.ts";
export { type Partitions, type PartitionsAt, partitionsAt } from "../partitions/partitions.ts";
export { keysWithin, newestSlice, placesOfSlice, sliceOf, windowOfSlice } from "../partitions/slice.ts";
export { describeSchedule } from "./describe-schedule.ts";
export { type ForecastTick, forecastTicks, type TickNote } from "./forecast.ts";
export { cronTicks, mayTickFrom, ticksOf } from "./schedule-ticks.ts";
export { type Ticks, ticksBetween, ticksBetweenBackwards } from "./ticks.ts";
export { type Zone, zoneOf } from "./zone.ts";
