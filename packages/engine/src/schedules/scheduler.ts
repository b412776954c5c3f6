import { catchUp, countRun, isFinalRunState, type ScheduleSpec, type TriggerRow, toErrorInfo } from "@millrace/core";
import { mayTickFrom, ticksOf } from "@millrace/core/time";
import type { ActiveRun } from "../active-run.ts";
import { type ActiveTrigger, keyOf, type TriggerName } from "../triggers/trigger-book.ts";
import type { World } from "../world.ts";
import { CustomTicks } from "./custom-ticks.ts";
import { DueLine } from "./due-line.ts";
import { FlowsOnSchedule } from "./flows-on-schedule.ts";
import { FollowedSchedule, NO_TICKS } from "./followed-schedule.ts";
import { notePast } from "./past-runs.ts";
import type { ScheduleOutlook } from "./schedule-outlook.ts";
import { TickMaker } from "./tick-maker.ts";
import { writeDropped, writeTick } from "./tick-rows.ts";
import { WarmUp } from "./warm-up.ts";

/**
 * A tick that is decided later than this was missed: the machine slept, the clock was set, or the database was away, and
 * the schedule's policy says what becomes of it. In milliseconds.
 */
const LATE_MS = 60_000;
/** So many ticks are decided in one turn; more that are due at once come in the next. */
const TICKS_AT_ONCE = 200;
/** A function of the author that failed is asked again after this time, in milliseconds. */
const ASK_AGAIN_MS = 60_000;
/** A continuous schedule whose run failed waits at least this long, in milliseconds. */
const AFTER_FAILURE_MS = 10_000;

/** Makes the runs of schedules. What it must not forget is in the rows of the book of triggers. */
export class Scheduler {
  readonly #world: World;
  readonly #due: DueLine;
  readonly #flows = new FlowsOnSchedule();
  readonly #maker: TickMaker;
  readonly #warmUp: WarmUp;
  readonly #followed = new Map<string, FollowedSchedule>();
  /** Those that were followed when a commit failed: nothing was missed meanwhile. */
  readonly #before = new Set<string>();
  /** Those that were paused or gone: what came meanwhile was missed, however short it was. */
  readonly #off = new Set<string>();
  readonly #stopWaiting = new Set<() => void>();
  #isStopped = false;

  constructor(world: World) {
    this.#world = world;
    this.#due = new DueLine(world.ports.clock, () => world.enqueue(() => this.#ring()));
    this.#maker = new TickMaker(world, {
      flows: this.#flows,
      isFollowed: (schedule) => this.#isFollowed(schedule),
      goOn: (schedule, afterMs) => this.#goOn(schedule, afterMs),
    });
    this.#warmUp = new WarmUp(world);
    world.onRunOpened.push((run) => this.#opened(run));
    world.onRunEnded.push((run) => this.#ended(run));
    world.onTriggerTouched.push((name) => this.#touched(name));
  }

  get outlook(): ScheduleOutlook {
    const first = this.#due.peek();
    return {
      schedules: this.#followed.size,
      next: first === undefined ? null : { ...first.name, atMs: first.dueMs },
    };
  }

  /** A commit failed: what is in memory may not be true. Whoever calls this has all of it touched again. */
  forget(): void {
    for (const [key, schedule] of this.#followed) {
      this.#before.add(key);
      this.#unfollow(schedule);
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#due.stop();
    this.#maker.stop();
    this.#warmUp.stop();
    for (const stop of this.#stopWaiting) stop();
  }

  #isFollowed(schedule: FollowedSchedule): boolean {
    return this.#followed.get(keyOf(schedule.name)) === schedule;
  }

  /** It began, changed, was paused or resumed, or is gone. */
  #touched({ flow, name }: TriggerName): void {
    const key = keyOf({ flow, name });
    const row = this.#world.triggers.rowOf({ flow, name });
    const active = this.#world.triggers.activeOf({ flow, name });
    const known = this.#followed.get(key);
    const isOn = row?.kind === "schedule" && !row.retired && row.paused === null;
    if (!isOn || active === undefined || !("timing" in active.spec)) {
      if (known !== undefined) this.#unfollow(known);
      this.#off.add(key);
      this.#due.arm();
      return;
    }
    const trigger = active as ActiveTrigger<ScheduleSpec>;
    if (known?.fingerprint === row.fingerprint && (known.custom === undefined || known.active === trigger)) {
      this.#renew(known, trigger);
      return;
    }
    if (known !== undefined) this.#unfollow(known);
    this.#follow(row, trigger);
  }

  /** Another version says the same of it. */
  #renew(schedule: FollowedSchedule, active: ActiveTrigger<ScheduleSpec>): void {
    schedule.active = active;
    this.#flows.waitNoMore(schedule);
    this.#flows.add(schedule);
    this.#warmUp.remove(schedule);
    this.#warmUp.add(schedule);
    this.#maker.admit(schedule);
  }

  #unfollow(schedule: FollowedSchedule): void {
    this.#followed.delete(keyOf(schedule.name));
    this.#flows.remove(schedule);
    this.#due.remove(schedule);
    this.#maker.remove(schedule);
    this.#warmUp.remove(schedule);
  }

  #follow(row: TriggerRow, active: ActiveTrigger<ScheduleSpec>): void {
    const name = { flow: row.flow, name: row.name };
    const { fingerprint } = row;
    const ticks = ticksOf(active.spec) ?? (active.spec.timing.kind === "custom" ? this.#custom(row, active) : NO_TICKS);
    const schedule = new FollowedSchedule(name, { fingerprint, active, ticks });
    this.#followed.set(keyOf(name), schedule);
    this.#flows.add(schedule);
    this.#warmUp.add(schedule);
    const hasGap = !this.#before.delete(keyOf(name));
    const wasOff = this.#off.delete(keyOf(name));
    this.#whenKnown(schedule, () => {
      if (hasGap && (wasOff || this.#isLate(schedule))) this.#catchUp(schedule);
      this.#goOn(schedule, this.#cursorOf(schedule));
    });
  }

  #custom(row: TriggerRow, { version, flow, spec }: ActiveTrigger<ScheduleSpec>): CustomTicks {
    const { definitions } = this.#world.ports;
    const afterMs = row.owed.reduce((first, range) => Math.min(first, range.afterMs), row.cursorMs ?? row.sinceMs);
    const ask = (after: number): Promise<number | null> =>
      definitions.nextTick({ version, flow: flow.name, schedule: spec.name, afterMs: after });
    return new CustomTicks(ask, spec, afterMs);
  }

  /** Goes on when the first tick after now is known: at once, but for functions of authors. */
  #whenKnown(schedule: FollowedSchedule, then: () => void): void {
    const { custom } = schedule;
    const nowMs = this.#world.batch.atMs;
    if (custom === undefined || custom.knowsAfter(nowMs)) {
      then();
      return;
    }
    schedule.state = "reading";
    this.#world.later(
      () => custom.extend(nowMs),
      () => {
        if (!this.#isFollowed(schedule)) return;
        schedule.state = "idle";
        then();
      },
      (error) => {
        if (!this.#isFollowed(schedule)) return;
        const reason = toErrorInfo(error).message;
        writeTick(this.#world, schedule.name, { atMs: this.#world.batch.atMs, outcome: "failed", reason });
        this.#askAgain(schedule);
      },
    );
  }

  /** The author's function failed: it is followed anew after a while. */
  #askAgain(schedule: FollowedSchedule): void {
    const cancel = this.#world.ports.clock.after(ASK_AGAIN_MS, () => {
      this.#stopWaiting.delete(cancel);
      this.#world.enqueue(() => {
        const row = this.#world.triggers.rowOf(schedule.name);
        if (!this.#isFollowed(schedule) || row === undefined) return;
        this.#unfollow(schedule);
        this.#follow(row, schedule.active);
      });
    });
    this.#stopWaiting.add(cancel);
  }

  #cursorOf({ name }: FollowedSchedule): number {
    const row = this.#world.triggers.rowOf(name);
    return row?.cursorMs ?? row?.sinceMs ?? this.#world.batch.atMs;
  }

  /** When another leader takes over within moments, what was due meanwhile was not missed: it is made a little later. */
  #isLate(schedule: FollowedSchedule): boolean {
    const first = schedule.ticks.next(this.#cursorOf(schedule));
    return first !== undefined && this.#world.batch.atMs - first > LATE_MS;
  }

  /** Decides what becomes of the ticks since the cursor; one that is due at this very instant was not missed. */
  #catchUp(schedule: FollowedSchedule): void {
    const { name, ticks, spec } = schedule;
    const row = this.#world.triggers.rowOf(name);
    if (row === undefined) return;
    const untilMs = this.#world.batch.atMs - 1;
    const { owed, dropped } = catchUp(ticks, { afterMs: this.#cursorOf(schedule), untilMs }, spec);
    if (owed === null && dropped === null) return;
    writeDropped(this.#world, name, { dropped, policy: spec.catchup });
    this.#maker.owe({ ...row, cursorMs: untilMs }, owed, ticks);
  }

  /** All up to and at an instant has been decided, or is owed. */
  #goOn(schedule: FollowedSchedule, afterMs: number): void {
    if (schedule.isContinuous) {
      this.#goOnContinuously(schedule, afterMs);
      return;
    }
    this.#whenKnown(schedule, () => {
      this.#due.push(schedule, schedule.ticks.next(Math.max(afterMs, this.#cursorOf(schedule))));
      this.#maker.admit(schedule);
      this.#due.arm();
    });
  }

  /** The next run begins when the one before has ended. */
  #goOnContinuously(schedule: FollowedSchedule, afterMs: number): void {
    const { flow, name } = schedule.name;
    const isUnderWay = this.#flows.runsOf(flow).some(({ made: { trigger } }) => {
      return trigger.kind === "schedule" && trigger.schedule === name;
    });
    if (!isUnderWay) this.#pushContinuous(schedule, Math.max(this.#world.batch.atMs, afterMs + 1));
  }

  /** Not before its calendar lets it. */
  #pushContinuous(schedule: FollowedSchedule, atMs: number): void {
    this.#due.push(schedule, mayTickFrom(schedule.spec, atMs));
    this.#due.arm();
  }

  #ring(): void {
    if (this.#isStopped || this.#world.draining) return;
    const nowMs = this.#world.batch.atMs;
    for (let decided = 0; decided < TICKS_AT_ONCE; decided += 1) {
      const schedule = this.#due.take(nowMs);
      if (schedule === undefined) break;
      this.#decide(schedule, nowMs);
    }
    if ((this.#due.peek()?.dueMs ?? Number.POSITIVE_INFINITY) <= nowMs) this.#world.enqueue(() => this.#ring());
    else this.#due.arm();
  }

  #decide(schedule: FollowedSchedule, nowMs: number): void {
    // What is under way goes on to this tick when it is done.
    if (schedule.state !== "idle") return;
    if (schedule.isContinuous) {
      if (mayTickFrom(schedule.spec, nowMs) === nowMs) this.#maker.decide(schedule, nowMs);
      else this.#goOn(schedule, nowMs - 1);
    } else if (nowMs - schedule.dueMs > LATE_MS) {
      this.#catchUp(schedule);
      this.#goOn(schedule, nowMs - 1);
    } else {
      this.#maker.decide(schedule, schedule.dueMs);
    }
  }

  #opened(run: ActiveRun): void {
    this.#flows.addRun(run);
    for (const schedule of this.#flows.concernedBy(run.made.flow)) notePast(schedule, run);
  }

  /** There is room for another run of the flow, and who waits for this very run goes on. */
  #ended(run: ActiveRun): void {
    this.#flows.removeRun(run);
    this.#count(run);
    const { trigger, flow } = run.made;
    for (const schedule of this.#flows.concernedBy(flow)) {
      notePast(schedule, run);
      if (schedule.isContinuous) {
        const isOwn = trigger.kind === "schedule" && trigger.schedule === schedule.name.name;
        this.#pause(schedule, isOwn ? run : undefined);
      } else {
        this.#maker.admit(schedule);
      }
    }
  }

  /** A schedule whose runs fail one after the other is paused, in the same commit as the end of the last of them. */
  #count({ made: { trigger, flow }, state }: ActiveRun): void {
    if (trigger.kind !== "schedule" || !isFinalRunState(state)) return;
    const name = { flow, name: trigger.schedule };
    const { triggers, batch, onTriggerTouched } = this.#world;
    const pauseAfter = triggers.activeOf(name)?.flow.policies.pauseAfterFailures;
    const row = triggers.rowOf(name);
    if (pauseAfter === undefined || row === undefined) return;
    const counted = countRun(row, state, { pauseAfter, atMs: batch.atMs });
    if (counted === undefined) return;
    triggers.change(counted);
    if (counted.paused !== row.paused) for (const tell of onTriggerTouched) tell(name);
  }

  /** A continuous schedule goes on after its pause, when its own run has ended; else at once, if it waits for room. */
  #pause(schedule: FollowedSchedule, ended: ActiveRun | undefined): void {
    if (schedule.state !== "idle" || schedule.heapIndex !== -1) return;
    const { timing } = schedule.spec;
    const pauseMs = ended === undefined || timing.kind !== "continuous" ? 0 : timing.pauseMs;
    const leastMs = ended?.state === "failed" ? AFTER_FAILURE_MS : 0;
    this.#pushContinuous(schedule, this.#world.batch.atMs + Math.max(pauseMs, leastMs));
  }
}
