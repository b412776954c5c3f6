import type { Query } from "@tanstack/react-query";
import type { Run, RunEvent } from "../api/shapes.ts";

/** Answers about one run, by what was asked. */
const OF_RUN = new Set([
  "getRun",
  "listTaskRuns",
  "listAttempts",
  "listRunEvents",
  "explainRun",
  "listReports",
  "getTask",
  "getTaskTiming",
]);
/** Events that change what lists of runs and of schedules say. */
const OF_LISTS = new Set<RunEvent["type"]>(["run.queued", "run.started", "run.finished", "run.cancelling"]);
const LISTS = new Set([
  "listRuns",
  "listFlowRuns",
  "countRuns",
  "listTicks",
  "listTriggers",
  "forecastTrigger",
  "listBackfills",
  // Whose runs these are is not in what was asked: any run may be one of them.
  "getBackfill",
  "listBackfillRuns",
  "getFlowCalendar",
  "getFlowDay",
  "listFlowVersions",
]);
const APPROVALS = "listApprovals";
/** What a page waits for, and a server reads in a moment. */
const SHORT = new Set(["getRun", APPROVALS]);
/** What is about all flows, and has new runs and their states written into it as they come. */
const WIDE = new Set(["listFlowRuns", "countRuns", "listProgress"]);
/** Events after which a person may not be waited for any more. */
const ENDS_AN_ASK: Partial<Record<RunEvent["type"], true>> = { "task.resumed": true, "run.finished": true };

interface Asked {
  readonly params?: { readonly run?: string; readonly flow?: string };
  readonly query?: { readonly flow?: string; readonly state?: RunState | readonly RunState[] };
}

type RunState = Run["state"];

/** What events are about: whose answers are old. */
export interface News {
  readonly runs: ReadonlySet<string>;
  /** Of which runs came, began or ended. Null: of all flows. */
  readonly flows: ReadonlySet<string | null>;
  /** Of which anything happened: a grid shows tasks, too. */
  readonly active: ReadonlySet<string | null>;
  /** What states runs came into, or left, or had when they changed otherwise. */
  readonly states: ReadonlySet<RunState>;
  /** Whether a run came of which the events say no more than that. */
  readonly isUntold: boolean;
  /** Whether something is asked of a person, or no longer. */
  readonly isAsked: boolean;
  readonly isEmpty: boolean;
  and(other: News): News;
}

function news(of: Omit<News, "isEmpty" | "and">): News {
  return {
    ...of,
    isEmpty: of.runs.size === 0,
    and: ({ runs, flows, active, states, isUntold, isAsked }) =>
      news({
        runs: of.runs.union(runs),
        flows: of.flows.union(flows),
        active: of.active.union(active),
        states: of.states.union(states),
        isUntold: of.isUntold || isUntold,
        isAsked: of.isAsked || isAsked,
      }),
  };
}

export const NONE: News = newsOf([], new Set());

/** @param waiting runs of which a person is known to be asked something. */
export function newsOf(events: readonly RunEvent[], waiting: ReadonlySet<string>): News {
  return news({
    runs: new Set(events.map(({ run }) => run)),
    flows: new Set(events.filter(({ type }) => OF_LISTS.has(type)).map(({ flow }) => flow)),
    active: new Set(events.map(({ flow }) => flow)),
    states: new Set(events.flatMap(statesOf)),
    isUntold: events.some(({ type, made }) => type === "run.queued" && made === undefined),
    isAsked: events.some((event) => isAsk(event) || (event.type in ENDS_AN_ASK && waiting.has(event.run))),
  });
}

function statesOf({ type, data }: RunEvent): readonly RunState[] {
  if (type === "run.queued") return ["queued"];
  if (type === "run.started" || type === "run.cancelling") return ["queued", "running"];
  return type === "run.finished" ? ["queued", "running", (data as Pick<Run, "state">).state] : [];
}

function isAsk({ type, data }: RunEvent): boolean {
  return type === "task.deferred" && (data as { readonly approval?: string } | null)?.approval !== undefined;
}

/** Whether events may make an answer old. */
export function isOfRuns({ queryKey: [name] }: Query): boolean {
  const own = String(name);
  return OF_RUN.has(own) || LISTS.has(own) || own === APPROVALS || own === "getFlowGrid" || own === "listProgress";
}

/** How much an answer costs: answers of one kind are asked for at one pace. */
export type Kind = "short" | "long" | "wide";

function kindOf(name: string): Kind {
  if (WIDE.has(name)) return "wide";
  return SHORT.has(name) ? "short" : "long";
}

/** Whether an answer of a kind may be another by now. */
export function isOld({ queryKey }: Pick<Query, "queryKey">, news: News, kind: Kind): boolean {
  const { runs, flows, active, isAsked } = news;
  const [name, asked] = queryKey as readonly [string, Asked | undefined];
  if (name === "listRuns" && !isOldList(asked, news, kind)) return false;
  if (name !== "listRuns" && kindOf(name) !== kind) return false;
  const { run, flow: own } = asked?.params ?? {};
  if (name === APPROVALS) return isAsked;
  if (OF_RUN.has(name)) return run !== undefined && runs.has(run);
  if (name === "getFlowGrid") return own !== undefined && (active.has(own) || active.has(null));
  // Whatever happens may take or free a slot, or be the end of a task.
  if (name === "listPools" || name === "listProgress") return active.size > 0;
  if (!LISTS.has(name) || flows.size === 0) return false;
  const flow = asked?.query?.flow ?? own;
  return flow === undefined || flows.has(flow) || flows.has(null);
}

/**
 * Runs that are new are written into lists as they come, so that only the rest waits for the next answer. A run that comes
 * into another state may have been made long ago: a list of these is asked for soon, and only if there is one.
 */
function isOldList(asked: Asked | undefined, { states, isUntold }: News, kind: Kind): boolean {
  const state = asked?.query?.state;
  const wanted = new Set(state === undefined ? [] : [state].flat());
  if (state !== undefined && wanted.isDisjointFrom(states)) return false;
  if (state !== undefined && !wanted.has("queued")) return kind === "short";
  return kind === "long" || (kind === "short" && isUntold);
}
