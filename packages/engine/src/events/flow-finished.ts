import { type EncodedText, encode, gather, type RunState, recordText, waitsForMore } from "@millrace/core";
import type { ActiveRun } from "../active-run.ts";
import type { World } from "../world.ts";
import { type EventTrigger, keepTick, nameOf, pausedReason, rowOf } from "./event-outcomes.ts";

/**
 * A run has ended: the event is kept with the trigger that waits for it, in the same commit as the end, so that neither is
 * ever there without the other. Gives whether it was.
 */
export function noteEndedRun(world: World, trigger: EventTrigger, run: ActiveRun): boolean {
  const { spec } = trigger;
  if (spec.kind !== "flow_finished" || !(spec.states as readonly RunState[]).includes(run.state)) return false;
  const row = rowOf(world, trigger);
  const atMs = world.batch.atMs;
  if (row.paused !== null) {
    keepTick(world, nameOf(trigger), { atMs, key: run.id, outcome: "skipped", reason: pausedReason(row) });
    return false;
  }
  const gathered = gather(spec.gather, row.gathered, { key: run.id, atMs, payload: payloadOf(run) });
  world.triggers.change({ ...row, gathered });
  if (waitsForMore(spec.gather)) {
    keepTick(world, nameOf(trigger), { atMs, key: run.id, outcome: "gathered", reason: "it waits for others" });
  }
  return true;
}

/** As `FlowFinishedPayload` says. */
function payloadOf({ id, flow, state, made }: ActiveRun): EncodedText {
  return recordText({
    run: encode(id),
    flow: encode(flow.spec.name),
    state: encode(state),
    class: encode(made.class),
    params: made.params,
    window: encode(made.window),
  });
}
