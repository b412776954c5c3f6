import type { QueryClient } from "@tanstack/react-query";
import type { RunEvent } from "../api/shapes.ts";
import { patchAnswer } from "./patch-answers.ts";

/** Events that are kept for answers that are on their way. */
const MOST_KEPT = 5_000;

interface Asked {
  /** The newest event that was told before. */
  readonly seq: number;
  readonly isFirst: boolean;
}

/** What was asked for before anybody looked: it may know of nothing that was told. */
const BEGUN_BEFORE: Asked = { seq: 0, isFirst: true };

/** Tells answers of the events that came while they were on their way: they may have been made before them. */
export class LateAnswers {
  readonly #asked = new Map<string, Asked>();
  readonly #unsubscribe: () => void;
  #newest: readonly RunEvent[] = [];

  /** @param missed is told of events that a first answer may not know of: until it is there, nothing asks for it again. */
  constructor(client: QueryClient, missed: (events: readonly RunEvent[]) => void) {
    this.#unsubscribe = client.getQueryCache().subscribe((change) => {
      if (change.type !== "updated") return;
      const { query, action } = change;
      if (action.type === "fetch") {
        this.#asked.set(query.queryHash, {
          seq: this.#newest.at(-1)?.seq ?? 0,
          isFirst: query.state.data === undefined,
        });
      }
      if (action.type !== "success" || action.manual === true) return;
      const { seq: begun, isFirst } = this.#asked.get(query.queryHash) ?? BEGUN_BEFORE;
      this.#asked.delete(query.queryHash);
      const since = this.#newest.filter(({ seq }) => seq > begun);
      if (since.length === 0) return;
      // Before anybody is told of the answer: pages do not go back to what was.
      patchAnswer(client, query, since);
      if (isFirst) missed(since);
    });
  }

  take(events: readonly RunEvent[]): void {
    this.#newest = [...this.#newest, ...events].slice(-MOST_KEPT);
  }

  stop(): void {
    this.#unsubscribe();
  }
}
