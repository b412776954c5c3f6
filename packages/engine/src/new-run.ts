import { MillraceError, makeRunId, type RunId, type RunRow, type VersionId } from "@millrace/core";
import type { LoadedFlow } from "./loaded-flow.ts";
import type { RunPlan, TakenOutputs } from "./plans/run-plan.ts";
import type { World } from "./world.ts";

/** A run that is to be made, with what it takes over; or one that was made before, for the same key. */
export type Prepared =
  | { readonly kind: "known"; readonly run: RunId }
  | {
      readonly kind: "new";
      readonly row: RunRow;
      readonly flow: LoadedFlow;
      readonly plan: RunPlan;
      readonly outputs: TakenOutputs;
    };

/** The version asked for, or the active one. */
export async function versionOf(world: World, asked: VersionId | null): Promise<VersionId> {
  const version = asked ?? (await world.ports.store.activeVersion());
  if (version !== undefined) return version;
  throw new MillraceError("UNKNOWN_VERSION", "the project has no active version", {
    hint: "millrace check builds one, and says what keeps it from being built.",
  });
}

type Asked =
  | "params"
  | "concurrencyKey"
  | "taskKeys"
  | "class"
  | "scheduledAtMs"
  | "slice"
  | "window"
  | "backfill"
  | "trigger"
  | "idempotencyKey"
  | "selection"
  | "rerunOf";
type NewRun = Pick<RunRow, Asked> & {
  readonly rootRun: RunId | null;
};

/** The row of a run that is made now. */
export function newRow(world: World, flow: LoadedFlow, asked: NewRun): RunRow {
  const atMs = world.ports.clock.now();
  const id = makeRunId(atMs, world.ports.chance);
  return {
    ...asked,
    id,
    flow: flow.spec.name,
    version: flow.version,
    state: "queued",
    rootRun: asked.rootRun ?? id,
    createdAtMs: atMs,
    startedAtMs: null,
    endedAtMs: null,
    error: null,
    settled: false,
    cancelRequested: false,
  };
}

export function unknownRun(run: string): MillraceError {
  return new MillraceError("UNKNOWN_RUN", `there is no run ${run}`, { hint: "millrace runs lists them." });
}
