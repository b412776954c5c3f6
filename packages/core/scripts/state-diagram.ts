// Writes what the state machines do, from the machines themselves: the matrix of every state and event that a reviewer
// sees change, and the diagrams in the documentation. `node --conditions=@millrace/source scripts/state-diagram.ts`
import { mkdirSync, writeFileSync } from "node:fs";
import process from "node:process";
import {
  ATTEMPT_STOP,
  type AttemptEvent,
  type AttemptState,
  isFinalAttemptState,
  isFinalRunState,
  isFinalTaskRunState,
  RUN_EVENTS,
  type RunState,
  TASK_RUN_EVENTS,
  type TaskRunState,
  transitionAttempt,
  transitionRun,
  transitionTaskRun,
} from "@millrace/core";

export const MATRIX_FILE = new URL("../test/states/matrix.json", import.meta.url);
export const DIAGRAM_FILE = new URL("../../../docs/internals/states.md", import.meta.url);

/** What the table and the diagram need to know of a machine; its states and events are text here. */
export interface Machine {
  readonly title: string;
  readonly about: string;
  readonly initial: string;
  readonly states: readonly string[];
  readonly events: readonly string[];
  readonly isFinal: (state: string) => boolean;
  readonly next: (state: string, event: string) => string | undefined;
}

// As records, so that a state that is added and forgotten here does not compile.
const RUN_STATES: Record<RunState, null> = {
  queued: null,
  running: null,
  success: null,
  failed: null,
  cancelled: null,
};
const TASK_RUN_STATES: Record<TaskRunState, null> = {
  pending: null,
  ready: null,
  queued: null,
  running: null,
  retry_wait: null,
  deferred: null,
  awaiting_input: null,
  success: null,
  failed: null,
  skipped: null,
  upstream_failed: null,
  cancelled: null,
};
const ATTEMPT_STATES: Record<AttemptState, null> = {
  starting: null,
  running: null,
  stopping: null,
  success: null,
  failed: null,
  timed_out: null,
  cancelled: null,
  lost: null,
  yielded: null,
};
const ATTEMPT_EVENTS: Readonly<Record<string, AttemptEvent>> = {
  started: { kind: "started" },
  data: { kind: "data" },
  stop: ATTEMPT_STOP,
  "ended: success": { kind: "ended", outcome: { state: "success" } },
  "ended: failed": { kind: "ended", outcome: { state: "failed" } },
  "ended: timed_out": { kind: "ended", outcome: { state: "timed_out" } },
  "ended: cancelled": { kind: "ended", outcome: { state: "cancelled" } },
  "ended: lost": { kind: "ended", outcome: { state: "lost" } },
  "ended: yielded": { kind: "ended", outcome: { state: "yielded" } },
};

interface Definition<State extends string, Event> {
  readonly title: string;
  readonly about: string;
  readonly initial: State;
  readonly states: Record<State, null>;
  readonly events: Readonly<Record<string, Event>>;
  readonly isFinal: (state: State) => boolean;
  readonly transition: (state: State, event: Event) => State | undefined;
}

function machine<State extends string, Event>(definition: Definition<State, Event>): Machine {
  const { title, about, initial, events } = definition;
  return {
    title,
    about,
    initial,
    states: Object.keys(definition.states),
    events: Object.keys(events),
    isFinal: (state) => definition.isFinal(state as State),
    next: (state, event) => definition.transition(state as State, events[event] as Event),
  };
}

export const MACHINES: Readonly<Record<"run" | "taskRun" | "attempt", Machine>> = {
  run: machine({
    title: "Run",
    about: "One execution of a flow. A rerun is a run of its own.",
    initial: "queued",
    states: RUN_STATES,
    events: RUN_EVENTS,
    isFinal: isFinalRunState,
    transition: transitionRun,
  }),
  taskRun: machine({
    title: "Task run",
    about: "One task within one run, or one item of a mapped task. Maps and branches have one too.",
    initial: "pending",
    states: TASK_RUN_STATES,
    events: TASK_RUN_EVENTS,
    isFinal: isFinalTaskRunState,
    transition: transitionTaskRun,
  }),
  attempt: machine({
    title: "Attempt",
    about: "One try at a task run: what executors start, and what fencing protects.",
    initial: "starting",
    states: ATTEMPT_STATES,
    events: ATTEMPT_EVENTS,
    isFinal: isFinalAttemptState,
    transition: transitionAttempt,
  }),
};

/** Every state with every event, and what follows; null where the event is dropped. */
export function renderMatrix(): string {
  const rows = Object.entries(MACHINES).map(([name, { states, events, next }]) => [
    name,
    Object.fromEntries(
      states.map((state) => [state, Object.fromEntries(events.map((event) => [event, next(state, event) ?? null]))]),
    ),
  ]);
  return `${JSON.stringify(Object.fromEntries(rows), null, 2)}\n`;
}

/** One arrow for each pair of states, with all events that lead along it. */
function renderDiagram({ initial, states, events, isFinal, next }: Machine): string {
  const arrows = new Map<string, string[]>();
  for (const state of states) {
    for (const event of events) {
      const target = next(state, event);
      if (target === undefined || target === state) continue;
      const arrow = `${state} --> ${target}`;
      arrows.set(arrow, [...(arrows.get(arrow) ?? []), event.replace("ended: ", "")]);
    }
  }
  const lines = [
    `[*] --> ${initial}`,
    ...Array.from(arrows, ([arrow, along]) => `${arrow} : ${along.join(", ")}`),
    ...states.filter(isFinal).map((state) => `${state} --> [*]`),
  ];
  return `\`\`\`mermaid\nstateDiagram-v2\n${lines.map((line) => `  ${line}\n`).join("")}\`\`\``;
}

export function renderDocument(): string {
  const chapters = Object.values(MACHINES).map(
    (each) => `## ${each.title}\n\n${each.about}\n\n${renderDiagram(each)}\n`,
  );
  return `# States

Each of the three machines is one pure function, \`transition(state, event)\`, in \`packages/core/src/states\`. It gives the
state that follows, or nothing where the event comes too late or a second time; such an event is dropped. Final states
never change. This page is written by \`packages/core/scripts/state-diagram.ts\` from those functions, and a test compares
them; the table of every state and every event is \`packages/core/test/states/matrix.json\`.

${chapters.join("\n")}`;
}

if (import.meta.main && process.argv.includes("--print")) {
  process.stdout.write(renderDocument());
} else if (import.meta.main) {
  mkdirSync(new URL(".", DIAGRAM_FILE), { recursive: true });
  writeFileSync(MATRIX_FILE, renderMatrix());
  writeFileSync(DIAGRAM_FILE, renderDocument());
  process.stdout.write(`wrote ${MATRIX_FILE.pathname} and ${DIAGRAM_FILE.pathname}\n`);
}
