import type { RouteOutput } from "@millrace/contract";
import type { Query, QueryClient } from "@tanstack/react-query";
import type { RunEvent } from "../api/shapes.ts";

/** After the first event: what happens together is asked for once, in milliseconds. */
const GATHER_MS = 150;

/** Answers about one run, by what was asked. */
const OF_RUN = new Set(["getRun", "listTaskRuns", "listAttempts", "listRunEvents", "explainRun", "listReports"]);
/** Events that change what lists of runs and of schedules say. */
const OF_LISTS = new Set<RunEvent["type"]>(["run.queued", "run.started", "run.finished", "run.cancelling"]);
const LISTS = new Set([
  "listRuns",
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

interface Asked {
  readonly params?: { readonly run?: string; readonly flow?: string };
  readonly query?: { readonly flow?: string };
}

/**
 * Asks again for what events have made old, and what a page shows. Never twice at once: under load the next round waits
 * for the answers of the one before, so that a busy server is asked less often and not more.
 */
export class Refresher {
  readonly #client: QueryClient;
  #runs = new Set<string>();
  /** Null: of all flows. */
  #flows = new Set<string | null>();
  /** Of which anything happened: a grid shows tasks, too. */
  #active = new Set<string | null>();
  /** Whether something is asked of a person, or no longer. */
  #isAsked = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isBusy = false;

  constructor(client: QueryClient) {
    this.#client = client;
  }

  take(events: readonly RunEvent[]): void {
    for (const event of events) {
      const { run, flow, type } = event;
      this.#runs.add(run);
      this.#isAsked ||= isAsk(event) || (type in ENDS_AN_ASK && this.#waiting().has(run));
      this.#active.add(flow);
      if (OF_LISTS.has(type)) this.#flows.add(flow);
    }
    this.#plan();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Runs of which a person is known to be asked something. */
  #waiting(): ReadonlySet<string> {
    const kept = this.#client.getQueriesData<Partial<RouteOutput<typeof APPROVALS>>>({ queryKey: [APPROVALS] });
    return new Set(kept.flatMap(([, page]) => (page?.items ?? []).map(({ run }) => run)));
  }

  #plan(): void {
    if (this.#isBusy || (this.#runs.size === 0 && this.#flows.size === 0)) return;
    this.#timer ??= setTimeout(() => void this.#refresh(), GATHER_MS);
  }

  async #refresh(): Promise<void> {
    this.#timer = undefined;
    const old = { runs: this.#runs, flows: this.#flows, active: this.#active, isAsked: this.#isAsked };
    this.#isAsked = false;
    this.#runs = new Set();
    this.#flows = new Set();
    this.#active = new Set();
    this.#isBusy = true;
    try {
      await this.#client.invalidateQueries({ predicate: (query) => isOld(query, old) });
    } finally {
      this.#isBusy = false;
      this.#plan();
    }
  }
}

/** Events after which a person may not be waited for any more. */
const ENDS_AN_ASK: Partial<Record<RunEvent["type"], true>> = { "task.resumed": true, "run.finished": true };

function isAsk({ type, data }: RunEvent): boolean {
  return type === "task.deferred" && (data as { readonly approval?: string } | null)?.approval !== undefined;
}

interface Old {
  readonly isAsked: boolean;
  readonly runs: ReadonlySet<string>;
  readonly flows: ReadonlySet<string | null>;
  readonly active: ReadonlySet<string | null>;
}

function isOld({ queryKey }: Query, { runs, flows, active, isAsked }: Old): boolean {
  const [name, asked] = queryKey as readonly [string, Asked | undefined];
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
