import { type CatchupPolicy, type DroppedTicks, droppedReason, type RunId, type TickOutcome } from "@millrace/core";
import type { TriggerName } from "../triggers/trigger-book.ts";
import type { World } from "../world.ts";

/** What became of a tick. */
export interface Decided {
  readonly atMs: number;
  readonly outcome: TickOutcome;
  readonly run?: RunId | null;
  readonly reason?: string | null;
}

/** Writes down what became of a tick, with this turn. */
export function writeTick({ batch }: World, { flow, name }: TriggerName, decided: Decided): void {
  const { atMs, outcome, run = null, reason = null } = decided;
  batch.tick({ flow, trigger: name, atMs, key: "", outcome, run, reason, log: null, decidedAtMs: batch.atMs });
}

/** Ticks that are never made are one line, at the last of them. */
export function writeDropped(
  world: World,
  name: TriggerName,
  { dropped, policy }: { readonly dropped: DroppedTicks | null; readonly policy: CatchupPolicy },
): void {
  if (dropped === null) return;
  writeTick(world, name, { atMs: dropped.lastMs, outcome: "skipped", reason: droppedReason(dropped, policy) });
}
