import { MillraceError, type RunId, type RunRow } from "@millrace/core";
import type { Queries, Statement } from "./statement.ts";

export const FIND_NUMBERS: Statement = {
  name: "find run numbers",
  text: "select id, num from run where id = any($1::text[])",
};

/**
 * The numbers of the runs that a leader writes to, which is what makes child rows small. The leader gives them itself, so
 * a new run and all that hangs on it go into one statement; it keeps those of runs that have work left.
 */
export class RunNumbers {
  readonly #numbers = new Map<RunId, number>();

  clear(): void {
    this.#numbers.clear();
  }

  /** The number of a run that is known. */
  get(run: RunId): number {
    const number = this.#numbers.get(run);
    if (number === undefined) throw new MillraceError("UNKNOWN_RUN", `There is no run ${run} to write to.`);
    return number;
  }

  peek(run: RunId): number | undefined {
    return this.#numbers.get(run);
  }

  /** Reads the numbers that are not known. Runs that are not there stay unknown. */
  async find(queries: Queries, runs: ReadonlySet<RunId>): Promise<void> {
    const unknown = [...runs].filter((run) => !this.#numbers.has(run));
    if (unknown.length === 0) return;
    const found = await queries.query<{ id: RunId; num: number }>(FIND_NUMBERS, [unknown]);
    for (const { id, num } of found) this.#numbers.set(id, num);
  }

  /** Numbers for the runs that are not known, as new ones. They are kept once the commit is written. */
  give(runs: readonly RunRow[], last: number): ReadonlyMap<RunId, number> {
    const given = new Map<RunId, number>();
    for (const { id } of runs) {
      if (!this.#numbers.has(id) && !given.has(id)) given.set(id, last + given.size + 1);
    }
    return given;
  }

  /** What was given is true now; runs that are done with are forgotten. */
  remember(given: ReadonlyMap<RunId, number>, written: readonly RunRow[]): void {
    for (const [run, number] of given) this.#numbers.set(run, number);
    for (const run of written) if (run.settled) this.#numbers.delete(run.id);
  }
}
