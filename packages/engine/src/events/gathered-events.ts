import {
  decode,
  type EncodedText,
  type FlowFinishedPayload,
  type GatheredEvent,
  gatheredDueAtMs,
  type RunClass,
  type RunId,
  type TickOutcome,
  takeGathered,
  waitsForMore,
} from "@millrace/core";
import { requestRun } from "../requests.ts";
import type { World } from "../world.ts";
import type { Alarms } from "./alarms.ts";
import { type EventTrigger, keepTick, keyOf, nameOf, paramsOf, reasonOf, rowOf, wishFor } from "./event-outcomes.ts";
import { spendThrottle } from "./fire.ts";

/**
 * Makes runs of events that are kept with their trigger: those that wait for others, and those that must not be lost
 * between what caused them and their run. One run of a trigger is made at a time, and what made it goes in one commit.
 */
export class GatheredEvents {
  readonly #world: World;
  readonly #alarms: Alarms;
  /** Triggers of which events are on their way to a run. */
  readonly #firing = new Set<string>();

  constructor(world: World, alarms: Alarms) {
    this.#world = world;
    this.#alarms = alarms;
  }

  /** Looks at what waits, now or when it is due. Twice is fine. */
  watch(trigger: EventTrigger): void {
    const key = keyOf(nameOf(trigger));
    const row = rowOf(this.#world, trigger);
    const dueAtMs = row.paused === null ? gatheredDueAtMs(trigger.spec.gather, row.gathered) : undefined;
    if (dueAtMs === undefined) this.#alarms.clear(`gathered ${key}`);
    else if (!this.#firing.has(key)) this.#alarms.set(`gathered ${key}`, dueAtMs, () => this.#fire(trigger, key));
  }

  /** What is on its way may not have been written: it is looked at again. */
  forget(): void {
    this.#firing.clear();
  }

  #fire(trigger: EventTrigger, key: string): void {
    const world = this.#world;
    const current = world.triggers.activeOf(nameOf(trigger)) as EventTrigger | undefined;
    if (current === undefined || this.#firing.has(key) || world.draining) return;
    const row = rowOf(world, current);
    const taken = row.paused === null ? takeGathered(current.spec.gather, row.gathered, world.batch.atMs) : undefined;
    if (taken === undefined) {
      this.watch(current);
      return;
    }
    this.#firing.add(key);
    const rest = new Set(taken.rest.map((event) => event.key));
    const gone = new Set(row.gathered.map((event) => event.key).filter((each) => !rest.has(each)));
    this.#make(current, taken.events, gone);
  }

  #make(trigger: EventTrigger, events: readonly GatheredEvent[], gone: ReadonlySet<string>): void {
    const world = this.#world;
    const isStillThere = (): boolean => rowOf(world, trigger).gathered.some(({ key }) => gone.has(key));
    const last = events.at(-1) as GatheredEvent;
    const isGroup = waitsForMore(trigger.spec.gather);
    const tickKey = isGroup ? `gathered:${last.key}` : last.key;
    const end = (outcome: TickOutcome, run: RunId | null, reason: string | null): void => {
      if (!isStillThere()) {
        this.#release(trigger);
        return;
      }
      const atMs = isGroup ? world.batch.atMs : last.atMs;
      keepTick(world, nameOf(trigger), { atMs, key: tickKey, outcome, run, reason });
      this.#drop(trigger, gone);
    };
    const failed = (error: unknown): void => end("failed", null, reasonOf(error));
    const ask = (params: EncodedText): void =>
      requestRun(world, wishFor(trigger, { key: tickKey, params, class: classOf(trigger, last) }), {
        isWanted: () => {
          if (!isStillThere()) {
            this.#release(trigger);
            return false;
          }
          const refusal = spendThrottle(world, trigger);
          if (refusal !== null) end("skipped", null, refusal);
          return refusal === null;
        },
        made: ({ run, isNew }) => end(isNew ? "run" : "known", run, isGroup ? countText(gone.size) : null),
        failed,
      });
    world.later(
      () =>
        paramsOf(
          world,
          trigger,
          events.map(({ payload }) => payload),
        ),
      ask,
      failed,
    );
  }

  /** They are done; whatever came meanwhile has its turn. */
  #drop(trigger: EventTrigger, gone: ReadonlySet<string>): void {
    const row = rowOf(this.#world, trigger);
    this.#world.triggers.change({ ...row, gathered: row.gathered.filter(({ key }) => !gone.has(key)) });
    this.#release(trigger);
  }

  #release(trigger: EventTrigger): void {
    this.#firing.delete(keyOf(nameOf(trigger)));
    this.watch(trigger);
  }
}

function countText(events: number): string {
  return events === 1 ? "of 1 event" : `of ${events} events`;
}

/** What follows a backfill is no more urgent than that. */
function classOf({ spec }: EventTrigger, { payload }: GatheredEvent): RunClass {
  return spec.kind === "flow_finished" ? (decode(payload) as FlowFinishedPayload).class : "live";
}
