import {
  addOwed,
  decideDue,
  type EncodedText,
  judgePast,
  nextOwed,
  type OwedTicks,
  type ScheduleSpec,
  type TriggerRow,
  toErrorInfo,
  type Window,
} from "@millrace/core";
import type { Ticks } from "@millrace/core/time";
import { requestRun } from "../requests.ts";
import { stopRun } from "../runs.ts";
import type { World } from "../world.ts";
import type { FlowsOnSchedule } from "./flows-on-schedule.ts";
import type { FollowedSchedule } from "./followed-schedule.ts";
import { Pace } from "./pace.ts";
import { readPast } from "./past-runs.ts";
import { type Decided, writeTick } from "./tick-rows.ts";

/** With so many runs in memory, no tick that was missed makes another one. */
const MOST_RUNS = 2_000;
/** A continuous schedule that could make no run tries again after this time, in milliseconds. */
const TRY_AGAIN_MS = 60_000;
const NO_PARAMS = "{}" as EncodedText;

export interface TickMakerParts {
  readonly flows: FlowsOnSchedule;
  /** Whether the schedule is still what the book says; else nothing more is done for it. */
  readonly isFollowed: (schedule: FollowedSchedule) => boolean;
  /** All up to and at an instant is decided or owed. */
  readonly goOn: (schedule: FollowedSchedule, afterMs: number) => void;
}

/** A tick for which a run is asked. */
interface Wanted {
  readonly atMs: number;
  readonly live: boolean;
  /** Of a former definition. */
  readonly schedule: ScheduleSpec | null;
  /** What is owed once it is made; null for a tick that is due now, which moves the cursor. */
  readonly rest: readonly OwedTicks[] | null;
}

/** Decides on ticks, those that are due and those that are owed, and makes their runs. One at a time for each schedule. */
export class TickMaker {
  readonly #world: World;
  readonly #parts: TickMakerParts;
  readonly #pace: Pace;
  /** Those that owe ticks and wait for nothing but the pace, in order. */
  readonly #paced = new Set<FollowedSchedule>();

  constructor(world: World, parts: TickMakerParts) {
    this.#world = world;
    this.#parts = parts;
    this.#pace = new Pace(world.ports.clock, () => world.enqueue(() => this.#servePaced()));
  }

  stop(): void {
    this.#pace.stop();
  }

  remove(schedule: FollowedSchedule): void {
    this.#paced.delete(schedule);
  }

  /** Writes down what is owed. */
  owe(row: TriggerRow, owed: OwedTicks | null, ticks: Ticks): void {
    this.#world.triggers.change({ ...row, owed: owed === null ? row.owed : addOwed(row.owed, owed, ticks) });
  }

  /** A tick is due now. */
  decide(schedule: FollowedSchedule, atMs: number): void {
    const row = this.#world.triggers.rowOf(schedule.name);
    if (row === undefined) return;
    const { policies } = schedule.active.flow;
    const covering = this.#coveringOf(schedule, atMs);
    if (covering !== undefined) {
      this.#settle(schedule, due(atMs), covering);
      return;
    }
    if (policies.dependsOnPast) {
      if (schedule.past === undefined) {
        this.#readPast(schedule);
        return;
      }
      if (row.owed.length > 0 || judgePast(schedule.past?.state) !== "go") {
        this.#queue(schedule, row, atMs);
        return;
      }
    }
    const active = this.#parts.flows.activeOf(schedule.name.flow);
    switch (decideDue(policies, active)) {
      case "make":
        this.#ask(schedule, due(atMs));
        return;
      case "queue":
        // A continuous schedule goes on when there is room.
        if (!schedule.isContinuous) this.#queue(schedule, row, atMs);
        return;
      case "skip": {
        const reason = `${runsText(active)} under way, and overlap is "skip"`;
        if (!schedule.isContinuous) this.#settle(schedule, due(atMs), { atMs, outcome: "skipped", reason });
        return;
      }
      case "cancel_running":
        if (schedule.isContinuous) return;
        this.#cancelRunning(schedule.name.flow, active - policies.maxActiveRuns + 1);
        this.#queue(schedule, this.#supersede(schedule, row, atMs), atMs);
        return;
    }
  }

  #coveringOf(schedule: FollowedSchedule, atMs: number): Decided | undefined {
    const { flow, name } = schedule.name;
    const covering = this.#world.findCovering({
      flow,
      schedule: name,
      window: schedule.ticks.windowOf(atMs),
      slice: null,
      scheduledAtMs: atMs,
    });
    if (covering === undefined) return undefined;
    const { backfill, run } = covering;
    return { atMs, outcome: "linked", run, reason: `the backfill ${backfill} covers it` };
  }

  #queue(schedule: FollowedSchedule, row: TriggerRow, atMs: number): void {
    this.owe(
      { ...row, cursorMs: Math.max(row.cursorMs ?? atMs, atMs) },
      { afterMs: atMs - 1, untilMs: atMs, order: "oldest", live: true },
      schedule.ticks,
    );
    this.#parts.goOn(schedule, atMs);
  }

  /** Runs that were asked to end, or have not begun, make room by and by. */
  #cancelRunning(flow: string, tooMany: number): void {
    const runs = this.#parts.flows.runsOf(flow);
    const ending = runs.filter(({ cancelRequested }) => cancelRequested).length;
    const going = runs.filter(({ cancelRequested }) => !cancelRequested);
    for (const run of going.slice(0, Math.max(0, tooMany - ending))) stopRun(this.#world, run, {});
  }

  /** A newer tick takes the place of those that wait for the same run to end. */
  #supersede(schedule: FollowedSchedule, row: TriggerRow, byMs: number): TriggerRow {
    for (const { live, untilMs } of row.owed) {
      if (!live) continue;
      const reason = `the tick at ${byMs} took its place`;
      writeTick(this.#world, schedule.name, { atMs: untilMs, outcome: "skipped", reason });
    }
    return { ...row, owed: row.owed.filter(({ live }) => !live) };
  }

  /** Makes the run of the next tick that is owed, if it may. */
  admit(schedule: FollowedSchedule): void {
    if (schedule.state !== "idle" || this.#world.draining) return;
    const { name, active, ticksFor } = schedule;
    const row = this.#world.triggers.rowOf(name);
    if (row === undefined) return;
    if (row.owed.length === 0) {
      this.#parts.flows.waitNoMore(schedule);
      return;
    }
    const { dependsOnPast, maxActiveRuns } = active.flow.policies;
    const next = nextOwed(row.owed, ticksFor, dependsOnPast);
    if (next === undefined) {
      this.#world.triggers.change({ ...row, owed: [] });
      return;
    }
    if (dependsOnPast && !this.#pastAllows(schedule)) return;
    if (this.#parts.flows.activeOf(name.flow) >= maxActiveRuns) {
      this.#parts.flows.wait(schedule);
      return;
    }
    if (next.missed && !this.#hasPace()) {
      this.#paced.add(schedule);
      return;
    }
    const wanted = { atMs: next.atMs, live: next.live, schedule: next.schedule, rest: next.rest };
    const covering = next.schedule === null ? this.#coveringOf(schedule, next.atMs) : undefined;
    if (covering === undefined) this.#ask(schedule, wanted);
    else this.#settle(schedule, wanted, covering);
  }

  /** Live work goes ahead: the past is made up for at a rate, and not while there is more than enough to do. */
  #hasPace(): boolean {
    if (this.#world.runs.size < MOST_RUNS) return this.#pace.take();
    this.#pace.wake();
    return false;
  }

  #servePaced(): void {
    const waiting = [...this.#paced];
    this.#paced.clear();
    for (const schedule of waiting) this.admit(schedule);
  }

  #pastAllows(schedule: FollowedSchedule): boolean {
    if (schedule.past !== undefined) return judgePast(schedule.past?.state) === "go";
    this.#readPast(schedule);
    return false;
  }

  #readPast(schedule: FollowedSchedule): void {
    const { ports, batch } = this.#world;
    schedule.state = "reading";
    const goOn = (): void => {
      if (!this.#parts.isFollowed(schedule)) return;
      schedule.state = "idle";
      this.#parts.goOn(schedule, this.#world.triggers.rowOf(schedule.name)?.cursorMs ?? batch.atMs);
    };
    this.#world.later(
      () => readPast(ports.store, schedule.name),
      (past) => {
        schedule.past = past;
        goOn();
      },
      (error) => {
        throw error;
      },
    );
  }

  #ask(schedule: FollowedSchedule, wanted: Wanted): void {
    const { name, active } = schedule;
    const { spec, version } = active;
    const { atMs } = wanted;
    this.#parts.flows.ask(schedule);
    requestRun(
      this.#world,
      {
        flow: name.flow,
        version,
        params: spec.params ?? NO_PARAMS,
        window: this.#windowOf(schedule, wanted),
        slice: null,
        scheduledAtMs: atMs,
        backfill: null,
        trigger: { kind: "schedule", schedule: name.name, atMs },
        class: wanted.live ? "live" : "backfill",
        idempotencyKey: null,
        selection: null,
      },
      {
        isWanted: () => this.#parts.isFollowed(schedule),
        made: ({ run }) => {
          schedule.past = { root: run, state: this.#world.runs.get(run)?.state ?? "queued" };
          this.#settle(schedule, wanted, { atMs, outcome: "run", run });
        },
        failed: (error) => {
          if (!this.#parts.isFollowed(schedule)) return;
          this.#settle(schedule, wanted, { atMs, outcome: "failed", reason: toErrorInfo(error).message });
        },
      },
    );
  }

  #windowOf(schedule: FollowedSchedule, wanted: Wanted): Window {
    const { atMs } = wanted;
    if (!schedule.isContinuous) return schedule.ticksFor(wanted.schedule).windowOf(atMs);
    // Since the run before was made, or since the schedule began.
    const cursorMs = this.#world.triggers.rowOf(schedule.name)?.cursorMs ?? atMs;
    return { startMs: Math.min(cursorMs, atMs), endMs: atMs };
  }

  /** What became of a tick is known: it, the cursor or what is owed, and the run are one commit. */
  #settle(schedule: FollowedSchedule, { atMs, rest }: Wanted, decided: Decided): void {
    const row = this.#world.triggers.rowOf(schedule.name) as TriggerRow;
    const cursorMs = Math.max(row.cursorMs ?? atMs, atMs);
    this.#world.triggers.change(rest === null ? { ...row, cursorMs } : { ...row, owed: rest });
    writeTick(this.#world, schedule.name, decided);
    this.#parts.flows.asked(schedule);
    const hasFailed = schedule.isContinuous && decided.outcome === "failed";
    this.#parts.goOn(schedule, hasFailed ? atMs + TRY_AGAIN_MS : cursorMs);
  }
}

function due(atMs: number): Wanted {
  return { atMs, live: true, schedule: null, rest: null };
}

function runsText(count: number): string {
  return count === 1 ? "1 run is" : `${count} runs are`;
}
