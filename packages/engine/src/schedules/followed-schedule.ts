import type { RunId, RunState, ScheduleSpec } from "@millrace/core";
import { type Ticks, ticksOf } from "@millrace/core/time";
import type { HeapItem } from "../admission/heap.ts";
import type { ActiveTrigger, TriggerName } from "../triggers/trigger-book.ts";
import { CustomTicks } from "./custom-ticks.ts";

/** A schedule that has no ticks of its own: the next is when the run before has ended. */
export const NO_TICKS: Ticks = {
  next: () => undefined,
  previous: () => undefined,
  windowOf: (tickMs) => ({ startMs: tickMs, endMs: tickMs }),
};

/** The run of the newest tick that made one, for `dependsOnPast`. */
export interface PastRun {
  /** Reruns have the same. */
  readonly root: RunId;
  state: RunState;
}

/** A schedule that makes runs now: active, and not paused. Memory only; what must last is in its row. */
export class FollowedSchedule implements HeapItem {
  readonly name: TriggerName;
  readonly fingerprint: string;
  active: ActiveTrigger<ScheduleSpec>;
  ticks: Ticks;
  /** The next tick to decide. */
  dueMs = Number.POSITIVE_INFINITY;
  heapIndex = -1;
  /** `reading`: something about it is being looked up. `asking`: a run of it is being prepared. */
  state: "idle" | "reading" | "asking" = "idle";
  /** Undefined until it was read; null where no tick made a run. */
  past: PastRun | null | undefined = undefined;
  readonly #former = new WeakMap<ScheduleSpec, Ticks>();

  constructor(
    name: TriggerName,
    { fingerprint, active, ticks }: Pick<FollowedSchedule, "fingerprint" | "active" | "ticks">,
  ) {
    this.name = name;
    this.fingerprint = fingerprint;
    this.active = active;
    this.ticks = ticks;
  }

  get spec(): ScheduleSpec {
    return this.active.spec;
  }

  get isContinuous(): boolean {
    return this.spec.timing.kind === "continuous";
  }

  /** What its runs end with matters for its next tick. */
  get followsRuns(): boolean {
    return this.isContinuous || this.active.flow.policies.dependsOnPast;
  }

  get custom(): CustomTicks | undefined {
    return this.ticks instanceof CustomTicks ? this.ticks : undefined;
  }

  /** Of a former definition, or, with null, its own. */
  readonly ticksFor = (schedule: ScheduleSpec | null): Ticks => {
    if (schedule === null) return this.ticks;
    const known = this.#former.get(schedule);
    if (known !== undefined) return known;
    const ticks = ticksOf(schedule) ?? NO_TICKS;
    this.#former.set(schedule, ticks);
    return ticks;
  };
}
