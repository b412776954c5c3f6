import { type EventRow, formatDuration, type ItemPath, type RunId, type RunRow, taskRunLabel } from "@millrace/core";
import type { Runtime } from "@millrace/server";
import { errorWords } from "../following/plain-reporter.ts";
import { parseRunEvent, type RunEvent } from "../run-view/run-event.ts";

/** What is told of runs while `millrace dev` lives: when they start and end, and what goes wrong in them. */
export interface RunLine {
  readonly word: "started" | "retrying" | "failed" | "success" | "cancelled";
  readonly atMs: number;
  readonly run: RunRow;
  /** The task, for what happened to one. */
  readonly task: string | null;
  readonly text: string;
  readonly durationMs: number | null;
}

const TOLD: ReadonlySet<EventRow["type"]> = new Set(["run.started", "run.finished", "task.retrying", "task.finished"]);

/** Turns events into lines, one after the other; each needs to know its run. Returns what ends it. */
export function tellRuns(runtime: Runtime, tell: (line: RunLine) => void): () => void {
  let last: Promise<void> = Promise.resolve();
  const one = async (event: EventRow): Promise<void> => {
    const line = await lineOf(runtime, parseRunEvent(event));
    if (line !== undefined) tell(line);
  };
  return runtime.onEvents((events) => {
    for (const event of events) {
      // A run that cannot be read any more is no reason to stop telling of others.
      if (isTold(event)) last = last.then(() => one(event)).catch(() => undefined);
    }
  });
}

/** Most task runs end well: these are not looked at twice. */
function isTold({ type, data }: EventRow): boolean {
  return TOLD.has(type) && (type !== "task.finished" || (data?.includes('"failed"') ?? false));
}

async function lineOf(runtime: Runtime, event: RunEvent): Promise<RunLine | undefined> {
  const run = await runtime.store.history.findRun(event.run as RunId);
  if (run === undefined) return undefined;
  const base = { atMs: event.atMs, run, task: null, durationMs: null };
  if (event.kind === "run.started") return { ...base, word: "started", text: causeText(run) };
  if (event.kind === "run.finished") {
    const durationMs = event.atMs - (run.startedAtMs ?? run.createdAtMs);
    const word = event.state === "success" || event.state === "cancelled" ? event.state : "failed";
    const why = event.state === "failed" ? `; millrace why ${run.id}` : "";
    return { ...base, word, durationMs, text: `${formatDuration(durationMs)}${why}` };
  }
  if (event.kind === "task.retrying") {
    return { ...base, word: "retrying", task: await labelOf(runtime, run, event), text: errorWords(event.error) };
  }
  if (event.kind !== "task.finished" || event.state !== "failed") return undefined;
  return { ...base, word: "failed", task: await labelOf(runtime, run, event), text: errorWords(event.error) };
}

async function labelOf(
  runtime: Runtime,
  run: RunRow,
  { node, item }: { readonly node: number; readonly item: string },
): Promise<string> {
  const { flows } = await runtime.flows(run.version);
  const id = flows.find(({ spec }) => spec.name === run.flow)?.spec.nodes[node]?.id;
  return id === undefined ? run.flow : taskRunLabel(id, item as ItemPath);
}

/** What made the run, where no person asked for it. */
function causeText({ trigger }: RunRow): string {
  switch (trigger.kind) {
    case "schedule":
      return `by schedule ${trigger.schedule}`;
    case "event":
      return `by ${trigger.source} ${trigger.trigger}`;
    case "backfill":
      return `for backfill ${trigger.backfill}`;
    case "flow_run":
      return `for run ${trigger.run}`;
    case "manual":
    case "rerun":
      return "";
  }
}
