import type { Attempt, TaskRun } from "../../api/shapes.ts";
import { type State, taskState } from "../../ui/states.ts";

export interface Segment {
  /**
   * `queue`: ready, and not begun. `run`: an attempt. `retry`: between two tries. `wait`: for something outside, or for a
   * person.
   */
  readonly kind: "queue" | "run" | "retry" | "wait";
  readonly state: State;
  readonly startMs: number;
  /** Undefined where it goes on. */
  readonly endMs: number | undefined;
  /** Of an attempt: which it is. */
  readonly attempt: number | undefined;
}

export interface Bar {
  readonly row: TaskRun;
  readonly segments: readonly Segment[];
}

/** For each task run that has begun: what it did when. */
export function barsOf(taskRuns: readonly TaskRun[], attempts: readonly Attempt[]): readonly Bar[] {
  const byTask = Map.groupBy(attempts, ({ task, hook }) => `${hook} ${task}`);
  return taskRuns
    .map((row) => ({ row, segments: segmentsOf(row, byTask.get(`${row.hook} ${row.task}`) ?? []) }))
    .filter(({ segments }) => segments.length > 0);
}

function segmentsOf(row: TaskRun, attempts: readonly Attempt[]): Segment[] {
  const segments: Segment[] = [];
  let lastMs = row.readyAt === null ? undefined : Date.parse(row.readyAt);
  let kind: Segment["kind"] = "queue";
  const pause = (endMs: number | undefined): void => {
    if (lastMs === undefined || (endMs !== undefined && endMs <= lastMs)) return;
    segments.push({ kind, state: STATES[kind], startMs: lastMs, endMs, attempt: undefined });
  };
  for (const { startedAt, endedAt, state, number } of attempts) {
    const startMs = Date.parse(startedAt);
    pause(startMs);
    const endMs = endedAt === null ? undefined : Math.max(startMs, Date.parse(endedAt));
    segments.push({ kind: "run", state, startMs, endMs, attempt: number });
    lastMs = endMs;
    kind = state === "yielded" ? "wait" : "retry";
  }
  if (row.endedAt === null) {
    // What is ready again waits for a slot, whatever it waited for before.
    if (kind !== "queue" && (row.state === "ready" || row.state === "queued")) kind = "queue";
    pause(undefined);
  }
  return segments;
}

const STATES: Readonly<Record<Segment["kind"], State>> = {
  queue: "queued",
  run: "running",
  retry: "retry_wait",
  wait: "deferred",
};

/** A line of the timeline: a task run, or all items of a mapped task as one. */
export interface TimelineRow {
  /** The same for as long as it means the same. */
  readonly key: string;
  readonly label: string;
  readonly bars: readonly Bar[];
  /** Of the items of a map as one: whether they stand below it. */
  readonly isOpen: boolean | undefined;
  /** Whether it is one of the items below. */
  readonly isItem: boolean;
}

interface Ask {
  readonly order: "start" | "slowest";
  /** The mapped tasks whose items are shown. */
  readonly unfolded: readonly string[];
  readonly nowMs: number;
}

/** The lines in the order that is asked for: as they became ready, or those that took longest first. */
export function rowsOf(bars: readonly Bar[], { order, unfolded, nowMs }: Ask): readonly TimelineRow[] {
  const sorted = sortedBars(bars, order, nowMs);
  const groups = Map.groupBy(sorted, ({ row }) => `${row.hook} ${mapName(row)}`);
  const rows = [...groups.values()].flatMap((own): TimelineRow[] => {
    const [first] = own;
    if (first === undefined) return [];
    if (own.length === 1) return [lineOf(first, false)];
    const key = mapName(first.row);
    const isOpen = unfolded.includes(key);
    const all: TimelineRow = { key: `${first.row.hook} ${key}`, label: key, bars: own, isOpen, isItem: false };
    return isOpen ? [all, ...own.map((bar) => lineOf(bar, true))] : [all];
  });
  return rows;
}

function lineOf(bar: Bar, isItem: boolean): TimelineRow {
  const { task, hook } = bar.row;
  const label = hook === "" ? task : `${task}, ${hook} hook`;
  return { key: `${hook} ${task}`, label, bars: [bar], isOpen: undefined, isItem };
}

/** `forecast[]` of `forecast[3]`: what all items of a mapped task are called. */
export function mapName({ task, item }: Pick<TaskRun, "task" | "item">): string {
  return item === "" ? task : task.replaceAll(/\[\d+\]/g, "[]");
}

function sortedBars(bars: readonly Bar[], order: Ask["order"], nowMs: number): readonly Bar[] {
  if (order === "start") {
    return bars.toSorted(
      (a, b) => startOf(a) - startOf(b) || runOf(a) - runOf(b) || byName.compare(a.row.task, b.row.task),
    );
  }
  return bars.toSorted((a, b) => spanOf(b, nowMs) - spanOf(a, nowMs));
}

const byName = new Intl.Collator("en", { numeric: true });

/** When the first attempt began; of one without, at last. */
function runOf({ segments }: Bar): number {
  return segments.find(({ kind }) => kind === "run")?.startMs ?? Number.MAX_SAFE_INTEGER;
}

function startOf({ segments }: Bar): number {
  return segments[0]?.startMs ?? 0;
}

/** From when it was ready to its end, or until now. */
export function spanOf(bar: Bar, nowMs: number): number {
  return (bar.segments.at(-1)?.endMs ?? nowMs) - startOf(bar);
}

/** How long all segments of a kind took together. */
export function sumOf({ segments }: Bar, kind: Segment["kind"], nowMs: number): number {
  return segments.reduce((sum, each) => sum + (each.kind === kind ? (each.endMs ?? nowMs) - each.startMs : 0), 0);
}

export function barState({ row }: Bar): State {
  return taskState(row);
}
