import type { RouteOutput } from "@millrace/contract";
import type { QueryClient } from "@tanstack/react-query";
import type { RunEvent } from "../api/shapes.ts";
import { isOld, type Kind, type News, NONE, newsOf } from "./news.ts";

/** How soon after an event an answer is asked for again, and how long it is left alone then, in milliseconds. */
interface Pace {
  readonly gatherMs: number;
  readonly restMs: number;
}

/** Short answers that tell what nothing else does. */
const SHORT: Pace = { gatherMs: 20, restMs: 80 };
/** Long ones, and what events have been written into already. What happens together is asked for once. */
const REST: Pace = { gatherMs: 150, restMs: 1_000 };
/** What is about all flows: only what is added up in it waits for the next answer. */
const WIDE: Pace = { gatherMs: 500, restMs: 4_000 };

/**
 * Asks again for what events have made old, and what a page shows. Never twice at once: under load the next round waits
 * for the answers of the one before, so that a busy server is asked less often and not more.
 */
export class Refresher {
  readonly #client: QueryClient;
  readonly #lanes: readonly Lane[];

  constructor(client: QueryClient) {
    this.#client = client;
    this.#lanes = [new Lane(client, "short", SHORT), new Lane(client, "long", REST), new Lane(client, "wide", WIDE)];
  }

  take(events: readonly RunEvent[]): void {
    const news = newsOf(events, this.#waiting());
    for (const lane of this.#lanes) lane.take(news);
  }

  /** A page that nobody sees asks for nothing; once it is seen, it asks at once for what is old. */
  wake(): void {
    for (const lane of this.#lanes) lane.plan();
  }

  stop(): void {
    for (const lane of this.#lanes) lane.stop();
  }

  /** Runs of which a person is known to be asked something. */
  #waiting(): ReadonlySet<string> {
    const kept = this.#client.getQueriesData<Partial<RouteOutput<"listApprovals">>>({ queryKey: ["listApprovals"] });
    return new Set(kept.flatMap(([, page]) => (page?.items ?? []).map(({ run }) => run)));
  }
}

/** Answers of one kind, which are asked for at one pace. */
class Lane {
  readonly #client: QueryClient;
  readonly #kind: Kind;
  readonly #pace: Pace;
  #isBusy = false;
  #news: News = NONE;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #restsUntil = 0;

  constructor(client: QueryClient, kind: Kind, pace: Pace) {
    this.#client = client;
    this.#kind = kind;
    this.#pace = pace;
  }

  take(news: News): void {
    this.#news = this.#news.and(news);
    this.plan();
  }

  plan(): void {
    if (this.#isBusy || document.hidden || this.#news.isEmpty) return;
    const waitMs = Math.max(this.#pace.gatherMs, this.#restsUntil - performance.now());
    this.#timer ??= setTimeout(() => void this.#refresh(), waitMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  async #refresh(): Promise<void> {
    this.#timer = undefined;
    const news = this.#news;
    this.#news = NONE;
    this.#isBusy = true;
    const begun = performance.now();
    try {
      await this.#client.invalidateQueries({ predicate: (query) => isOld(query, news, this.#kind) });
    } finally {
      const now = performance.now();
      // Whoever takes long to answer is left alone for as long.
      this.#restsUntil = now + Math.max(this.#pace.restMs, now - begun);
      this.#isBusy = false;
      this.plan();
    }
  }
}
