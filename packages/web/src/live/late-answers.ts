import type { QueryClient } from "@tanstack/react-query";
import type { RunEvent } from "../api/shapes.ts";
import { patchAnswer } from "./patch-answers.ts";

/** Events that are kept for answers that are on their way. */
const MOST_KEPT = 5_000;

/** Tells answers of the events that came while they were on their way: they may have been made before them. */
export class LateAnswers {
  readonly #begun = new Map<string, number>();
  readonly #unsubscribe: () => void;
  #newest: readonly RunEvent[] = [];

  constructor(client: QueryClient) {
    this.#unsubscribe = client.getQueryCache().subscribe((change) => {
      if (change.type !== "updated") return;
      const { query, action } = change;
      if (action.type === "fetch") this.#begun.set(query.queryHash, this.#newest.at(-1)?.seq ?? 0);
      if (action.type !== "success" || action.manual === true) return;
      const begun = this.#begun.get(query.queryHash) ?? 0;
      this.#begun.delete(query.queryHash);
      const since = this.#newest.filter(({ seq }) => seq > begun);
      // Before anybody is told of the answer: pages do not go back to what was.
      if (since.length > 0) patchAnswer(client, query, since);
    });
  }

  take(events: readonly RunEvent[]): void {
    this.#newest = [...this.#newest, ...events].slice(-MOST_KEPT);
  }

  stop(): void {
    this.#unsubscribe();
  }
}
