import type { Run, RunEvent } from "../../src/api/shapes.ts";

/** An instant, in seconds after the first one of these tests. */
export const at = (second: number): string => new Date(Date.UTC(2026, 10, 22) + second * 1_000).toISOString();

/** A run that is made at a second, and has it in its id. */
export function runOf(second: number, more: Partial<Run> = {}): Run {
  return {
    id: `R${second}`,
    flow: "orders",
    state: "queued",
    cancelRequested: false,
    createdAt: at(second),
    startedAt: null,
    endedAt: null,
    error: null,
    ...more,
  } as Run;
}

/** An event of a flow; its `seq` is the second at which it was. */
export function eventOf(seq: number, type: RunEvent["type"], more: Partial<RunEvent> = {}): RunEvent {
  return {
    seq,
    run: "R1",
    flow: "orders",
    at: at(seq),
    type,
    task: null,
    node: null,
    item: "",
    attempt: null,
    data: null,
    ...more,
  };
}

/** That a run was made, with what the stream says of it. */
export function madeOf(seq: number, run: Run): RunEvent {
  return eventOf(seq, "run.queued", { run: run.id, flow: run.flow, made: run });
}
