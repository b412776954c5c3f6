import { taskRunLabel } from "@millrace/core";
import type { Console } from "../output/console.ts";
import { errorRecord } from "../output/error-text.ts";
import { isoInstant } from "../output/time-text.ts";
import { smallPlainValue } from "../output/value-text.ts";
import type { RunEvent, Spot } from "../run-view/run-event.ts";
import { type RunView, totals } from "../run-view/run-view.ts";
import type { RunReporter } from "./run-reporter.ts";

type Fields = Readonly<Record<string, unknown>>;

/** One record an event: NDJSON. Durations are in milliseconds, instants in ISO 8601. */
export function makeJsonReporter(console: Console): RunReporter {
  return {
    begin: (view, resumed) => {
      if (resumed) console.record({ type: "run.resumed", ...runFields(view), state: view.state });
    },
    event: (view, event) => {
      if (event.kind !== "run.finished" && event.kind !== "hook.working") console.record(eventRecord(view, event));
    },
    notice: () => {},
    end: (view, { run, failures, moreFailures, output }) => {
      const endedAtMs = run.endedAtMs ?? run.createdAtMs;
      console.record({
        type: "run.finished",
        ...runFields(view),
        at: isoInstant(endedAtMs),
        state: run.state,
        durationMs: endedAtMs - (run.startedAtMs ?? run.createdAtMs),
        tasks: totals(view),
        // Left out when there is none, and when it is large: `millrace output` prints those.
        output: smallPlainValue(output),
        error: run.error === null ? null : errorRecord(run.error),
        failures: failures.map(({ label, error }) => ({
          task: label,
          error: error === null ? null : errorRecord(error),
        })),
        // Each has its task.finished too; these are the ones with all that is known.
        moreFailures,
      });
    },
    close: () => {},
  };
}

function runFields(view: RunView): Fields {
  return { run: view.run, flow: view.flow };
}

function eventRecord(view: RunView, event: RunEvent): Fields {
  const at = isoInstant(event.atMs);
  if (!("node" in event)) return { type: event.kind, ...runFields(view), at };
  const base = { ...runFields(view), ...taskFields(view, event), at };
  switch (event.kind) {
    case "task.started":
      return { type: event.kind, ...base, attempt: event.attempt, try: event.number, resumed: event.resumed };
    case "task.retrying": {
      const inMs = event.resumeAtMs === null ? null : Math.max(0, event.resumeAtMs - event.atMs);
      return { type: event.kind, ...base, try: event.number, delayMs: inMs, error: event.error };
    }
    case "task.deferred": {
      const resumeAt = event.resumeAtMs === null ? null : isoInstant(event.resumeAtMs);
      const { childRun, approval } = event;
      return { type: event.kind, ...base, resumeAt, childRun, ...(approval === null ? {} : { approval }) };
    }
    case "data.reported": {
      const { report, asset, check, passed, severity } = event;
      return { type: event.kind, ...base, report, asset, check, passed, severity };
    }
    case "task.resumed":
    case "hook.working":
      return { type: event.kind, ...base };
    case "task.expanded":
      return { type: event.kind, ...base, items: event.items };
    case "hook.finished":
      return {
        type: event.kind,
        ...base,
        hook: event.hook,
        state: event.state,
        durationMs: event.ms,
        error: event.error,
      };
    case "task.finished": {
      if (event.state === "skipped") return { type: "task.skipped", ...base, state: event.state };
      const { state, ms, attempts, cached, reusedFrom, arm, error } = event;
      const marked = event.marked ? { marked: true } : {};
      return { type: event.kind, ...base, state, durationMs: ms, attempts, cached, reusedFrom, ...marked, arm, error };
    }
  }
}

function taskFields(view: RunView, { node, item }: Spot): Fields {
  const id = view.spec.nodes[node]?.id ?? null;
  return { task: id === null ? null : taskRunLabel(id, item as Parameters<typeof taskRunLabel>[1]), node: id, item };
}
