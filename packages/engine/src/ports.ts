import type {
  Artifacts,
  Clock,
  Definitions,
  EventRow,
  Executor,
  Leadership,
  MillraceError,
  PoolConfig,
  Sensors,
  Store,
} from "@millrace/core";
import type { ScheduleOutlook } from "./schedules/schedule-outlook.ts";
import type { UpkeepOptions } from "./upkeep/upkeep-options.ts";

/** All that the engine touches of the world outside. Nothing in this package reads a clock or draws a number itself. */
export interface EnginePorts {
  readonly clock: Clock;
  /** Draws a number in [0, 1). */
  readonly chance: () => number;
  /** Calls back soon, after waiting input was read: what came in meanwhile joins the next commit. */
  readonly soon: (callback: () => void) => void;
  readonly store: Store;
  readonly leadership: Leadership;
  readonly executor: Executor;
  readonly definitions: Definitions;
  /** Polls sensors. Without it none is polled. */
  readonly sensors?: Sensors;
  readonly artifacts: Artifacts;
}

export interface EngineOptions {
  /** What the configuration says of pools: slots, or more. Any other pool has one slot, until somebody sets its size. */
  readonly pools: Readonly<Record<string, number | PoolConfig>>;
  /** After so many deaths of its own process a task run fails as poison. Defaults to 3. */
  readonly crashBudget?: number;
  /**
   * How often the engine looks for attempts that their executor no longer knows, in milliseconds; null for never (where
   * time is virtual, a clock that always has a next instant never stands still). Defaults to 10,000.
   */
  readonly watchdogMs?: number | null;
  /**
   * After so many failures of the store in a row the engine gives up. Between two tries it waits 100 ms at first and one
   * second at last. A server that is to outlive its database says `Infinity`. Defaults to 5.
   */
  readonly patience?: number;
  /**
   * Makes the runs of the active version's schedules and triggers. A command that leads only for a run of its own leaves
   * them to servers. Defaults to false.
   */
  readonly schedules?: boolean;
  /** The schedules of the active version are followed, or those of another by now. Must not throw. */
  readonly onSchedules?: (outlook: ScheduleOutlook) => void;
  /** What becomes of the past. Without it nothing is ever removed, and a command that asks for it is refused. */
  readonly upkeep?: UpkeepOptions;
  /** The store has begun to fail, or, with null, works again. Must not throw. */
  readonly onTrouble?: (error: MillraceError | null) => void;
  /** Called with what each commit made public, in order. Must not throw. */
  readonly onCommitted?: (events: readonly EventRow[]) => void;
  /** The engine cannot go on: leadership is lost, or the store fails again and again. It has stopped acting. */
  readonly onFatal?: (error: MillraceError) => void;
}
