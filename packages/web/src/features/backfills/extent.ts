import type { RouteOutput } from "@millrace/contract";
import type { PartitionsSpec, TimePartitionStep } from "@millrace/core";
import { instantText } from "../../ui/time-text.ts";

type Partitions = Pick<RouteOutput<"listPartitions">, "items" | "last" | "count">;

/** The first and the last day on which a partition starts. */
export interface Extent {
  readonly first: string;
  readonly last: string;
}

/** Days as one types them; nothing before one has. */
interface Days {
  readonly from: string;
  readonly to: string;
}

export interface Preset {
  readonly text: string;
  readonly draft: Days & { readonly kind: "days"; readonly reprocess: "none" };
  /** Why it cannot be chosen: there is nothing in it. */
  readonly refused?: string | undefined;
}

/** Null where there is none yet, and where partitions are no times. */
export function extentOf({ items, last }: Partitions, zone: string): Extent | null {
  const [from, to] = [items[0]?.window?.start, last?.window?.start];
  if (from === undefined || to === undefined) return null;
  return { first: dayIn(Date.parse(from), zone), last: dayIn(Date.parse(to), zone) };
}

export function dayIn(ms: number, zone: string): string {
  return instantText(ms, zone).slice(0, 10);
}

/** `Daily, 2012-01-01 to 2015-12-31`: what there is now, as far as it is known. */
export function partitionsText(spec: PartitionsSpec, known: Partitions | undefined): string {
  const kind = kindText(spec);
  if (known === undefined) return kind;
  const [first, last] = [known.items[0]?.key, known.last?.key];
  if (first === undefined || last === undefined) return `${kind}, none yet`;
  if (spec.kind === "time") return `${kind}, ${first === last ? first : `${first} to ${last}`}`;
  const count = known.count === 1 ? "1 key" : `${known.count.toLocaleString("en-US")} keys`;
  return `${kind}, ${count}`;
}

function kindText(spec: PartitionsSpec): string {
  switch (spec.kind) {
    case "time":
      return stepText(spec.every);
    case "static":
      return "By key";
    case "dynamic":
      return `By key of ${spec.name}`;
    case "product":
      return `By ${spec.dimensions.map(({ name }) => name).join(" and ")}`;
  }
}

function stepText(step: TimePartitionStep): string {
  return step.kind === "cron" ? `By cron ${step.expression}` : `${step.kind[0]?.toUpperCase()}${step.kind.slice(1)}`;
}

/** What people ask for most. Where the newest partition is of long ago, the first and the last that there are, too. */
export function presetsOf(today: string, extent: Extent | null): readonly Preset[] {
  const yesterday = moved(today, -1);
  const month = `${today.slice(0, 7)}-01`;
  const lastMonth = `${moved(month, -1).slice(0, 7)}-01`;
  const days = (text: string, from: string, to: string): Preset => ({
    text,
    draft: { kind: "days", from, to, reprocess: "none" },
    refused: outsideText(extent, { from, to }),
  });
  const last = isPast(today, extent) ? lastWeekOf(extent) : undefined;
  return [
    ...(extent === null || last === undefined
      ? []
      : [
          days("First 7 days", extent.first, earlier(moved(extent.first, 6), extent.last)),
          days("Last 7 days that exist", last.from, last.to),
        ]),
    days("Yesterday", yesterday, yesterday),
    days("Last 7 days", moved(today, -7), yesterday),
    days("Last 30 days", moved(today, -30), yesterday),
    days("This month", month, today),
    days("Last month", lastMonth, moved(month, -1)),
    ...(extent === null ? [] : [days("All holes", extent.first, earlier(extent.last, today))]),
  ];
}

/** What the form begins with: nothing, where what people ask for most is a click away; else what is there. */
export function daysAtFirst(today: string, extent: Extent | null): Days {
  return isPast(today, extent) ? lastWeekOf(extent) : { from: "", to: "" };
}

/** Why there is nothing from one day to another; undefined where there is something, or nobody knows. */
export function outsideText(extent: Extent | null, days: Days): string | undefined {
  if (extent === null) return undefined;
  const { first, last } = extent;
  if (days.from > last) return `There is nothing on these days: the flow's newest partition starts on ${last}.`;
  return days.to < first ? `There is nothing on these days: the flow's first partition starts on ${first}.` : undefined;
}

/** There is no partition of yesterday, nor of the week before. */
function isPast(today: string, extent: Extent | null): extent is Extent {
  return extent !== null && extent.last < moved(today, -7);
}

function lastWeekOf({ first, last }: Extent): Days {
  const from = moved(last, -6);
  return { from: from < first ? first : from, to: last };
}

function earlier(one: string, other: string): string {
  return one < other ? one : other;
}

function moved(day: string, by: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + by * 86_400_000).toISOString().slice(0, 10);
}
