import type { Query } from "@tanstack/react-query";
import type { RunEvent } from "../api/shapes.ts";

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
const SHORT = new Set(["listRuns", "getRun", APPROVALS]);
/** What is about all flows, and has new runs and their states written into it as they come. */
const WIDE = new Set(["listFlowRuns"]);
/** Events after which a person may not be waited for any more. */
const ENDS_AN_ASK: Partial<Record<RunEvent["type"], true>> = { "task.resumed": true, "run.finished": true };

interface Asked {
  readonly params?: { readonly run?: string; readonly flow?: string };
  readonly query?: { readonly flow?: string };
}

/** What events are about: whose answers are old. */
export interface News {
  readonly runs: ReadonlySet<string>;
  /** Of which runs came, began or ended. Null: of all flows. */
  readonly flows: ReadonlySet<string | null>;
  /** Of which anything happened: a grid shows tasks, too. */
  readonly active: ReadonlySet<string | null>;
  /** Whether something is asked of a person, or no longer. */
  readonly isAsked: boolean;
  readonly isEmpty: boolean;
  and(other: News): News;
}

function news(of: Omit<News, "isEmpty" | "and">): News {
  return {
    ...of,
    isEmpty: of.runs.size === 0,
    and: ({ runs, flows, active, isAsked }) =>
      news({
        runs: of.runs.union(runs),
        flows: of.flows.union(flows),
        active: of.active.union(active),
        isAsked: of.isAsked || isAsked,
      }),
  };
}

export const NONE: News = news({ runs: new Set(), flows: new Set(), active: new Set(), isAsked: false });

/** @param waiting runs of which a person is known to be asked something. */
export function newsOf(events: readonly RunEvent[], waiting: ReadonlySet<string>): News {
  return news({
    runs: new Set(events.map(({ run }) => run)),
    flows: new Set(events.filter(({ type }) => OF_LISTS.has(type)).map(({ flow }) => flow)),
    active: new Set(events.map(({ flow }) => flow)),
    isAsked: events.some((event) => isAsk(event) || (event.type in ENDS_AN_ASK && waiting.has(event.run))),
  });
}

function isAsk({ type, data }: RunEvent): boolean {
  return type === "task.deferred" && (data as { readonly approval?: string } | null)?.approval !== undefined;
}

/** Whether events may make an answer old. */
export function isOfRuns({ queryKey: [name] }: Query): boolean {
  const own = String(name);
  return OF_RUN.has(own) || LISTS.has(own) || own === APPROVALS || own === "getFlowGrid";
}

/** How much an answer costs: answers of one kind are asked for at one pace. */
export type Kind = "short" | "long" | "wide";

function kindOf(name: string): Kind {
  if (WIDE.has(name)) return "wide";
  return SHORT.has(name) ? "short" : "long";
}

/** Whether an answer of a kind may be another by now. */
export function isOld({ queryKey }: Query, { runs, flows, active, isAsked }: News, kind: Kind): boolean {
  const [name, asked] = queryKey as readonly [string, Asked | undefined];
  if (kindOf(name) !== kind) return false;
  const { run, flow: own } = asked?.params ?? {};
  if (name === APPROVALS) return isAsked;
  if (OF_RUN.has(name)) return run !== undefined && runs.has(run);
  if (name === "getFlowGrid") return own !== undefined && (active.has(own) || active.has(null));
  // Whatever happens may take or free a slot.
  if (name === "listPools") return active.size > 0;
  if (!LISTS.has(name) || flows.size === 0) return false;
  const flow = asked?.query?.flow ?? own;
  return flow === undefined || flows.has(flow) || flows.has(null);
}
