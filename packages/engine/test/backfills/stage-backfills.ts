import {
  type BackfillChange,
  type BackfillId,
  type BackfillRequest,
  type BackfillRow,
  type CommandAnswer,
  encode,
  type FlowSpec,
  type PartitionsSpec,
  type SliceRun,
} from "@millrace/core";
import { flowOf } from "../stage/sketch.ts";
import { openStage, type Stage, type StageSetup } from "../stage/stage.ts";

/** Days from 1969 on; the virtual clock begins in 2026. */
const DAYS: PartitionsSpec = {
  kind: "time",
  every: { kind: "daily", hourOffset: 0, minuteOffset: 0 },
  timeZone: "UTC",
  start: "1969-01-01",
  end: null,
  endOffset: 0,
  format: null,
};

/** A flow of one task, cut as told. */
export function cutFlow(partitions: PartitionsSpec | null = DAYS, changed: Partial<FlowSpec> = {}): FlowSpec {
  return { ...flowOf("orders", (flow) => flow.task("load")), partitions, ...changed };
}

export async function openCutStage(setup: Partial<StageSetup> = {}): Promise<Stage> {
  return await openStage({ flows: [cutFlow()], ...setup });
}

function request(changed: Partial<BackfillRequest> = {}): BackfillRequest {
  return {
    flow: "orders",
    schedule: null,
    selection: { kind: "keys_between", from: "1969-03-01", to: "1969-03-05" },
    reprocess: "none",
    order: "oldest",
    maxActiveRuns: 2,
    runPer: { kind: "partition" },
    limit: null,
    params: encode({}),
    version: null,
    ...changed,
  };
}

export async function create(
  stage: Stage,
  changed: Partial<BackfillRequest> = {},
  command?: string,
): Promise<CommandAnswer> {
  return await stage.submit({ kind: "create_backfill", request: request(changed) }, command);
}

/** Creates one and gives its id. */
export async function begin(
  stage: Stage,
  changed: Partial<BackfillRequest> = {},
  command?: string,
): Promise<BackfillId> {
  const answer = await create(stage, changed, command);
  if (!answer.ok || answer.run !== null || answer.backfill === undefined) throw new Error(JSON.stringify(answer));
  return answer.backfill;
}

export async function change(stage: Stage, backfill: BackfillId, asked: BackfillChange): Promise<CommandAnswer> {
  return await stage.submit({ kind: "change_backfill", backfill, change: asked });
}

export async function set(stage: Stage, backfill: BackfillId, maxActiveRuns: number): Promise<CommandAnswer> {
  return await stage.submit({ kind: "set_backfill", backfill, maxActiveRuns });
}

export async function row(stage: Stage, id: BackfillId): Promise<BackfillRow> {
  const found = await stage.place.store.triggers.findBackfill(id);
  if (found === undefined) throw new Error(`no backfill ${id}`);
  return found;
}

/** Lets time pass until the backfill has ended. */
export async function ended(stage: Stage, id: BackfillId): Promise<BackfillRow> {
  for (;;) {
    await stage.quiet();
    const found = await row(stage, id);
    if (found.endedAtMs !== null) return found;
    if (!stage.clock.advanceToNext()) throw new Error(`the backfill stands still: ${JSON.stringify(found)}`);
  }
}

export async function runsOf(stage: Stage, id: BackfillId): Promise<readonly SliceRun[]> {
  return await stage.place.store.triggers.listBackfillRuns(id);
}

/** Keys that runs covered, in the order in which they were made. */
export async function keysOf(stage: Stage, id: BackfillId): Promise<readonly string[]> {
  return (await runsOf(stage, id)).map(({ slice }) => (slice?.kind === "key" ? slice.key : JSON.stringify(slice)));
}
