import type { FlowFinishedSpec } from "@millrace/core";
import type { ActiveRun } from "../active-run.ts";
import type { ActiveTrigger, TriggerName } from "../triggers/trigger-book.ts";
import type { World } from "../world.ts";
import { Alarms } from "./alarms.ts";
import { decideApproval } from "./approvals.ts";
import type { EventTrigger } from "./event-outcomes.ts";
import { fireTrigger } from "./fire.ts";
import { noteEndedRun } from "./flow-finished.ts";
import { GatheredEvents } from "./gathered-events.ts";
import { SensorPolls } from "./sensor-polls.ts";

/**
 * Everything that makes runs and is no schedule: what comes from outside, sensors, and flows that have ended. It acts for
 * the triggers of the active version, as the book of triggers has them.
 */
export class EventService {
  readonly #world: World;
  readonly #alarms: Alarms;
  readonly #gathered: GatheredEvents;
  readonly #sensors: SensorPolls;
  /** By the flow whose end they wait for; undefined when it must be looked up anew. */
  #afterFlows: ReadonlyMap<string, readonly EventTrigger[]> | undefined;

  constructor(world: World) {
    this.#world = world;
    this.#alarms = new Alarms(world);
    this.#gathered = new GatheredEvents(world, this.#alarms);
    this.#sensors = new SensorPolls(world, this.#alarms, (trigger) => this.#gathered.watch(trigger));
    const firing = { world, underWay: new Map(), watch: (trigger: EventTrigger) => this.#gathered.watch(trigger) };
    world.handlers.set("fire_trigger", (stored) => fireTrigger(firing, stored));
    world.handlers.set("decide_approval", (stored) => decideApproval(world, stored));
    world.onRunEnded.push((run) => this.#runEnded(run));
    world.onTriggerTouched.push((name) => this.#touched(name));
    world.onTriggersLost.push(async () => this.#lost());
  }

  #touched(name: TriggerName): void {
    this.#afterFlows = undefined;
    const trigger = this.#world.triggers.activeOf(name);
    if (trigger !== undefined && isEventTrigger(trigger)) this.#watch(trigger);
  }

  #watch(trigger: EventTrigger): void {
    this.#gathered.watch(trigger);
    this.#sensors.watch(trigger);
  }

  #runEnded(run: ActiveRun): void {
    this.#afterFlows ??= this.#groupByFlow();
    for (const trigger of this.#afterFlows.get(run.flow.spec.name) ?? []) {
      if (noteEndedRun(this.#world, trigger, run)) this.#gathered.watch(trigger);
    }
  }

  #groupByFlow(): ReadonlyMap<string, readonly EventTrigger[]> {
    const triggers = [...this.#world.triggers.active()].filter(isEventTrigger);
    return Map.groupBy(
      triggers.filter(({ spec }) => spec.kind === "flow_finished"),
      ({ spec }) => (spec as FlowFinishedSpec).flow,
    );
  }

  /** The rows were read anew. */
  #lost(): void {
    this.#gathered.forget();
    this.#sensors.forget();
    for (const trigger of this.#world.triggers.active()) if (isEventTrigger(trigger)) this.#watch(trigger);
  }

  stop(): void {
    this.#alarms.stop();
  }
}

function isEventTrigger(trigger: ActiveTrigger): trigger is EventTrigger {
  return !("timing" in trigger.spec);
}
