import {
  type EncodedText,
  gather,
  type SensorEvent,
  type SensorPoll,
  type TriggerRow,
  waitsForMore,
} from "@millrace/core";
import { type RunMade, requestRun } from "../requests.ts";
import type { World } from "../world.ts";
import type { Alarms } from "./alarms.ts";
import { type EventTrigger, keepTick, keyOf, nameOf, paramsOf, reasonOf, rowOf, wishFor } from "./event-outcomes.ts";
import { spendThrottle } from "./fire.ts";

/** A sensor that fails waits so many times its interval at most. */
const LONGEST_BACK_OFF = 32;
/** Of run keys that were known, so many are named. */
const NAMED_KEYS = 3;

type Good = SensorPoll & { readonly kind: "polled" };

/** Polls sensors when their time has come, and makes runs of what they find. */
export class SensorPolls {
  readonly #world: World;
  readonly #alarms: Alarms;
  readonly #gathered: (trigger: EventTrigger) => void;
  /** Sensors that are being polled, or whose finds are on their way to runs. */
  readonly #polling = new Set<string>();
  /** Counts the times that memory was read anew: what began before means nothing after. */
  #generation = 0;

  /** @param gathered told of a sensor whose events wait for others. */
  constructor(world: World, alarms: Alarms, gathered: (trigger: EventTrigger) => void) {
    this.#world = world;
    this.#alarms = alarms;
    this.#gathered = gathered;
  }

  /** Polls it when its time has come. Twice is fine. */
  watch(trigger: EventTrigger): void {
    const { spec } = trigger;
    if ((spec.kind !== "sensor" && spec.kind !== "file") || this.#world.ports.sensors === undefined) return;
    const key = keyOf(nameOf(trigger));
    const row = rowOf(this.#world, trigger);
    if (row.paused !== null) {
      this.#alarms.clear(`poll ${key}`);
      return;
    }
    if (this.#polling.has(key)) return;
    const waitMs = spec.everyMs * Math.min(2 ** row.failures, LONGEST_BACK_OFF);
    const nowMs = this.#world.nowMs;
    // A clock that was set back must not keep a sensor from being polled for so long.
    const dueAtMs = row.cursorMs === null ? nowMs : Math.min(row.cursorMs + waitMs, nowMs + waitMs);
    this.#alarms.set(`poll ${key}`, dueAtMs, () => this.#poll(trigger, key));
  }

  /** What is on its way may not have been written: it is done again, from the cursor that was. */
  forget(): void {
    this.#generation += 1;
    this.#polling.clear();
  }

  #poll(trigger: EventTrigger, key: string): void {
    const world = this.#world;
    const current = world.triggers.activeOf(nameOf(trigger)) as EventTrigger | undefined;
    if (current === undefined || this.#polling.has(key) || world.draining) return;
    const { flow, spec, version } = current;
    const row = rowOf(world, current);
    if (row.paused !== null || (spec.kind !== "sensor" && spec.kind !== "file")) return;
    this.#polling.add(key);
    const generation = this.#generation;
    const beganAtMs = world.batch.atMs;
    const call = {
      version,
      flow: flow.name,
      trigger: spec.name,
      cursor: row.sensorCursor,
      lastPollMs: row.cursorMs,
      timeoutMs: spec.timeoutMs,
    };
    const found = new FoundEvents(world, current, beganAtMs);
    const isCurrent = (): boolean => generation === this.#generation;
    const done = (changed: Partial<TriggerRow>): void => {
      this.#polling.delete(key);
      world.triggers.change({ ...rowOf(world, current), cursorMs: beganAtMs, ...changed });
      this.#gathered(current);
      this.watch(current);
    };
    // Not as a thing the loop waits for: a poll may take its time, and an engine that stops does not wait for it.
    void world.ports.sensors?.poll(call).then((poll) => {
      if (world.isOver) return;
      world.enqueue(() => {
        if (isCurrent()) found.take(poll, { isCurrent, done });
      });
    });
  }
}

interface Taking {
  /** False: all of it is to be done again. */
  readonly isCurrent: () => boolean;
  /** Every event has become something. Called in the turn of the last one. */
  readonly done: (changed: Partial<TriggerRow>) => void;
}

/** An event of a poll, as far as it is known. */
type Looked =
  | { readonly kind: "known" }
  | { readonly kind: "new"; readonly params: EncodedText }
  | { readonly kind: "unfit"; readonly error: unknown };

/** What one poll found, on its way to runs. */
class FoundEvents {
  readonly #world: World;
  readonly #trigger: EventTrigger;
  readonly #atMs: number;
  readonly #known: string[] = [];

  constructor(world: World, trigger: EventTrigger, atMs: number) {
    this.#world = world;
    this.#trigger = trigger;
    this.#atMs = atMs;
  }

  take(poll: SensorPoll, taking: Taking): void {
    if (poll.kind === "failed") {
      const { failures } = rowOf(this.#world, this.#trigger);
      this.#keep("", { outcome: "failed", reason: poll.message, log: poll.log });
      taking.done({ failures: failures + 1 });
      return;
    }
    const events = [...new Map(poll.events.map((event) => [event.runKey, event])).values()];
    if (events.length === 0) {
      this.#finish(poll, taking);
      return;
    }
    this.#world.later(
      () => Promise.all(events.map((event) => this.#look(event))),
      (looked) => {
        if (taking.isCurrent()) this.#makeAll(events, looked, { poll, taking });
      },
      (error) => {
        if (taking.isCurrent()) this.take({ kind: "failed", message: reasonOf(error), log: poll.log }, taking);
      },
    );
  }

  async #look({ runKey, payload }: SensorEvent): Promise<Looked> {
    const { flow, spec } = this.#trigger;
    const tick = await this.#world.ports.store.triggers.findTick(flow.name, spec.name, runKey);
    if (tick !== undefined && tick.outcome !== "failed") return { kind: "known" };
    try {
      return { kind: "new", params: await paramsOf(this.#world, this.#trigger, [payload]) };
    } catch (error) {
      return { kind: "unfit", error };
    }
  }

  #makeAll(
    events: readonly SensorEvent[],
    looked: readonly Looked[],
    { poll, taking }: { readonly poll: Good; readonly taking: Taking },
  ): void {
    let open = events.length;
    const ended = (): void => {
      open -= 1;
      if (open === 0) this.#finish(poll, taking);
    };
    for (const [index, event] of events.entries()) {
      const seen = looked[index] as Looked;
      if (seen.kind === "known") {
        this.#known.push(event.runKey);
        ended();
      } else if (seen.kind === "unfit") {
        this.#keep(event.runKey, { outcome: "failed", reason: reasonOf(seen.error) });
        ended();
      } else this.#make(event, seen.params, { ended, isCurrent: taking.isCurrent });
    }
  }

  #make(
    { runKey, payload }: SensorEvent,
    params: EncodedText,
    { ended, isCurrent }: { readonly ended: () => void; readonly isCurrent: () => boolean },
  ): void {
    const world = this.#world;
    const policy = this.#trigger.spec.gather;
    if (waitsForMore(policy)) {
      const row = rowOf(world, this.#trigger);
      const gathered = gather(policy, row.gathered, { key: runKey, atMs: world.batch.atMs, payload });
      world.triggers.change({ ...row, gathered });
      this.#keep(runKey, { outcome: "gathered", reason: "it waits for others" });
      ended();
      return;
    }
    const end = (decided: Omit<Parameters<typeof keepTick>[2], "atMs" | "key">): void => {
      this.#keep(runKey, decided);
      ended();
    };
    requestRun(world, wishFor(this.#trigger, { key: runKey, params, class: "live" }), {
      isWanted: () => {
        if (!isCurrent()) return false;
        const refusal = spendThrottle(world, this.#trigger);
        if (refusal !== null) end({ outcome: "skipped", reason: refusal });
        return refusal === null;
      },
      made: ({ run, isNew }: RunMade) => end({ outcome: isNew ? "run" : "known", run }),
      failed: (error) => {
        if (isCurrent()) end({ outcome: "failed", reason: reasonOf(error) });
      },
    });
  }

  /** The poll itself is kept as well, with what it logged; and its cursor, now that all it found has become something. */
  #finish({ events, skipReason, cursor, log }: Good, { done }: Taking): void {
    const known = this.#known.length;
    const outcome = known > 0 && known === events.length ? "known" : "polled";
    const named = this.#known.slice(0, NAMED_KEYS).join(", ");
    const more = known > NAMED_KEYS ? ` and ${known - NAMED_KEYS} more` : "";
    const found = known === 0 ? skipReason : `known before: ${named}${more}`;
    this.#keep("", { outcome, reason: events.length === 0 ? skipReason : found, log });
    done({ sensorCursor: cursor, failures: 0 });
  }

  #keep(key: string, decided: Omit<Parameters<typeof keepTick>[2], "atMs" | "key">): void {
    keepTick(this.#world, nameOf(this.#trigger), { atMs: this.#atMs, key, ...decided });
  }
}
