import type { ListedVersion, TaskRunPlace, TaskRunRow, TickPlace, VersionId } from "@millrace/core";
import { Refusal } from "../refusal.ts";

/** Instant, flow, trigger and key, each as in a URL. */
const TICK_CURSOR = /^(\d{1,15}),([^,]+),([^,]+),([^,]*)$/;

/** What runs, backfills and messages have as ids. */
const ID_CURSOR = /^[0-9A-Z]{26,27}$/;

interface Asked {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

interface PageByPlace {
  readonly skip: number;
  /** One more than was asked for: it shows whether there is another page. */
  readonly limit: number;
  of<Row, View>(rows: readonly Row[], view: (row: Row) => View): { items: View[]; next: string | null };
}

/** A page of a list to which is only ever added. Its cursor is the place of its first row. */
export function pageByPlace({ limit, cursor }: Asked): PageByPlace {
  const skip = cursor === undefined ? 0 : placeOf(cursor);
  return {
    skip,
    limit: limit + 1,
    of: (rows, view) => ({
      items: rows.slice(0, limit).map(view),
      next: rows.length > limit ? String(skip + limit) : null,
    }),
  };
}

/** @throws Refusal for what no page gave. */
export function placeOf(cursor: string): number {
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw wrongCursor();
}

/** A cursor that is the id of the last item of a page. Throws a `Refusal` for what is no id. */
export function idOf<Id extends string>(cursor: string): Id {
  if (ID_CURSOR.test(cursor)) return cursor as Id;
  throw wrongCursor();
}

/** The cursor of the page behind a version. */
export function versionCursor({ createdAtMs, id }: ListedVersion): string {
  return `${createdAtMs}~${id}`;
}

/** @throws Refusal for what no page gave. */
export function versionPlaceOf(cursor: string): ListedVersion {
  const [, at, id] = /^(\d{1,15})~([0-9a-f]{1,64})$/.exec(cursor) ?? [];
  if (at === undefined || id === undefined) throw wrongCursor();
  return { createdAtMs: Number(at), id: id as VersionId };
}

/** The cursor of the page behind a task run. */
export function taskRunCursor({ node, item, hook }: TaskRunPlace): string {
  return `${node}~${item}~${hook}`;
}

/** @throws Refusal for what no page gave. */
export function taskRunPlaceOf(cursor: string): TaskRunPlace {
  const [, node, item, hook] = /^(-?\d{1,9})~([\d.]*)~([a-z]*(?::\d{1,9})?)$/.exec(cursor) ?? [];
  if (node === undefined) throw wrongCursor();
  return { node: Number(node), item: item as TaskRunRow["item"], hook: hook as TaskRunRow["hook"] };
}

/** The cursor of the page behind something that was asked of a person. */
export function askedCursor({ run, node, item }: Pick<TaskRunRow, "run" | "node" | "item">): string {
  return `${run}~${node}~${item}`;
}

/** @throws Refusal for what no page gave. */
export function askedPlaceOf(cursor: string): Pick<TaskRunRow, "run" | "node" | "item"> {
  const [, run, node, item] = /^([0-9A-Z]{26,27})~(-?\d{1,9})~([\d.]*)$/.exec(cursor) ?? [];
  if (run === undefined) throw wrongCursor();
  return { run: run as TaskRunRow["run"], node: Number(node), item: item as TaskRunRow["item"] };
}

/** The cursor of the page behind a tick. */
export function tickCursor({ atMs, flow, trigger, key }: TickPlace): string {
  return [String(atMs), flow, trigger, key].map(encodeURIComponent).join(",");
}

/** @throws Refusal for what no page gave. */
export function tickPlaceOf(cursor: string): TickPlace {
  const [, at = "", flow = "", trigger = "", key = ""] = TICK_CURSOR.exec(cursor) ?? [];
  if (at === "") throw wrongCursor();
  try {
    return {
      atMs: Number(at),
      flow: decodeURIComponent(flow),
      trigger: decodeURIComponent(trigger),
      key: decodeURIComponent(key),
    };
  } catch {
    throw wrongCursor();
  }
}

function wrongCursor(): Refusal {
  return new Refusal("INVALID_REQUEST", "query.cursor: it is not the `next` of a page.");
}
