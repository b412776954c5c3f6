import {
  type EncodedText,
  type Epoch,
  type ErrorInfo,
  type Frame,
  type ProgressListener,
  type RunId,
  RunProgress,
  type RunRow,
  type RunState,
  type TaskRunRow,
} from "@millrace/core";
import type { ActiveTask } from "./active-task.ts";
import type { ItemList } from "./item-list.ts";
import type { LoadedFlow } from "./loaded-flow.ts";

/** Makes what a run's progress is told to. */
export type Listen = (run: ActiveRun) => ProgressListener;

/** Items of a former run that ended well, as rows of this run. */
export interface ReusedItems {
  /** How many the map had then; null when that was not written down (the list is the same all the same). */
  readonly count: number | null;
  readonly rows: readonly TaskRunRow[];
}

/** A run that has work to do, in memory. Dropped once it is settled: finished history costs nothing. */
export class ActiveRun {
  readonly id: RunId;
  readonly flow: LoadedFlow;
  readonly epoch: Epoch;
  readonly progress: RunProgress;
  /** The row as it was made; what changes stands in the fields below. */
  readonly #made: RunRow;
  state: RunState;
  startedAtMs: number | null;
  endedAtMs: number | null;
  error: ErrorInfo | null;
  settled = false;
  cancelRequested: boolean;
  /** All that is ready, running or waiting, hooks too. */
  readonly tasks = new Set<ActiveTask>();
  /** Maps and branches that are under way, by frame and slot. */
  readonly regions = new Map<Frame, Map<number, ActiveTask>>();
  /** Lists of maps that are over, read again for those who look back at them. */
  readonly #pastLists = new Map<Frame, Map<number, ItemList>>();
  openHooks = 0;
  /** Texts of `outcomes` of maps, by frame and slot, once asked for. */
  readonly regionOutcomes = new Map<Frame, Map<number, EncodedText>>();
  /** The outcome is known and the flow's own output is being put together. */
  finishing = false;
  /** This object was replaced by one read from the store; whoever still holds it must do nothing. */
  dropped = false;
  /** By map node: items of a former run that are taken over when the map expands. */
  reusedItems: ReadonlyMap<number, ReusedItems> = new Map();
  cancelDeadline: (() => void) | null = null;

  constructor(row: RunRow, flow: LoadedFlow, leader: { readonly epoch: Epoch; readonly listen: Listen }) {
    this.id = row.id;
    this.flow = flow;
    this.epoch = leader.epoch;
    this.#made = row;
    this.state = row.state;
    this.startedAtMs = row.startedAtMs;
    this.endedAtMs = row.endedAtMs;
    this.error = row.error;
    this.cancelRequested = row.cancelRequested;
    this.progress = new RunProgress(flow.compiled, leader.listen(this));
  }

  /** What never changes in a run. */
  get made(): Readonly<RunRow> {
    return this.#made;
  }

  get isOver(): boolean {
    return this.state === "success" || this.state === "failed" || this.state === "cancelled";
  }

  regionAt(frame: Frame, slot: number): ActiveTask | undefined {
    return this.regions.get(frame)?.get(slot);
  }

  /** The elements that a map ran or runs over; undefined when they must be read. */
  listAt(frame: Frame, slot: number): ItemList | undefined {
    return this.regionAt(frame, slot)?.list ?? this.#pastLists.get(frame)?.get(slot);
  }

  keepList(frame: Frame, slot: number, list: ItemList): void {
    const region = this.regionAt(frame, slot);
    if (region !== undefined) {
      region.list = list;
      return;
    }
    const slots = this.#pastLists.get(frame) ?? new Map<number, ItemList>();
    this.#pastLists.set(frame, slots.set(slot, list));
  }

  addRegion(task: ActiveTask): void {
    const frame = task.frame as Frame;
    const slots = this.regions.get(frame);
    if (slots === undefined) this.regions.set(frame, new Map([[task.slot, task]]));
    else slots.set(task.slot, task);
  }

  row(): RunRow {
    return {
      ...this.#made,
      state: this.state,
      startedAtMs: this.startedAtMs,
      endedAtMs: this.endedAtMs,
      error: this.error,
      settled: this.settled,
      cancelRequested: this.cancelRequested,
    };
  }
}
