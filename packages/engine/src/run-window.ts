import { MillraceError, type RunSlice, type Window } from "@millrace/core";
import { newestSlice, type Partitions, sliceOf, type Ticks, ticksOf, windowOfSlice } from "@millrace/core/time";
import type { LoadedFlow } from "./loaded-flow.ts";
import type { RunWish } from "./run-wish.ts";
import type { World } from "./world.ts";

/** What a run covers. */
export interface Covered {
  readonly window: Window;
  readonly slice: RunSlice | null;
}

/**
 * The window and the slice of a run that is to be made: as they are wished for; else those that belong to each other; else
 * the newest that are complete; else, of a flow that knows nothing of time, an empty window at this instant.
 *
 * @throws MillraceError `UNKNOWN_PARTITION` for a key that is not there, or where there is none yet.
 */
export async function coveredBy(world: World, flow: LoadedFlow, wish: RunWish): Promise<Covered> {
  const nowMs = world.ports.clock.now();
  const { partitions: spec } = flow.spec;
  if (spec === null) {
    if (wish.slice !== null) throw notPartitioned(flow.spec.name);
    return { window: wish.window ?? newestWindow(flow, nowMs), slice: null };
  }
  const partitions = await world.partitions.at(spec, wish.scheduledAtMs ?? nowMs);
  const slice = wish.slice ?? sliceWithin(partitions, wish.window);
  if (slice === undefined) throw noPartition(flow.spec.name);
  return { slice, window: wish.window ?? windowOfSlice(partitions, slice) ?? newestWindow(flow, nowMs) };
}

/** Partitions that start within a window, or the newest that is complete. */
function sliceWithin(partitions: Partitions, window: Window | null): RunSlice | undefined {
  const ranges = window === null ? null : partitions.startingWithin(window.startMs, window.endMs);
  const [only, ...more] = ranges ?? [];
  if (only === undefined) return newestSlice(partitions);
  if (more.length === 0) return sliceOf(partitions, only);
  const slices = [only, ...more].map((range) => sliceOf({ ...partitions, isSettled: false }, range));
  return { kind: "keys", keys: slices.flatMap((slice) => (slice.kind === "keys" ? slice.keys : keyOf(slice))) };
}

function keyOf(slice: RunSlice): readonly string[] {
  return slice.kind === "key" ? [slice.key] : [];
}

const TICKS = new WeakMap<LoadedFlow, readonly Ticks[]>();

/** The newest window of the flow's schedules that has ended. */
function newestWindow(flow: LoadedFlow, nowMs: number): Window {
  let newest: number | undefined;
  let window: Window = { startMs: nowMs, endMs: nowMs };
  for (const ticks of ticksOfFlow(flow)) {
    const tick = ticks.previous(nowMs, true);
    if (tick === undefined || (newest !== undefined && tick <= newest)) continue;
    newest = tick;
    window = ticks.windowOf(tick);
  }
  return window;
}

function ticksOfFlow(flow: LoadedFlow): readonly Ticks[] {
  const known = TICKS.get(flow);
  if (known !== undefined) return known;
  const ticks = flow.spec.schedules.flatMap((schedule) => ticksOf(schedule) ?? []);
  TICKS.set(flow, ticks);
  return ticks;
}

function notPartitioned(flow: string): MillraceError {
  return new MillraceError("UNKNOWN_PARTITION", `The flow ${flow} has no partitions.`, {
    hint: "Leave the partition out, or give the flow `partitions`.",
  });
}

function noPartition(flow: string): MillraceError {
  return new MillraceError("UNKNOWN_PARTITION", `The flow ${flow} has no partition yet.`, {
    hint: "The first is there when its window has ended, or when its key is added.",
  });
}
