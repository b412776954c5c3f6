import type { Query, QueryClient } from "@tanstack/react-query";
import type { RunEvent } from "../api/shapes.ts";

/** After the first event: what happens together is asked for once, in milliseconds. */
const GATHER_MS = 150;

/** Answers about one run, by what was asked. */
const OF_RUN = new Set(["getRun", "listTaskRuns", "listAttempts", "listRunEvents", "explainRun", "listReports"]);
/** Events that change what lists of runs and of schedules say. */
const OF_LISTS = new Set<RunEvent["type"]>(["run.queued", "run.started", "run.finished", "run.cancelling"]);
const LISTS = new Set(["listRuns", "listTicks", "listTriggers", "getFlowGrid", "listBackfills"]);

interface Asked {
  readonly params?: { readonly run?: string };
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
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isBusy = false;

  constructor(client: QueryClient) {
    this.#client = client;
  }

  take(events: readonly RunEvent[]): void {
    for (const { run, flow, type } of events) {
      this.#runs.add(run);
      if (OF_LISTS.has(type)) this.#flows.add(flow);
    }
    this.#plan();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #plan(): void {
    if (this.#isBusy || (this.#runs.size === 0 && this.#flows.size === 0)) return;
    this.#timer ??= setTimeout(() => void this.#refresh(), GATHER_MS);
  }

  async #refresh(): Promise<void> {
    this.#timer = undefined;
    const runs = this.#runs;
    const flows = this.#flows;
    this.#runs = new Set();
    this.#flows = new Set();
    this.#isBusy = true;
    try {
      await this.#client.invalidateQueries({ predicate: (query) => isOld(query, runs, flows) });
    } finally {
      this.#isBusy = false;
      this.#plan();
    }
  }
}

function isOld({ queryKey }: Query, runs: ReadonlySet<string>, flows: ReadonlySet<string | null>): boolean {
  const [name, asked] = queryKey as readonly [string, Asked];
  const { run } = asked?.params ?? {};
  if (OF_RUN.has(name)) return run !== undefined && runs.has(run);
  if (!LISTS.has(name) || flows.size === 0) return false;
  const { flow } = asked?.query ?? {};
  return flow === undefined || flows.has(flow) || flows.has(null);
}
