import {
  type CommandId,
  type EncodedText,
  type GatherPolicy,
  gather,
  MillraceError,
  type RunId,
  type TickOutcome,
  type TickRow,
  throttled,
  waitsForMore,
} from "@millrace/core";
import { answer, refuse } from "../answers.ts";
import type { StoredCommandOf } from "../command-handlers.ts";
import { requestRun } from "../requests.ts";
import type { World } from "../world.ts";
import {
  type EventTrigger,
  keepTick,
  keyOf,
  nameOf,
  paramsOf,
  pausedReason,
  reasonOf,
  rowOf,
  unknownTrigger,
  wishFor,
} from "./event-outcomes.ts";

type Fire = StoredCommandOf<"fire_trigger">;

/** What firing needs around it. */
export interface FireSurroundings {
  readonly world: World;
  /** Events that are being decided, with those that came a second time meanwhile and wait for what becomes of the first. */
  readonly underWay: Map<string, (() => void)[]>;
  /** Events of the trigger wait from now on. */
  readonly watch: (trigger: EventTrigger) => void;
}

/** Somebody outside says that something happened. Answered in the same commit as what comes of it. */
export function fireTrigger(around: FireSurroundings, stored: Fire): void {
  const { world, underWay } = around;
  const { flow, trigger, key } = stored.command;
  const name = keyOf({ flow, name: trigger }, key);
  const waiting = underWay.get(name);
  if (waiting !== undefined) {
    waiting.push(() => fireTrigger(around, stored));
    return;
  }
  underWay.set(name, []);
  const firing = new Firing(around, stored, () => {
    const again = underWay.get(name) ?? [];
    underWay.delete(name);
    // Written or not: the next one looks into the store itself.
    for (const step of again) world.enqueue(step);
  });
  world.later(
    () => look(world, stored),
    (seen) => firing.decide(seen),
    (error) => firing.refuse(null, error),
  );
}

/** What the store and the active version know of the event. */
type Seen =
  | { readonly kind: "known"; readonly tick: TickRow }
  | { readonly kind: "new"; readonly trigger: EventTrigger; readonly params: EncodedText }
  | { readonly kind: "unfit"; readonly trigger: EventTrigger; readonly error: unknown };

async function look(world: World, { command }: Fire): Promise<Seen> {
  const { flow: flowName, trigger: triggerName, key, payload } = command;
  const { store } = world.ports;
  await world.triggers.ready(store.triggers);
  const tick = await store.triggers.findTick(flowName, triggerName, key);
  // What failed may be tried again, with the same key: the flow may be another by now.
  if (tick !== undefined && tick.outcome !== "failed") return { kind: "known", tick };
  const version = await store.activeVersion();
  if (version === undefined) throw new MillraceError("UNKNOWN_VERSION", "the project has no active version");
  const { spec: flow } = await world.flow(version, flowName);
  const spec = flow.triggers.find(({ name }) => name === triggerName);
  if (spec === undefined) throw unknownTrigger(flowName, triggerName);
  const trigger: EventTrigger = { version, flow, spec };
  try {
    // One that is gathered is looked at too: whoever sent it is still there to be told.
    return { kind: "new", trigger, params: await paramsOf(world, trigger, [payload]) };
  } catch (error) {
    if (!(error instanceof MillraceError) || !UNFIT.has(error.code)) throw error;
    return { kind: "unfit", trigger, error };
  }
}

const UNFIT = new Set(["INVALID_PARAMS", "DEFINITION_FAILED"]);

const BEFORE = "it came before";

/** What an event has become. */
interface Became {
  readonly outcome: TickOutcome;
  readonly run: RunId | null;
  readonly reason: string | null;
}

/** One event on its way to a run. */
class Firing {
  readonly #world: World;
  readonly #id: CommandId;
  readonly #command: Fire["command"];
  readonly #atMs: number;
  readonly #ended: () => void;
  readonly #watch: FireSurroundings["watch"];

  constructor({ world, watch }: FireSurroundings, { id, createdAtMs, command }: Fire, ended: () => void) {
    this.#world = world;
    this.#watch = watch;
    this.#id = id;
    this.#command = command;
    this.#atMs = createdAtMs;
    this.#ended = ended;
  }

  decide(seen: Seen): void {
    switch (seen.kind) {
      case "known":
        this.#answer({ outcome: "known", run: seen.tick.run, reason: BEFORE });
        return;
      case "unfit":
        this.refuse(seen.trigger, seen.error);
        return;
      case "new":
        this.#take(seen.trigger, seen.params);
    }
  }

  #take(trigger: EventTrigger, params: EncodedText): void {
    const world = this.#world;
    const row = rowOf(world, trigger);
    const { gather: policy } = trigger.spec;
    if (row.paused !== null) {
      this.#keep(trigger, { outcome: "skipped", run: null, reason: pausedReason(row) });
      return;
    }
    if (waitsForMore(policy)) {
      const { key, payload } = this.#command;
      const gathered = gather(policy, row.gathered, { key, atMs: world.batch.atMs, payload });
      world.triggers.change({ ...row, gathered });
      this.#watch(trigger);
      this.#keep(trigger, { outcome: "gathered", run: null, reason: "it waits for others" });
      return;
    }
    let refusal: string | null = null;
    requestRun(world, wishFor(trigger, { key: this.#command.key, params, class: "live" }), {
      isWanted: () => {
        refusal = spendThrottle(world, trigger);
        if (refusal !== null) this.#keep(trigger, { outcome: "skipped", run: null, reason: refusal });
        return refusal === null;
      },
      made: ({ run, isNew }) =>
        this.#keep(trigger, isNew ? { outcome: "run", run, reason: null } : { outcome: "known", run, reason: BEFORE }),
      failed: (error) => this.refuse(trigger, error),
    });
  }

  #keep(trigger: EventTrigger, became: Became): void {
    keepTick(this.#world, nameOf(trigger), { atMs: this.#atMs, key: this.#command.key, ...became });
    this.#answer(became);
  }

  #answer({ outcome, run, reason }: Became): void {
    const event = { outcome, reason };
    if (run === null) answer(this.#world, { id: this.#id, ok: true, run, event });
    else answer(this.#world, { id: this.#id, ok: true, run, event });
    this.#world.batch.afterwards.push(this.#ended);
  }

  /** @param trigger null when there is none of that name. */
  refuse(trigger: EventTrigger | null, error: unknown): void {
    if (trigger !== null) {
      const { key } = this.#command;
      keepTick(this.#world, nameOf(trigger), { atMs: this.#atMs, key, outcome: "failed", reason: reasonOf(error) });
    }
    refuse(this.#world, this.#id, error);
    this.#world.batch.afterwards.push(this.#ended);
  }
}

/** Counts a run against the trigger's throttle, where it has one. Gives why there is no room for it, else null. */
export function spendThrottle(world: World, trigger: EventTrigger): string | null {
  const policy: GatherPolicy | null = trigger.spec.gather;
  if (policy?.kind !== "throttle") return null;
  const row = rowOf(world, trigger);
  const madeAtMs = throttled(policy, row.madeAtMs, world.batch.atMs);
  if (madeAtMs === undefined) return `the throttle allows ${policy.limit} in ${policy.perMs} ms`;
  world.triggers.change({ ...row, madeAtMs });
  return null;
}
